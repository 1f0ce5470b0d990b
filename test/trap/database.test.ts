import { describe, expect, it } from 'vitest';
import { details, found, source, WANTED } from './given.js';

const engine = source('app/core/database.py', 'engine = create_engine(settings.database_url)');

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
