import type { Pooler, PoolerLimits, ServiceDatabase } from '../target/database.js';
import type { ConnectionBound, DatabaseFacts } from './sizing.js';

type Measured = Pick<ServiceDatabase, 'maxConnections' | 'reserved' | 'inUse'> &
  Partial<Pick<ServiceDatabase, 'server' | 'bounds' | 'toldApart' | 'alike'>>;

type Bound = ConnectionBound;

const UNKNOWN: Pick<DatabaseFacts, 'reserved' | 'inUse' | 'boundBy'> & { maxConnections: null } = {
  maxConnections: null,
  reserved: null,
  inUse: null,
  boundBy: 'server',
};

/** A limit as it was measured once. `at`: RFC 3339 UTC. */
interface Recorded extends Pick<Bound, 'maxConnections' | 'reserved' | 'boundBy'> {
  readonly at: string;
}

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
  if (measured === null) {
    return flag === null
      ? { ...UNKNOWN, server, maxConnections: assumed, source: 'profile' }
      : { ...UNKNOWN, server, maxConnections: flag, source: 'flag' };
  }
  const { byFlag, ...known } = tightest(bounds(measured, server?.pooler ?? null), flag);
  const alike = server?.pooler?.limits?.alike ?? measured.alike ?? 0;
  return { ...known, server, source: byFlag ? 'flag' : 'measured', othersKnown: measured.toldApart !== false, alike };
}

/** A pgbouncer that stands there and does not say what it takes. */
export function isSilent(pooler: Pooler | null): boolean {
  return pooler?.program === 'pgbouncer' && pooler.limits === null;
}

/** What a release keeps of it. */
export function limitToRecord(measured: Measured | null): Omit<Recorded, 'at'> | null {
  if (measured === null) return null;
  const { maxConnections, reserved, boundBy } = tightest(bounds(measured, measured.server?.pooler ?? null), null);
  return { maxConnections, reserved, boundBy };
}

/** What bounds the application's connections: whoever takes them first, then what else the server holds its role to. */
function bounds(measured: Measured, pooler: Pooler | null): readonly [Bound, ...Bound[]] {
  if (pooler?.limits == null) return boundsOfServer(measured);
  const { mode, alike = 0 } = pooler.limits;
  // By session each client has its connection to the server; what that leaves is in the first already.
  const opened = mode === 'session' ? boundsOfServer(measured) : [];
  const beyond = opened.map((each) => ({ ...each, inUse: each.inUse + alike }));
  return [countedAtPooler(measured, pooler.limits), ...beyond];
}

function boundsOfServer({ maxConnections, reserved, inUse, bounds = [] }: Measured): readonly [Bound, ...Bound[]] {
  const narrower = bounds.map(
    ({ by, limit, inUse: others }): Bound => ({ maxConnections: limit, reserved: 0, inUse: others, boundBy: by }),
  );
  return [{ maxConnections, reserved, inUse, boundBy: 'server' }, ...narrower];
}

type Tightest = Bound & { readonly byFlag: boolean; readonly wider: readonly Bound[] };

/** The one that leaves the fewest; what was given by hand is the limit of the first where it is less. */
function tightest([first, ...others]: readonly [Bound, ...Bound[]], flag: number | null): Tightest {
  const byFlag = flag !== null && flag <= first.maxConnections;
  const room = ({ maxConnections, reserved, inUse }: Bound) => maxConnections - reserved - inUse;
  const given = { ...first, maxConnections: byFlag ? flag : first.maxConnections };
  const rivals = first.boundBy === 'pooler' ? [] : others;
  const least = rivals.reduce((chosen, next) => (room(next) < room(chosen) ? next : chosen), given);
  const wider = [given, ...others].filter((each) => each !== least);
  return { ...least, byFlag: byFlag && least === given, wider };
}

/** By session a client keeps its connection to the server; else only the clients count, and share those connections. */
function countedAtPooler(measured: Measured, { mode, poolSize, maxClients, others, alike = 0 }: PoolerLimits): Bound {
  if (mode !== 'session') return { maxConnections: maxClients, reserved: 0, inUse: others + alike, boundBy: 'pooler' };
  const held = (measured.bounds ?? []).map(({ limit }) => limit);
  const usable = Math.min(measured.maxConnections - measured.reserved, ...held);
  const most = Math.max(0, Math.min(poolSize, maxClients - others, usable));
  return { maxConnections: most, reserved: 0, inUse: alike, boundBy: 'pooler' };
}
