import type { Pooler, PoolerLimits, ServiceDatabase } from '../target/database.js';
import type { BoundBy, DatabaseFacts } from './sizing.js';

type Measured = Pick<ServiceDatabase, 'maxConnections' | 'reserved' | 'inUse'> &
  Partial<Pick<ServiceDatabase, 'server' | 'bounds'>>;

/** One limit, and what others take of it. */
interface Bound {
  readonly maxConnections: number;
  readonly reserved: number;
  readonly inUse: number;
  readonly boundBy: BoundBy;
}

const UNKNOWN: Pick<DatabaseFacts, 'reserved' | 'inUse' | 'boundBy'> & { maxConnections: null } = {
  maxConnections: null,
  reserved: null,
  inUse: null,
  boundBy: 'server',
};

/**
 * The limit of the application's connections, by who knows it best; what was measured wins over anybody who claims more.
 * A pooler takes the connections in the database's stead: where it does not tell how many, only a person can.
 */
export function databaseFacts(flag: number | null, measured: Measured | null, assumed: number | null): DatabaseFacts {
  const server = measured?.server ?? null;
  if (flag !== null && isSilent(server?.pooler ?? null)) {
    return { maxConnections: flag, reserved: 0, inUse: null, source: 'flag', boundBy: 'pooler', server };
  }
  if (measured === null) {
    return flag === null
      ? { ...UNKNOWN, server, maxConnections: assumed, source: 'profile' }
      : { ...UNKNOWN, server, maxConnections: flag, source: 'flag' };
  }
  const { byFlag, ...known } = tightest(bounds(measured, server?.pooler ?? null), flag);
  return { ...known, server, source: byFlag ? 'flag' : 'measured' };
}

/** A pgbouncer that stands there and does not say what it takes. */
export function isSilent(pooler: Pooler | null): boolean {
  return pooler?.program === 'pgbouncer' && pooler.limits === null;
}

/** What bounds the application's connections: whoever takes them first, then what else the server holds its role to. */
function bounds(measured: Measured, pooler: Pooler | null): readonly [Bound, ...Bound[]] {
  if (pooler?.limits != null) return [countedAtPooler(measured, pooler.limits)];
  const { maxConnections, reserved, inUse } = measured;
  const narrower = (measured.bounds ?? []).map(
    ({ by, limit, inUse: others }): Bound => ({ maxConnections: limit, reserved: 0, inUse: others, boundBy: by }),
  );
  return [{ maxConnections, reserved, inUse, boundBy: 'server' }, ...narrower];
}

/** The one that leaves the fewest; what was given by hand is the limit of the first where it is less. */
function tightest([first, ...others]: readonly [Bound, ...Bound[]], flag: number | null): Bound & { byFlag: boolean } {
  const byFlag = flag !== null && flag <= first.maxConnections;
  const room = ({ maxConnections, reserved, inUse }: Bound) => maxConnections - reserved - inUse;
  const given = { ...first, maxConnections: byFlag ? flag : first.maxConnections, byFlag };
  return others.reduce<Bound & { byFlag: boolean }>(
    (least, next) => (room(next) < room(least) ? { ...next, byFlag: false } : least),
    given,
  );
}

/** By session a client keeps its connection to the server; else only the clients count, and share those connections. */
function countedAtPooler(measured: Measured, { mode, poolSize, maxClients, others, alike = 0 }: PoolerLimits): Bound {
  if (mode !== 'session') return { maxConnections: maxClients, reserved: 0, inUse: others + alike, boundBy: 'pooler' };
  const held = (measured.bounds ?? []).map(({ limit }) => limit);
  const usable = Math.min(measured.maxConnections - measured.reserved, ...held);
  const most = Math.max(0, Math.min(poolSize, maxClients - others, usable));
  return { maxConnections: most, reserved: 0, inUse: alike, boundBy: 'pooler' };
}
