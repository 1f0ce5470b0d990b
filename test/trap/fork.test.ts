import { describe, expect, it } from 'vitest';
import type { SourceText } from '../../src/trap/trap.js';
import { found, python, start, WANTED } from './given.js';

const database = python(
  'app/db.py',
  'from sqlalchemy import create_engine',
  'from sqlalchemy.orm import sessionmaker',
  'db_engine = create_engine(url)',
  'SessionLocal = sessionmaker(bind=db_engine)',
);
const tasks = (...lines: readonly string[]) => python('app/tasks.py', 'from app.db import Base, db_engine', ...lines);
const app = (...lines: readonly string[]) =>
  python('app/celery_app.py', 'from celery import Celery', "app = Celery('app')", ...lines);
const CREATE = 'Base.metadata.create_all(bind=db_engine)';
const ALARM = ['engine-before-fork app/tasks.py:2'];
const codes = (sources: readonly SourceText[], more = {}) => found({ sources: [database, ...sources], ...more });

describe('what celery loads before it forks', () => {
  it.each([
    ['an import', 'import app.tasks'],
    ['an import of a name', 'from app.tasks import (', '    work,', ')'],
    ['a relative import', 'from . import tasks'],
    ['include', "app = Celery('app', include=['app.tasks'])"],
    ['include of the settings', "app.conf.update(include=('app.tasks',))"],
    ['imports of the settings', "app.conf.imports = ['app.tasks']"],
    ['the old settings', "CELERY_IMPORTS = ('app.tasks',)"],
    ['a list of its own', "MODULES = ['app.tasks']", 'app.conf.update(imports=MODULES)'],
    ['discovery', "app.autodiscover_tasks(['app'])"],
    ['discovery in packages that nobody knows', 'app.autodiscover_tasks(settings.packages)'],
    ['discovery everywhere', 'app.autodiscover_tasks()'],
  ])('is known by %s', (_what, ...lines) => {
    expect(codes([app(...lines), tasks(CREATE)])).toEqual(ALARM);
  });

  it('is known by the command', () => {
    const starts = [start('celery -A app.celery_app worker --include app.tasks', { service: 'celery' })];
    expect(codes([app(), tasks(CREATE)], { starts })).toEqual(ALARM);
  });

  it.each([
    ['nothing', 'x = 1'],
    ['an import in a function', 'def later():', '    import app.tasks'],
    ['an import for a type checker', 'if TYPE_CHECKING:', '    import app.tasks'],
    ['another include', "user.model_dump(include=['app.tasks'])"],
    ['another name to discover', "app.autodiscover_tasks(['app'], related_name='jobs')"],
    ['a comment', '# import app.tasks'],
  ])('is not by %s', (_what, ...lines) => {
    expect(codes([app(...lines), tasks(CREATE)])).toEqual([]);
  });

  it('does not count with solo, nor what only the web application loads', () => {
    const solo = { wanted: { ...WANTED, 'celery.pool': 'solo' } };
    expect(codes([app('import app.tasks'), tasks(CREATE)], solo)).toEqual([]);
    expect(codes([python('app/main.py', 'import app.tasks', 'app = FastAPI()'), tasks(CREATE)])).toEqual([]);
  });
});

describe('the database on import', () => {
  const alarms = (...lines: readonly string[]) =>
    codes([app('import app.tasks'), tasks(...lines)]).map((alarm) => Number(alarm.split(':')[1]));

  it.each([
    ['tables are made', [CREATE]],
    ['an engine of another name', ['with db_engine.connect() as c:', '    c.execute(q)']],
    ['an engine that a function makes', ['engine = make_engine(url)', 'engine.connect()']],
    ['a session', ['from app.db import SessionLocal', 'with SessionLocal() as s:', '    s.get(A, 1)']],
    ["SQLAlchemy's own session", ['from sqlalchemy.orm import Session', 's = Session(db_engine)']],
    ['a begun session', ['from app.db import SessionLocal', 'with SessionLocal.begin() as s: pass']],
    ['a function that is called', ['def setup():', `    ${CREATE}`, 'setup()']],
    ['by way of two', ['def a():', `    ${CREATE}`, 'def b():', '    a()', 'if True:', '    b()']],
    ['in the body of a class', ['class Cache:', '    rows = db_engine.execute(q)']],
  ])('is found: %s', (_what, lines) => expect(alarms(...lines)).toHaveLength(1));

  it('is found in a function of another file, at the call', () => {
    const setup = python('app/setup.py', 'from app.db import db_engine', 'def init():', '    db_engine.connect()');
    expect(codes([app('import app.tasks'), setup, tasks('from app.setup import init', 'init()')])).toEqual([
      'engine-before-fork app/tasks.py:3',
    ]);
  });

  it.each([
    ['in a function that nobody calls', ['def setup():', `    ${CREATE}`]],
    ['in a task that is only sent', ['@app.task', 'def work():', `    ${CREATE}`, 'work.delay()']],
    ['in a comment or string', [`# ${CREATE}`, `x = "${CREATE}"`]],
    ['where the file is run by itself', ["if __name__ == '__main__':", `    ${CREATE}`]],
    ['in a lambda', [`later = lambda: ${CREATE}`]],
    ['in a generator', ['def get_db():', '    yield db_engine.connect()', 'get_db()']],
    ['on another object', ['engine = Search()', 'engine.connect()', 'broker.connect()', 'cursor.execute(q)']],
    ['in functions that call each other', ['def a(): b()', 'def b(): a()', 'a()']],
  ])('is no alarm %s', (_what, lines) => expect(alarms(...lines)).toEqual([]));

  it('is no alarm where each child gives up what it inherited', () => {
    const given = ['@worker_process_init.connect', 'def reset(**kw):', '    db_engine.dispose(close=False)'];
    expect(alarms(CREATE, ...given)).toEqual([]);
    expect(alarms(CREATE, 'db_engine.dispose()')).toEqual([2]);
  });
});

describe('files that can not be read', () => {
  const broken = python('app/broken.py', 'def (:');

  it('are as if they were not there, whoever leads to them', () => {
    const loading = app("app.conf.include = ['app.broken', 'app.tasks']", 'import app.broken');
    const use = tasks('import app.broken', 'from app.broken import init', 'init()', CREATE);
    expect(codes([broken, loading, use])).toEqual(['engine-before-fork app/tasks.py:5']);
    const limited = tasks('from app.broken import LIMIT', 'task_time_limit = LIMIT', 'task_soft_time_limit = 600');
    expect(codes([broken, app(), limited])).toEqual(['prefetch app/tasks.py:4']);
  });

  it('hide nothing in those that call them', () => {
    const setup = python('app/setup.py', 'from app.broken import x', 'def init():', '    x()', '    engine.connect()');
    expect(codes([broken, setup, app('import app.tasks'), tasks('from app.setup import init', 'init()')])).toEqual([
      'engine-before-fork app/tasks.py:3',
    ]);
  });
});
