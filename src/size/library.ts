/** What SQLAlchemy and uvicorn do where nothing is set. */
export const LIBRARY = { 'db.pool_size': 5, 'db.max_overflow': 10, 'web.workers': 1 } as const;

/** Of a celery worker: its `broker_pool_limit`. It has one more connection for each child. */
export const BROKER_POOL = 10;
