import { afterEach, describe, expect, it } from 'vitest';
import type { ProgramFacts } from '../../src/target/services.js';
import { PYTHON, packagesMissing, ServiceBench } from '../support/services.js';

const missing = packagesMissing('sqlalchemy', 'psycopg2', 'asyncpg', 'redis');
const reason = missing === null ? '' : ` (not here: ${missing})`;
const URL = 'postgresql://action:Hunter2@127.0.0.1:1/action';
const DATABASE = 'app/core/database.py';
const REDIS = 'app/core/redis_client.py';

let bench: ServiceBench;
afterEach(() => bench.remove());

/** What the processes have, as the interpreter of a service finds it that has this application. */
async function settingsOf(database: string, redis = ''): Promise<ProgramFacts> {
  bench = await ServiceBench.make({
    [DATABASE]: `from sqlalchemy import create_engine\nurl = "${URL}"\n${database}\n`,
    [REDIS]: `import redis\n${redis}\n`,
  });
  await bench.start({ argv: [PYTHON, '-c', 'import time; time.sleep(600)'] });
  return bench.facts({ database: bench.path(DATABASE), redis: bench.path(REDIS) });
}

describe.skipIf(missing !== null)(`the pools of an application${reason}`, () => {
  it('are found where the module makes them', async () => {
    const { settings, versions } = await settingsOf(
      'engine = create_engine(url, pool_size=20, max_overflow=30, pool_timeout=7, pool_pre_ping=True, pool_recycle=3600)',
      'client = redis.Redis(max_connections=50)',
    );
    expect(settings).toMatchObject({
      'db.pool_size': 20,
      'db.max_overflow': 30,
      'db.pool_timeout': 7,
      'db.pool_pre_ping': true,
      'db.pool_recycle': 3600,
      'redis.max_connections': 50,
    });
    expect(versions).toMatchObject({
      python: expect.stringMatching(/^3\./),
      sqlalchemy: expect.stringMatching(/^[12]\./),
    });
  });

  it.each([
    [
      'an asynchronous one',
      'from sqlalchemy.ext.asyncio import create_async_engine as make\nengine = make(url.replace("://", "+asyncpg://"), pool_size=3)',
      3,
    ],
    [
      'one that only a maker of sessions holds',
      'from sqlalchemy.orm import sessionmaker\nSession = sessionmaker(bind=create_engine(url, pool_size=4))',
      4,
    ],
    [
      'one in an object of its own',
      'class Database:\n  def __init__(self): self.engine = create_engine(url, pool_size=6)\ndatabase = Database()',
      6,
    ],
    ['two that agree', 'a = create_engine(url, pool_size=8)\nb = create_engine(url, pool_size=8)', 8],
    ['the default', 'engine = create_engine(url)', 5],
  ])('are found for %s', async (_, text, size) => {
    expect((await settingsOf(text)).settings['db.pool_size']).toBe(size);
  });

  it.each([
    [
      'there is none',
      'from sqlalchemy.pool import NullPool\nengine = create_engine(url, poolclass=NullPool)',
      /NullPool/,
    ],
    ['two differ', 'a = create_engine(url, pool_size=8)\nb = create_engine(url, pool_size=9)', /several engines/],
    ['one is made when first needed', 'def engine(): return create_engine(url)', /no engine is made/],
    ['the module fails', 'raise RuntimeError(url)', /RuntimeError at .*database\.py:3$/],
  ])('are not guessed where %s', async (_, text, why) => {
    const { settings } = await settingsOf(text);
    expect(settings['db.pool_size']).toEqual({ unresolved: expect.stringMatching(why) });
    expect(JSON.stringify(settings)).not.toContain('Hunter2');
  });

  it.each([
    ['a URL', 'client = redis.Redis.from_url("redis://127.0.0.1/0?max_connections=12")', 12],
    [
      'a pool of its own',
      'pool = redis.ConnectionPool(max_connections=13)\nclient = redis.Redis(connection_pool=pool)',
      13,
    ],
    ['a blocking pool', 'pool = redis.BlockingConnectionPool(max_connections=14)', 14],
    ['an asynchronous client', 'import redis.asyncio\nclient = redis.asyncio.Redis(max_connections=15)', 15],
    ['no limit', 'client = redis.Redis()', 2 ** 31],
  ])('are found for Redis with %s', async (_, text, limit) => {
    expect((await settingsOf('', text)).settings['redis.max_connections']).toBe(limit);
  });

  it('say which file the processes are older than', async () => {
    await settingsOf('engine = create_engine(url, pool_size=3)', 'client = redis.Redis(max_connections=9)');
    await bench.write(
      DATABASE,
      `from sqlalchemy import create_engine\nengine = create_engine("${URL}", pool_size=4)\n`,
    );
    const files = { database: bench.path(DATABASE), redis: bench.path(REDIS) };
    const { olderThan, settings } = await bench.facts(files);
    expect(olderThan).toEqual(['database']);
    expect(settings['db.pool_size']).toEqual({ unresolved: expect.stringContaining('changed after the processes') });
    expect(settings['redis.max_connections']).toBe(9);
    const judged = await bench.judge({ files, settings: { 'db.pool_size': 4, 'redis.max_connections': 9 } });
    expect(judged).toEqual({
      'db.pool_size': 'false: 4 in the file, but it was changed after they were started',
      'redis.max_connections': 'true: 9',
    });
  });

  it('say nothing of processes where another file of the application has changed since', async () => {
    await settingsOf('from app.core import config\nengine = create_engine(url, pool_size=config.size)').catch(
      () => undefined,
    );
    await bench.write('app/core/config.py', 'size = 3\n');
    const files = { database: bench.path(DATABASE) };
    expect(await bench.judge({ files, settings: { 'db.pool_size': 3 } })).toEqual({
      'db.pool_size': expect.stringMatching(/^unknown: .*config\.py was changed after the processes were started$/),
    });
    expect(await bench.judge({ files, settings: { 'db.pool_size': 4 } })).toEqual({ 'db.pool_size': 'false: 3' });
  });

  it('come with a database that does not answer, without its address', async () => {
    const { database } = await settingsOf('engine = create_engine(url)');
    expect(database).toBeNull();
    const files = { database: bench.path(DATABASE) };
    expect(await bench.judge({ files, maxConnections: 90 })).toEqual({
      'database connections': 'unknown: the database did not answer: OperationalError',
    });
  });
});
