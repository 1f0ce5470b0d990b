import { formatDuration } from '../units.js';
import { functionsOf, importedBy, linesOf } from './python.js';
import type { Check, SourceText } from './trap.js';

const USES_ENGINE = /\.create_all\(|\bengine\.(?:connect|begin|execute|raw_connection)\(/;
const SESSION_FACTORY = /^(\w+)\s*(?::[^=]+)?=\s*(?:\w+\.)*(sessionmaker|scoped_session)\(/;
const REFUSED_POOL = /\bpoolclass\s*=\s*(?:\w+\.)*(NullPool|StaticPool|AssertionPool)\b/;
const SQLITE = /["']sqlite(?:\+\w+)?:\/\//;
const MS = 1000;

/** A connection that is opened on import is inherited by every child that celery forks; solo hides it. */
export const engineBeforeFork: Check = ({ sources, wanted }) => {
  if (wanted['celery.pool'] !== 'prefork') return [];
  const sessions = sessionFactories(sources);
  const imported = importedBy(sources, ({ text }) => /\bCelery\(/.test(text));
  return imported.flatMap((source) =>
    linesOf(source)
      .filter(({ code, indent }) => indent === 0 && (USES_ENGINE.test(code) || isOpened(code, sessions)))
      .map(({ number }) => ({
        code: 'engine-before-fork',
        message:
          'the database is used while the module is imported, so that the children of prefork share one connection',
        file: source.path,
        line: number,
        fix: 'Move it into a function that is called after the fork, or call engine.dispose(close=False) in worker_process_init',
      })),
  );
};

function isOpened(code: string, sessions: ReadonlySet<string>): boolean {
  return [...sessions].some((name) => new RegExp(`(?:=|\\bwith)\\s*${name}\\(`).test(code));
}

/** The names of synchronous session factories. */
function sessionFactories(sources: readonly SourceText[]): ReadonlySet<string> {
  const names = sources.flatMap((source) =>
    linesOf(source).flatMap(({ code }) => {
      const name = SESSION_FACTORY.exec(code)?.[1];
      return name === undefined || /AsyncSession|async_sessionmaker/.test(code) ? [] : [name];
    }),
  );
  return new Set(names);
}

/** A blocking query in the event loop stops every other request of the worker. */
export const syncSessionInAsync: Check = ({ sources }) => {
  const sessions = sessionFactories(sources);
  const providers = providersOf(sources, sessions);
  return sources.flatMap((source) =>
    functionsOf(source)
      .filter(({ isAsync, header, body }) => {
        if (!isAsync) return false;
        const given = [...providers].some((name) => new RegExp(`\\bDepends\\(\\s*${name}\\s*\\)`).test(header));
        return given || body.some(({ code }) => isOpened(code, sessions));
      })
      .map(({ name, line }) => ({
        code: 'sync-session-in-async',
        message: `async def ${name} uses a synchronous session, which stops every other request of its worker while it waits`,
        file: source.path,
        line,
        fix: `Write def ${name}, which FastAPI runs in a thread, or use an AsyncSession`,
      })),
  );
};

/** Dependencies that yield a synchronous session. */
function providersOf(sources: readonly SourceText[], sessions: ReadonlySet<string>): ReadonlySet<string> {
  const names = sources.flatMap((source) =>
    functionsOf(source)
      .filter(({ isAsync, body }) => !isAsync && body.some(({ code }) => /\byield\b/.test(code)))
      .filter(({ body }) => body.some(({ code }) => isOpened(code, sessions)))
      .map(({ name }) => name),
  );
  return new Set(names);
}

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

/** A health check that waits for a connection takes a busy service for a dead one, and restarts it. */
export const healthTouchesDatabase: Check = ({ sources }) => {
  const providers = providersOf(sources, sessionFactories(sources));
  return sources.flatMap((source) =>
    functionsOf(source)
      .filter(({ decorators }) =>
        decorators.some(({ text }) => /["']\/?(?:\w+\/)*(?:healthz?|livez?|ping)\/?["']/.test(text)),
      )
      .filter(
        ({ header, body }) =>
          [...providers].some((name) => header.includes(`Depends(${name})`)) ||
          body.some(({ code }) => /\b(?:engine\.connect|engine\.begin|(?:db|session|conn)\.execute)\(/.test(code)),
      )
      .map(({ name, line }) => ({
        code: 'health-touches-database',
        message: `the health check ${name} uses the database: when the pool is used up, a busy service is taken for a dead one`,
        file: source.path,
        line,
        fix: 'Answer the health check without the database, and give the database a readiness check of its own',
      })),
  );
};
