import { linesOf } from './python.js';
import type { Check } from './trap.js';

/** Drivers that prepare statements by themselves, and what keeps each from it. */
const KEPT_FROM: Readonly<Record<string, { readonly code: RegExp; readonly fix: string }>> = {
  asyncpg: {
    code: /\b(?:prepared_)?statement_cache_size["']?\s*[:=]\s*0\b/,
    fix: "Give create_async_engine connect_args={'statement_cache_size': 0, 'prepared_statement_cache_size': 0}",
  },
  psycopg: {
    code: /\bprepare_threshold["']?\s*[:=]\s*None\b/,
    fix: "Give create_engine connect_args={'prepare_threshold': None}",
  },
};

/** What was prepared in one transaction is looked for by the next one on another connection to the server. */
export const preparedStatements: Check = ({ database, server }) => {
  const limits = server?.pooler?.limits ?? null;
  const driver = KEPT_FROM[server?.driver ?? ''];
  if (server === null || limits === null || driver === undefined) return [];
  if (limits.mode === 'session' || limits.prepared > 0) return [];
  // Keys of a dict are strings, and what stands in a comment does not count.
  const kept = database !== null && linesOf(database).some(({ text }) => driver.code.test(text.replace(/#.*/, '')));
  if (kept) return [];
  return [
    {
      code: 'prepared-statements',
      message: `pgbouncer gives each transaction another connection (pool_mode = ${limits.mode}) and keeps no prepared statements, and ${server.driver} prepares them: requests fail with "prepared statement does not exist"`,
      ...(database === null ? {} : { file: database.path }),
      fix: `${driver.fix}, or set max_prepared_statements in pgbouncer 1.21 or newer`,
    },
  ];
};
