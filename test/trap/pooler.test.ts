import { describe, expect, it } from 'vitest';
import { behind, serverOf } from '../size/database.js';
import { found, source } from './given.js';

const engine = (args: string) => source('d.py', `engine = create_async_engine(url${args})`);
const asyncpg = { driver: 'asyncpg' };

describe('prepared statements behind a pgbouncer', () => {
  it('are found where each transaction gets another connection and the driver prepares', () => {
    expect(found({ database: engine(''), server: behind({}, asyncpg) })).toEqual(['prepared-statements d.py:-']);
    expect(found({ database: engine(''), server: behind({ mode: 'statement' }, { driver: 'psycopg' }) })).toEqual([
      'prepared-statements d.py:-',
    ]);
    const spoken = source('d.py', 'engine = create_async_engine(url)  # statement_cache_size=0');
    expect(found({ database: spoken, server: behind({}, asyncpg) })).toHaveLength(1);
  });

  it.each([
    ['with a driver that prepares nothing', engine(''), behind({})],
    ['where a session keeps its connection', engine(''), behind({ mode: 'session' }, asyncpg)],
    ['where the pooler keeps them', engine(''), behind({ prepared: 100 }, asyncpg)],
    ['where the driver is told not to', engine(", connect_args={'statement_cache_size': 0}"), behind({}, asyncpg)],
    ['where it is told by an argument', engine(', prepared_statement_cache_size=0'), behind({}, asyncpg)],
    ['without a pooler', engine(''), serverOf(asyncpg)],
    ['where the pooler does not tell how it works', engine(''), behind(null, asyncpg)],
  ])('are no alarm %s', (_, database, server) => {
    expect(found({ database, server })).toEqual([]);
  });
});
