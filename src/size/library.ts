/** What SQLAlchemy and uvicorn do where nothing is set. */
export const LIBRARY = { 'db.pool_size': 5, 'db.max_overflow': 10, 'web.workers': 1 } as const;
