import { describe, expect, it } from 'vitest';
import { found, python } from './given.js';

const database = python(
  'app/db.py',
  'from sqlalchemy.orm import sessionmaker',
  'engine = create_engine(url)',
  'SessionLocal: sessionmaker = sessionmaker(',
  '    bind=engine,',
  ')',
  'def get_db():',
  '    db = SessionLocal()',
  '    try:',
  '        yield db',
  '    finally:',
  '        db.close()',
  'DbDep = Annotated[Session, Depends(get_db)]',
);
const api = (...lines: readonly string[]) =>
  python('app/api.py', 'from app.db import DbDep, SessionLocal, get_db', ...lines);
const codes = (...lines: readonly string[]) => found({ sources: [database, api(...lines)] });

describe('a synchronous session in async def', () => {
  it.each([
    [
      'as a default',
      'async def read(',
      '    item: int,',
      '    db: Session = Depends(get_db),',
      '):',
      '    db.get(A, 1)',
    ],
    ['in its type', 'async def read(db: Annotated[Session, Depends(get_db)]):', '    db.get(A, 1)'],
    ['by a name for its type', 'async def read(db: DbDep):', '    db.get(A, 1)'],
    ['by a module', 'async def read(db=Depends(database.get_db)):', '    db.get(A, 1)'],
  ])('is found where it is given %s', (what, ...lines) => {
    const first = what === 'by a module' ? 'from app import db as database' : 'x = 1';
    expect(codes(first, ...lines)).toEqual(['sync-session-in-async app/api.py:3']);
  });

  it('is found where it is opened', () => {
    expect(codes('async def read():', '    with SessionLocal() as db:', '        pass')).toEqual([
      'sync-session-in-async app/api.py:2',
    ]);
    const own = ['from sqlmodel import Session', 'async def read():', '    with Session(engine) as db: pass'];
    expect(codes(...own)).toEqual(['sync-session-in-async app/api.py:3']);
  });

  it('is found where its dependency is imported twice, unless from two places', () => {
    const read = ['async def read(db=Depends(get_db)):', '    db.get(A, 1)'];
    expect(codes('from app.db import get_db', ...read)).toEqual(['sync-session-in-async app/api.py:3']);
    expect(codes('from app.other import get_db', ...read)).toEqual([]);
  });

  it('is found for a dependency that is written with async, at both', () => {
    const given = ['async def get():', '    with SessionLocal() as db:', '        yield db'];
    expect(codes(...given, 'async def read(db = Depends(get)):', '    db.get(A, 1)')).toEqual([
      'sync-session-in-async app/api.py:2',
      'sync-session-in-async app/api.py:5',
    ]);
  });

  it.each([
    ['in def', 'def read(db: DbDep):', '    db.get(A, 1)'],
    ['for another dependency', 'async def read(user=Depends(get_user)):', '    user.name'],
    ['where it is given to a thread', 'async def read(db: DbDep):', '    await run_in_threadpool(work, db)'],
    ['where a function in it opens one', 'async def read():', '    def work():', '        SessionLocal()'],
    ['where it is only spoken of', 'async def read():', '    "SessionLocal()"  # SessionLocal()'],
  ])('is no alarm %s', (_what, ...lines) => expect(codes(...lines)).toEqual([]));

  it.each([
    [
      'AsyncSession',
      'from sqlalchemy.orm import sessionmaker',
      ['sessionmaker(', '    engine,', '    class_=AsyncSession,', ')'],
    ],
    ['async_sessionmaker', 'from sqlalchemy.ext.asyncio import async_sessionmaker', ['async_sessionmaker(engine)']],
  ])('is no alarm with %s', (_what, line, [first, ...rest]) => {
    const asynchronous = python(
      'app/db.py',
      line,
      `async_session = ${first}`,
      ...rest,
      'async def get_db():',
      '    async with async_session() as s:',
      '        yield s',
    );
    const use = ['from app.db import async_session', 'async def read(db=Depends(get_db)):', '    await db.get(A, 1)'];
    expect(found({ sources: [asynchronous, api(...use, '    async with async_session() as s: pass')] })).toEqual([]);
  });
});

describe('a health check that uses the database', () => {
  const check = (path: string, ...body: readonly string[]) => codes(`@app.get(${path})`, ...body);
  const ALARM = ['health-touches-database app/api.py:3'];

  it.each(["'/health'", '"/api/v1/healthz"', "'/healthcheck'", "'/api/health-check/'", "path='/livez'", "'/ping'"])(
    'is found at %s',
    (path) => {
      expect(check(path, 'def health(db=Depends(get_db)):', '    return 1')).toEqual(ALARM);
      expect(check(path, 'def health():', '    return 1')).toEqual([]);
    },
  );

  it.each([
    ['an engine', '    with engine.connect() as c:', '        c.execute(q)'],
    ['a session', '    with SessionLocal() as s:', '        s.execute(q)'],
    ['a function', '    return ask()', 'def ask():', '    SessionLocal().execute(q)'],
  ])('is found by %s', (_what, ...body) => {
    expect(check("'/api/health'", 'def health():', ...body)).toEqual(ALARM);
  });

  it('is found behind the prefix of its router', () => {
    const lines = ["@router.get('')", 'def health(db: DbDep): pass'];
    expect(codes("router = APIRouter(prefix='/health')", ...lines)).toEqual(['health-touches-database app/api.py:4']);
    expect(codes("router = APIRouter(prefix='/users')", ...lines)).toEqual([]);
  });

  it.each(["'/users'", "'/ready'", "'/health/db'", "'/health/{item}'", "'/healthy-food'", 'PATH'])(
    'is no alarm at %s',
    (path) => expect(check(path, 'def users(db=Depends(get_db)): pass')).toEqual([]),
  );
});
