import type { ServiceRole, Wanted } from '../settings.js';
import type { DatabaseBudget } from './budget.js';
import { type Choice, numberByHand } from './choice.js';
import { containersOf } from './containers.js';
import { migrationsOf, siblingConnections, siblingPools } from './siblings.js';
import type { Deployment, SizingInput } from './sizing.js';
import { pooledProcesses, type Workers } from './workers.js';

/** People on one instance. */
export interface Share {
  readonly min: number;
  readonly max: number;
}

/** The database's connections, and how they are shared out. */
export interface Connections {
  readonly limit: number;
  /** Who takes them: the database, where it does not say. */
  readonly takenBy?: string;
  /** Limits that leave more: who else bounds them, and what is kept free of that. */
  readonly wider?: readonly { readonly takenBy: string; readonly limit: number; readonly kept: number }[];
  /** Kept free, by whom or what for. */
  readonly reserved: { readonly byDatabase: number; readonly byProfile: number; readonly byOthers: number };
  readonly instances: number;
  /** All processes with a pool, over all instances. */
  readonly processes: number;
  /** How many of them are of other services of the same code. */
  readonly beside: number;
  /** More of them while a restart overlaps. */
  readonly overlap: number;
  /** Containers of each service on one instance. */
  readonly containers: Readonly<Record<ServiceRole, number>>;
  /** Connections of migrations, which run while the service starts and have no pool. */
  readonly migrations: number;
  /** The most that one process may hold so that all fit at every moment; may be 0 or less. */
  readonly perProcess: number;
}

export interface Pool {
  readonly size: number;
  readonly overflow: number;
}

/** With a single connection, a request that needs a second one waits for itself. */
export const LEAST_PER_PROCESS = 2;
/** A browser sends up to six requests at the same time to a server that speaks HTTP/1.1. */
export const REQUESTS_OF_A_PERSON = 6;

export function connectionsOf(
  limit: number,
  reserved: Connections['reserved'],
  workers: Workers,
  instances: number,
  deployment: Deployment,
): Connections {
  const { beat, overlap } = deployment;
  const beside = siblingPools(deployment, instances);
  const { web, celery } = pooledProcesses(workers, deployment);
  const processes = (web + celery) * instances + (beat ? 1 : 0) + beside;
  const migrations = migrationsOf(deployment, instances);
  const perProcess = Math.floor((limit - reservedSum(reserved) - migrations) / (processes + overlap));
  const containers = { backend: containersOf(deployment, 'backend'), celery: containersOf(deployment, 'celery') };
  return { limit, reserved, instances, containers, processes, beside, overlap, migrations, perProcess };
}

export function reservedSum({ byDatabase, byProfile, byOthers }: Connections['reserved']): number {
  return byDatabase + byProfile + byOthers;
}

/** The smallest limit with which every process may hold so many. */
export function limitFor({ processes, overlap, migrations, reserved }: Connections, perProcess: number): number {
  return (processes + overlap) * perProcess + migrations + reservedSum(reserved);
}

/** The most processes of one instance that may hold so many each, beside other services of the same code. */
export function processesWithin(
  { limit, reserved, migrations, overlap, instances, beside }: Connections,
  each: number,
): number {
  const all = Math.floor((limit - reservedSum(reserved) - migrations) / each);
  return Math.floor((all - overlap - beside) / instances);
}

/** The steady size follows the fewest people, the ceiling the most, and neither exceeds the share of the connections. */
export function poolFor(share: Share, { perProcess }: Connections, overrides: Wanted): Pool {
  const ceiling = Math.max(share.max, REQUESTS_OF_A_PERSON);
  return boundPool({ size: share.min, ceiling }, Math.max(perProcess, LEAST_PER_PROCESS), overrides);
}

/** What is wanted, brought down to what is allowed: the overflow first. What is set by hand stays. */
export function boundPool(
  wanted: { readonly size: number; readonly ceiling: number },
  allowed: number,
  overrides: Wanted,
): Pool {
  const overflowByHand = numberByHand(overrides, 'db.max_overflow');
  const steady = Math.max(1, Math.min(wanted.size, allowed - (overflowByHand ?? 0)));
  const size = numberByHand(overrides, 'db.pool_size') ?? steady;
  return { size, overflow: overflowByHand ?? Math.max(0, Math.min(wanted.ceiling, allowed) - size) };
}

/** Connections of one process as it is now; not a number where the files do not say both numbers. */
export function pooledNow({ current = {} }: Pick<SizingInput, 'current'>): number {
  const [size, overflow] = [current['db.pool_size'], current['db.max_overflow']];
  return typeof size === 'number' && typeof overflow === 'number' ? size + overflow : Number.NaN;
}

export function poolSum({ size, overflow }: Pool): number {
  return size + overflow;
}

/** What is there, where it is right already: the same ceiling, of which more is steady does no harm. */
export function keptPool(chosen: Pool, { current = {}, overrides }: Pick<SizingInput, 'current' | 'overrides'>): Pool {
  const [size, overflow] = [current['db.pool_size'], current['db.max_overflow']];
  const byHand = overrides['db.pool_size'] !== undefined || overrides['db.max_overflow'] !== undefined;
  if (byHand || typeof size !== 'number' || typeof overflow !== 'number') return chosen;
  const right = size >= chosen.size && overflow >= 0 && size + overflow === chosen.size + chosen.overflow;
  return right ? { size, overflow } : chosen;
}

/** `before`: connections of one process as it is now; infinite without a limit. */
export function databaseBudget(
  pool: Pool,
  connections: Connections,
  workers: Workers,
  deployment: Deployment,
  { expected, before }: Pick<DatabaseBudget, 'expected'> & { readonly before: number },
): DatabaseBudget {
  const { limit, instances, overlap, migrations } = connections;
  const perProcess = pool.size + pool.overflow;
  const { web, celery } = pooledProcesses(workers, deployment);
  const counts = [
    { role: 'web', ...several(deployment, 'backend'), count: web * instances },
    { role: 'celery', ...several(deployment, 'celery'), count: celery * instances },
    { role: 'beat', count: deployment.beat ? 1 : 0 },
  ] as const;
  const own = counts
    .filter(({ count }) => count > 0)
    .map((each) => ({ ...each, perProcess, ceiling: each.count * perProcess }));
  const processes = [...own, ...siblingConnections(deployment, instances, perProcess)];
  const reserved = reservedSum(connections.reserved);
  const ceiling = processes.reduce((sum, each) => sum + each.ceiling, 0);
  const peak = ceiling + overlap * perProcess + migrations;
  const headroom = limit - reserved - ceiling;
  const fits = peak + reserved <= limit;
  const kept = siblingPools(deployment, instances, true);
  const until = kept > 0 && before > perProcess ? ceiling + kept * (before - perProcess) : null;
  const untilRestarted = until === null ? null : keptUntil(until, limit - reserved, deployment);
  return { limit, reserved, processes, ceiling, headroom, peak, migrations, fits, untilRestarted, expected };
}

function keptUntil(ceiling: number, most: number, { siblings = [] }: Deployment): DatabaseBudget['untilRestarted'] {
  const services = siblings.filter(({ kept }) => kept).map(({ name }) => name);
  return { services, ceiling: Number.isFinite(ceiling) ? ceiling : null, fits: ceiling <= most };
}

function several(deployment: Deployment, role: ServiceRole): { readonly containers?: number } {
  const containers = containersOf(deployment, role);
  return containers > 1 ? { containers } : {};
}

export function sizeChoice({ size }: Pool, share: Share, connections: Connections): Choice<number> {
  if (size < share.min) return { value: size, because: figures(connections), bound: 'connections' };
  return { value: size, because: `one steady connection for each of ${share.min} users per instance`, bound: 'users' };
}

export function overflowChoice({ size, overflow }: Pool, share: Share, connections: Connections): Choice<number> {
  const ceiling = size + overflow;
  const wanted = Math.max(share.max, REQUESTS_OF_A_PERSON);
  if (ceiling < wanted && connections.perProcess < wanted) {
    return { value: overflow, because: figures(connections), bound: 'connections' };
  }
  const few = share.max < REQUESTS_OF_A_PERSON;
  const users = `${share.max} user${share.max === 1 ? '' : 's'} per instance at the peak`;
  const whom = few ? `a browser that sends ${REQUESTS_OF_A_PERSON} requests at once, with ${users}` : `the ${users}`;
  return { value: overflow, because: `with the steady ${size} a ceiling of ${ceiling}, for ${whom}`, bound: 'users' };
}

/** The share of one process, with the sum that leads to it. */
export function figures({
  limit,
  takenBy = 'the database',
  reserved,
  processes,
  overlap,
  migrations,
  perProcess,
}: Connections): string {
  const beside = overlap > 0 ? ` and ${overlap} more while a restart overlaps` : '';
  const moved = migrations > 0 ? ` and ${migrations} for migrations` : '';
  return `${takenBy} takes ${limit} connections: less ${spelled(reserved)}${moved}, shared by ${processes} processes${beside}, that leaves ${Math.max(perProcess, 0)} for each`;
}

function spelled({ byDatabase, byProfile, byOthers }: Connections['reserved']): string {
  const others = byOthers > 0 ? `, ${byOthers} held by other clients` : '';
  return `${byDatabase} that it reserves${others} and ${byProfile} kept free`;
}
