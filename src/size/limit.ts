import type { Pooler, PoolerLimits, ServiceDatabase } from '../target/database.js';
import type { DatabaseFacts } from './sizing.js';

type Measured = Pick<ServiceDatabase, 'maxConnections' | 'reserved' | 'inUse'> &
  Partial<Pick<ServiceDatabase, 'server'>>;
type Known = Required<Pick<DatabaseFacts, 'maxConnections' | 'reserved' | 'inUse' | 'boundBy'>>;

const UNKNOWN: Known = { maxConnections: null, reserved: null, inUse: null, boundBy: 'server' };

/** A limit as it was measured once. `at`: RFC 3339 UTC. */
type Recorded = Pick<Known, 'boundBy'> & {
  readonly maxConnections: number;
  readonly reserved: number;
  readonly at: string;
};

/**
 * The limit of the application's connections, by who knows it best; what was measured wins over anybody who claims more.
 * A pooler takes the connections in the database's stead: where it does not tell how many, only a person can.
 * Where nobody answers, what was measured last counts before what is only assumed, but not before a person, who may know of
 * a change since.
 */
export function databaseFacts(
  flag: number | null,
  measured: Measured | null,
  assumed: number | null,
  recorded: Recorded | null = null,
): DatabaseFacts {
  const server = measured?.server ?? null;
  if (flag !== null && isSilent(server?.pooler ?? null)) {
    return { maxConnections: flag, reserved: 0, inUse: null, source: 'flag', boundBy: 'pooler', server };
  }
  if (measured === null && flag === null && recorded !== null) {
    const { maxConnections, reserved, boundBy, at } = recorded;
    return { maxConnections, reserved, inUse: null, boundBy, source: 'measured', measuredAt: at, server };
  }
  const known = measured === null ? UNKNOWN : countedAt(measured, server?.pooler ?? null);
  const rest = { ...known, server };
  if (known.maxConnections !== null && (flag === null || known.maxConnections < flag)) {
    return { ...rest, source: 'measured' };
  }
  return flag === null
    ? { ...rest, maxConnections: assumed, source: 'profile' }
    : { ...rest, maxConnections: flag, source: 'flag' };
}

/** A pgbouncer that stands there and does not say what it takes. */
export function isSilent(pooler: Pooler | null): boolean {
  return pooler?.program === 'pgbouncer' && pooler.limits === null;
}

/** What a release keeps of it. */
export function limitToRecord(measured: Measured | null): Omit<Recorded, 'at'> | null {
  const { maxConnections, reserved, boundBy } =
    measured === null ? UNKNOWN : countedAt(measured, measured.server?.pooler ?? null);
  return maxConnections === null || reserved === null ? null : { maxConnections, reserved, boundBy };
}

function countedAt(measured: Measured, pooler: Pooler | null): Known {
  if (pooler?.limits != null) return countedAtPooler(measured, pooler.limits);
  const { maxConnections, reserved, inUse } = measured;
  return { maxConnections, reserved, inUse, boundBy: 'server' };
}

/** By session a client keeps its connection to the server; else only the clients count, and share those connections. */
function countedAtPooler(measured: Measured, { mode, poolSize, maxClients, others }: PoolerLimits): Known {
  if (mode !== 'session') return { maxConnections: maxClients, reserved: 0, inUse: others, boundBy: 'pooler' };
  const usable = measured.maxConnections - measured.reserved;
  const most = Math.max(0, Math.min(poolSize, maxClients - others, usable));
  return { maxConnections: most, reserved: 0, inUse: 0, boundBy: 'pooler' };
}
