import type { PlanFacts } from '../plan/plan.js';
import { formatDuration } from '../units.js';

type Database = PlanFacts['database'];

const PRODUCTS = { postgresql: 'PostgreSQL', polardb: 'PolarDB' } as const;

/** The database as it says itself; nothing where it was not asked. */
export function renderDatabase(database: Database): readonly string[] {
  const { product, version, sameHost } = database;
  if (product === null) return [];
  const where = sameHost === null ? [] : [sameHost ? 'on the same machine' : 'on another machine'];
  const parts = [`${PRODUCTS[product]} ${version ?? ''}`.trimEnd(), ...where, ...idle(database)];
  return [`database (asked): ${parts.join(', ')}`, ...pooler(database)];
}

function idle({ idle: limits }: Database): readonly string[] {
  if (limits === null) return [];
  const { sessionMs, inTransactionMs, keepaliveMs } = limits;
  const after = (ms: number | null) => (ms === null ? 'never' : `after ${formatDuration(ms)}`);
  return [
    `idle sessions end ${after(sessionMs)}`,
    `idle transactions ${after(inTransactionMs)}`,
    ...(keepaliveMs === null ? [] : [`keepalive ${after(keepaliveMs)}`]),
  ];
}

function pooler({ pooler: between }: Database): readonly string[] {
  if (between === null) return [];
  const { program, version, limits } = between;
  if (program === 'unknown') return ['between (asked): a pooler or proxy of unknown kind'];
  const name = `pgbouncer ${version ?? ''}`.trimEnd();
  if (limits === null) return [`between (asked): ${name}, which does not tell its limits`];
  const { mode, poolSize, maxClients, others } = limits;
  return [
    `between (asked): ${name}, by ${mode}, ${poolSize} connections to the server, ${maxClients} clients, ${others} of them others`,
  ];
}
