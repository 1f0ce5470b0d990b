import { formatDuration } from '../units.js';
import { linesOf } from './python.js';
import type { Check } from './trap.js';

const REFUSED_POOL = /\bpoolclass\s*=\s*(?:\w+\.)*(NullPool|StaticPool|AssertionPool)\b/;
const SQLITE = /["']sqlite(?:\+\w+)?:\/\//;
const MS = 1000;

export const poolThatTakesNoSize: Check = ({ database }) => {
  if (database === null) return [];
  return linesOf(database).flatMap(({ code, number }) => {
    const pool = REFUSED_POOL.exec(code)?.[1];
    if (pool === undefined) return [];
    return [
      {
        code: 'pool-without-size',
        message: `${pool} takes no pool_size and no max_overflow: SQLAlchemy raises a TypeError when it is given them`,
        file: database.path,
        line: number,
        fix: 'Take poolclass out, so that the engine uses a QueuePool',
      },
    ];
  });
};

export const sqlite: Check = ({ database }) => {
  if (database === null) return [];
  return linesOf(database)
    .filter(({ code, text }) => SQLITE.test(text) && /["']/.test(code))
    .map(({ number }) => ({
      code: 'sqlite',
      message: 'the database is a SQLite file: one writer at a time, whatever the pools and the workers',
      file: database.path,
      line: number,
      fix: 'Move to PostgreSQL before there are more workers',
    }));
};

/** A connection is looked at only when it is taken out of the pool. */
/** SQLAlchemy renews a connection that is older than this when it is taken out: with 0, each of them. */
export const recycleAlways: Check = ({ database, wanted }) =>
  wanted['db.pool_recycle'] === 0
    ? [
        {
          code: 'recycle-always',
          message: 'pool_recycle 0 opens a new connection for every checkout: nothing is left of the pool',
          ...(database === null ? {} : { file: database.path }),
          fix: 'Set db.pool_recycle to 3600, or to -1 to renew none',
        },
      ]
    : [];

export const recycleTooLate: Check = ({ database, wanted, idle }) => {
  const recycle = wanted['db.pool_recycle'];
  if (typeof recycle !== 'number' || idle === null) return [];
  if (recycle >= 0 && recycle * MS < idle.ms) return [];
  return [
    {
      code: 'recycle-too-late',
      message: `connections are renewed ${recycle < 0 ? 'never' : `after ${recycle} s`}, and dropped as idle after ${formatDuration(idle.ms)}, which is ${idle.by}`,
      ...(database === null ? {} : { file: database.path }),
      fix: `Set db.pool_recycle below ${Math.floor(idle.ms / MS)}`,
    },
  ];
};
