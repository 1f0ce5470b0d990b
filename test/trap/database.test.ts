import { describe, expect, it } from 'vitest';
import { details, found, source, WANTED } from './given.js';

const engine = source(
  'app/core/database.py',
  'engine = create_engine(settings.database_url)',
  'SessionLocal = sessionmaker(bind=engine)',
  '',
  'def get_db():',
  '    db = SessionLocal()',
  '    try:',
  '        yield db',
  '    finally:',
  '        db.close()',
);
const celery = source('app/celery_app.py', 'from app.core.database import engine', "app = Celery('app')");

describe('the engine before the fork', () => {
  const used = source(
    'app/core/database.py',
    'engine = create_engine(url)',
    '',
    'Base.metadata.create_all(bind=engine)',
  );

  it('is found in what celery imports, also by way of another module', () => {
    expect(found({ sources: [used, celery] })).toEqual(['engine-before-fork app/core/database.py:3']);
    const far = [
      used,
      source('app/tasks.py', 'from app.core import database'),
      source('app/celery_app.py', 'import app.tasks', 'x = Celery()'),
    ];
    expect(found({ sources: far })).toEqual(['engine-before-fork app/core/database.py:3']);
    const session = source(
      'app/core/database.py',
      'SessionLocal = sessionmaker()',
      'with SessionLocal() as s:',
      '    s.get(A, 1)',
    );
    expect(found({ sources: [session, celery] })).toEqual(['engine-before-fork app/core/database.py:2']);
  });

  it('is no alarm inside of a function, in a comment, with solo, nor where celery does not import it', () => {
    const inside = source(
      'app/core/database.py',
      'def setup():',
      '    Base.metadata.create_all(engine)',
      '# create_all(engine)',
      'x = ".create_all("',
    );
    expect(found({ sources: [inside, celery] })).toEqual([]);
    expect(found({ sources: [used, celery], wanted: { ...WANTED, 'celery.pool': 'solo' } })).toEqual([]);
    expect(
      found({ sources: [used, source('app/main.py', 'from app.core.database import engine', 'app = FastAPI()')] }),
    ).toEqual([]);
    expect(found({ sources: [engine, celery] })).toEqual([]);
  });
});

describe('a synchronous session in async def', () => {
  it('is found where it is given, and where it is opened', () => {
    const given = source(
      'app/api.py',
      "@router.get('/x')",
      'async def read(',
      '    item: int,',
      '    db: Session = Depends(get_db),',
      '):',
      '    return db.query(Item)',
    );
    const opened = source('app/api.py', 'async def read():', '    with SessionLocal() as db:', '        pass');
    expect(found({ sources: [engine, given] })).toEqual(['sync-session-in-async app/api.py:2']);
    expect(found({ sources: [engine, opened] })).toEqual(['sync-session-in-async app/api.py:1']);
  });

  it('is no alarm in def, with an asynchronous session, nor for another dependency', () => {
    const plain = source('app/api.py', 'def read(db: Session = Depends(get_db)):', '    return 1');
    const other = source('app/api.py', 'async def read(user = Depends(get_user)):', '    return 1');
    const asynchronous = [
      source(
        'app/db.py',
        'Session = async_sessionmaker(engine)',
        'async def get_db():',
        '    async with Session() as s:',
        '        yield s',
      ),
      source('app/api.py', 'async def read(db = Depends(get_db)):', '    await db.execute(q)'),
    ];
    expect(found({ sources: [engine, plain, other] })).toEqual([]);
    expect(found({ sources: asynchronous })).toEqual([]);
  });
});

describe('pools that take no size, and SQLite', () => {
  it.each(['NullPool', 'pool.StaticPool'])('%s is found', (pool) => {
    const database = source('d.py', 'engine = create_engine(', '    url,', `    poolclass=${pool},`, ')');
    expect(found({ database })).toEqual(['pool-without-size d.py:3']);
  });

  it('QueuePool is none, nor is a pool that is only spoken of', () => {
    expect(
      found({ database: source('d.py', 'engine = create_engine(url, poolclass=QueuePool)  # not poolclass=NullPool') }),
    ).toEqual([]);
  });

  it('SQLite is found by its URL, and PostgreSQL is not', () => {
    expect(found({ database: source('d.py', "engine = create_engine('sqlite:///./app.db')") })).toEqual([
      'sqlite d.py:1',
    ]);
    expect(
      found({ database: source('d.py', "engine = create_engine('postgresql://h/d')", "# 'sqlite:///x'") }),
    ).toEqual([]);
  });
});

describe('connections that are renewed too late', () => {
  const database = engine;

  it('recycle-always: every checkout would open a connection', () => {
    expect(found({ wanted: { ...WANTED, 'db.pool_recycle': 0 } })).toEqual(['recycle-always -:-']);
    expect(found({ wanted: { ...WANTED, 'db.pool_recycle': -1 } })).toEqual([]);
    expect(found({ wanted: { ...WANTED, 'db.pool_recycle': 1 } })).toEqual([]);
  });

  it('are found beside a known idle limit, and so are those that never are', () => {
    expect(found({ database, idle: { ms: 600_000, by: 'somebody' } })).toEqual([
      'recycle-too-late app/core/database.py:-',
    ]);
    const never = { ...WANTED, 'db.pool_recycle': -1 };
    expect(details({ database, wanted: never, idle: { ms: 7_200_000, by: 'somebody' } })[0]?.message).toContain(
      'never',
    );
  });

  it('are none below the limit, nor where no limit is known', () => {
    expect(found({ database, idle: { ms: 7_200_000, by: 'somebody' } })).toEqual([]);
    expect(found({ database })).toEqual([]);
  });
});

describe('a health check that uses the database', () => {
  it('is found by its path', () => {
    const check = source('app/main.py', "@app.get('/health')", 'def health(db = Depends(get_db)):', '    return 1');
    const own = source(
      'app/main.py',
      '@app.get("/api/v1/healthz")',
      'def health():',
      '    with engine.connect() as c:',
      '        c.execute(q)',
    );
    expect(found({ sources: [engine, check] })).toEqual(['health-touches-database app/main.py:2']);
    expect(found({ sources: [engine, own] })).toEqual(['health-touches-database app/main.py:2']);
  });

  it('is no alarm for one that does not, nor for other paths', () => {
    const check = source(
      'app/main.py',
      "@app.get('/health')",
      'def health():',
      "    return {'ok': True}",
      '',
      "@app.get('/users')",
      'def users(db = Depends(get_db)):',
      '    return 1',
    );
    expect(found({ sources: [engine, check] })).toEqual([]);
  });
});
