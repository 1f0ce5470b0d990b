import type { Found, Wanted } from '../settings.js';
import type { RedisBudget } from './budget.js';
import { type Choice, numberByHand } from './choice.js';
import { containersOf } from './containers.js';
import { BROKER_POOL } from './library.js';
import type { Share } from './pools.js';
import { siblingClients, siblingPools, sumOfClients } from './siblings.js';
import type { Deployment, SizingFacts } from './sizing.js';
import { pooledProcesses, type Workers } from './workers.js';

/** What synchronous FastAPI endpoints of one process can use at once; the pool of redis-py raises beyond its cap. */
export const THREADS_OF_A_PROCESS = 40;
/** Redis' own default. */
const USUAL_MAX_CLIENTS = 10_000;
/** For redis-cli, monitoring and whatever else connects. */
const RESERVE = 10;

/** A cap is not a size: some room above what is needed does no harm. */
const MOST_ROOM = 4;

export interface RedisClients {
  readonly limit: number;
  readonly source: RedisBudget['source'];
  readonly reserved: number;
  /** Processes with a pool of their own, over all instances, and the overlap of a restart. */
  readonly processes: number;
  readonly overlap: number;
  readonly brokers: { readonly count: number; readonly each: number };
  /** The most that one pool may hold so that all fit. */
  readonly perProcess: number;
}

export function redisClients(
  facts: SizingFacts,
  workers: Workers,
  instances: number,
  deployment: Deployment,
): RedisClients {
  const { limit, source } = limitOf(facts);
  const reserved = RESERVE + (facts.redis?.inUseByOthers ?? 0);
  const { overlap } = deployment;
  const { web, celery } = pooledProcesses(workers, deployment);
  const processes = (web + celery) * instances + siblingPools(deployment, instances);
  const apart = facts.redis?.brokerApart === true;
  const brokers = {
    count: apart ? 0 : instances * containersOf(deployment, 'celery'),
    each: BROKER_POOL + workers.celery,
  };
  // What they have without a pool, whatever its cap.
  const beside = apart ? 0 : sumOfClients(siblingClients(deployment, instances, 0));
  const room = limit - reserved - brokers.count * brokers.each - beside;
  const perProcess = Math.floor(room / (processes + overlap));
  return { limit, source, reserved, processes, overlap, brokers, perProcess };
}

/** What was measured counts, until a restart also what its file says; of both the less. */
function limitOf({ redis }: SizingFacts): Pick<RedisClients, 'limit' | 'source'> {
  const [measured, written] = [redis?.maxClients ?? null, redis?.written?.maxClients ?? null];
  if (written !== null && (measured === null || written < measured)) return { limit: written, source: 'file' };
  return measured === null ? { limit: USUAL_MAX_CLIENTS, source: 'assumed' } : { limit: measured, source: 'measured' };
}

/** One for each person at the peak, never fewer than the threads of a process, and no more than Redis takes. */
export function redisCap({ max }: Share, { perProcess }: RedisClients, overrides: Wanted): number {
  const wanted = Math.max(max, THREADS_OF_A_PROCESS);
  return (
    numberByHand(overrides, 'redis.max_connections') ?? Math.max(THREADS_OF_A_PROCESS, Math.min(wanted, perProcess))
  );
}

export function redisBudget(
  cap: number,
  clients: RedisClients,
  workers: Workers,
  { instances, deployment }: { readonly instances: number; readonly deployment: Deployment },
  expected: RedisBudget['expected'],
): RedisBudget {
  const { limit, source, reserved, overlap, brokers } = clients;
  const { web, celery } = pooledProcesses(workers, deployment);
  const counts = [
    { role: 'web', count: web * instances + overlap, perProcess: cap },
    { role: 'celery', count: celery * instances, perProcess: cap },
    { role: 'celery-parent', count: brokers.count, perProcess: brokers.each },
  ] as const;
  // Where the broker is apart, nobody's connections to it are counted.
  const here = (each: { readonly role: string }) => each.role !== 'celery-parent' || brokers.count > 0;
  const all = [...counts, ...siblingClients(deployment, instances, cap)].filter(here);
  const processes = all.map((each) => ({ ...each, ceiling: each.count * each.perProcess }));
  const ceiling = processes.reduce((sum, each) => sum + each.ceiling, 0);
  const headroom = limit - reserved - ceiling;
  const seen = expected?.processes.filter(here) ?? [];
  const fits = headroom >= 0;
  const told = expected === null ? null : { ...expected, processes: seen, open: sumOfClients(seen) };
  return { limit, source, reserved, processes, ceiling, headroom, fits, expected: told };
}

/** Clients of a broker that is a Redis of its own, and the most that it takes; null where that is enough, or not known. */
export function brokerStrain(
  { redis }: SizingFacts,
  { celery }: Workers,
  instances: number,
  deployment: Deployment,
): { readonly clients: number; readonly limit: number; readonly reserved: number } | null {
  const limit = redis?.brokerApart === true ? (redis.brokerMaxClients ?? null) : null;
  if (limit === null) return null;
  const own = instances * containersOf(deployment, 'celery') * (BROKER_POOL + celery);
  const clients = own + sumOfClients(siblingClients(deployment, instances, 0));
  return clients + RESERVE > limit ? { clients, limit, reserved: RESERVE } : null;
}

/** What is there, where it is right already: no less than is needed, within what Redis takes, and not far too much. */
export function keptCap(
  chosen: number,
  clients: Pick<RedisClients, 'perProcess'>,
  { current = {}, overrides }: { readonly current?: Found; readonly overrides: Wanted },
): number {
  const there = current['redis.max_connections'];
  const byHand = overrides['redis.max_connections'] !== undefined;
  if (byHand || typeof there !== 'number') return chosen;
  return there >= chosen && there <= Math.min(clients.perProcess, chosen * MOST_ROOM) ? there : chosen;
}

/** `kept`: what the budgets count, where that is what is there. */
export function redisChoice(
  value: number,
  kept: number,
  { max }: Share,
  { limit, perProcess }: RedisClients,
): Choice<number> {
  if (value < max && value >= perProcess) {
    const because = `Redis takes ${limit} clients, and shared by all processes that leaves ${Math.max(perProcess, 0)} for each`;
    return { value, because, bound: 'connections' };
  }
  const accepts = (there: number) => there === kept;
  if (max >= THREADS_OF_A_PROCESS) {
    return { value, because: `one for each of ${max} users per instance at the peak`, bound: 'users', accepts };
  }
  const because = `${max} users per instance, but one process can use ${THREADS_OF_A_PROCESS} at once, and the pool raises beyond its cap`;
  return { value, because, bound: 'default', accepts };
}
