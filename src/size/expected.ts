import type {
  Budget,
  DescriptorBudget,
  ExpectedMemory,
  MemoryProcesses,
  RedisBudget,
  RedisProcesses,
} from './budget.js';
import { containersOf } from './containers.js';
import { DESCRIPTORS_OF_AN_APPLICATION } from './descriptors.js';
import type { Frame, Layout } from './frame.js';
import { BROKER_POOL } from './library.js';
import { type Flow, flow, type Network } from './network/network.js';
import type { Pool } from './pools.js';

import { siblingClients, siblingPools, sumOfClients } from './siblings.js';
import type { SizingFacts } from './sizing.js';
import { MEMORY_OF, pooledProcesses, sumOf } from './workers.js';

/** A pool never closes a steady connection, so what is open is what was once needed: all but this share of the time. */
const RARELY = 0.001;

/** What one process needs at the same time, but for one request in a thousand. */
export function neededAtOnce({ met }: Flow): number {
  let beyond = 1;
  let needed = 0;
  while (beyond > RARELY && needed < met.length) {
    beyond -= met[needed] ?? 0;
    needed += 1;
  }
  return Math.max(1, needed);
}

type Expected = { readonly [Part in 'database' | 'descriptors' | 'redis']: Budget[Part]['expected'] };

/** What will be seen of the ceilings, as far as it follows from how many people there are; null without a model. */
export function expectedOf(network: Network | null, frame: Frame, { workers, pool }: Layout, cap: number): Expected {
  if (network === null) return { database: null, descriptors: null, redis: null };
  const users = frame.profile.users.max;
  const seen = flow(network, users);
  const web = network.workers * network.instances;
  const needed = neededAtOnce(seen);
  const kept = Math.min(pool.size, needed);
  const children = pooledProcesses(workers, frame.deployment).celery * network.instances;
  // How much the others have to do nobody says: each of their processes is taken to hold one.
  const beside = siblingPools(frame.deployment, network.instances);
  const clients = Math.min(cap, needed);
  return {
    database: connections(users, seen.held, web * openInPool(seen, kept, pool), children + beside),
    redis: redisClients(
      users,
      {
        web,
        children,
        workers: network.instances * containersOf(frame.deployment, 'celery'),
        beside: siblingClients(frame.deployment, network.instances, 1),
      },
      clients,
    ),
    descriptors: openFiles(users, { database: kept, redis: clients, clients: Math.ceil(users / web) }),
  };
}

/**
 * In use: by Little's law, throughput times the time that a request holds a connection. Open: what the pools hold. A celery
 * child runs one task at a time, and holds one connection.
 */
function connections(users: number, held: number, pools: number, celery: number): Budget['database']['expected'] {
  const round = (count: number) => Math.round(count * 10) / 10;
  return { users, busy: round(held), open: round(Math.max(pools, held) + celery) };
}

/** On average: what the pool keeps, or what is needed just then where that is more; the overflow is closed on return. */
function openInPool({ met }: Flow, kept: number, { size, overflow }: Pool): number {
  return met.reduce((sum, chance, count) => sum + chance * Math.max(kept, Math.min(count, size + overflow)), 0);
}

interface Processes {
  readonly web: number;
  readonly children: number;
  readonly workers: number;
  readonly beside: readonly RedisProcesses[];
}

/**
 * No pool of redis-py closes a client that it has opened. How long a request holds one the profile does not say: each that is
 * inside at the same time is taken to hold one, which is the most that it can be. A child holds one for its task.
 */
function redisClients(
  users: number,
  { web, children, workers, beside }: Processes,
  needed: number,
): RedisBudget['expected'] {
  const processes = [
    { role: 'web', count: web, perProcess: needed },
    { role: 'celery', count: children, perProcess: 1 },
    { role: 'celery-parent', count: workers, perProcess: BROKER_POOL },
    ...beside,
  ] as const;
  return { users, processes, open: sumOfClients(processes) };
}

/** Of one web worker, with one connection of each of its people. */
function openFiles(
  users: number,
  uses: Readonly<Record<'database' | 'redis' | 'clients', number>>,
): DescriptorBudget['expected'] {
  const all = [
    { use: 'database', count: uses.database },
    { use: 'redis', count: uses.redis },
    { use: 'clients', count: uses.clients },
    { use: 'own', count: DESCRIPTORS_OF_AN_APPLICATION },
  ] as const;
  return { users, uses: all, open: all.reduce((sum, { count }) => sum + count, 0) };
}

/** A role that was measured takes what it took; the profile's figure, which allows for growth, stands in for others. */
export function expectedMemory(
  processes: readonly MemoryProcesses[],
  { workload, origins }: Frame['profile'],
  measured: SizingFacts['roleMemory'] = {},
): ExpectedMemory {
  const seen = processes.map((each) => {
    const key = MEMORY_OF[each.role];
    const bytes = measured[key];
    const source = origins[`workload.memory.${key}`] ?? 'default';
    return bytes === undefined
      ? { ...each, bytesEach: workload.memoryBytes[key], source }
      : { ...each, bytesEach: bytes, source: 'measured' as const };
  });
  return { processes: seen, bytes: sumOf(seen) };
}
