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
import { AFTER_REQUESTS, grownTo, heldOf, inOverflow, sharesOf } from './growing.js';
import { BROKER_POOL } from './library.js';
import { flow, type Network } from './network/network.js';
import { siblingClients, siblingPools, sumOfClients } from './siblings.js';
import type { SizingFacts } from './sizing.js';
import { MEMORY_OF, pooledProcesses, sumOf } from './workers.js';

type Expected = { readonly [Part in 'database' | 'descriptors' | 'redis']: Budget[Part]['expected'] };

/** What will be seen of the ceilings, as far as it follows from how many people there are; null without a model. */
export function expectedOf(network: Network | null, frame: Frame, { workers, pool }: Layout, cap: number): Expected {
  if (network === null) return { database: null, descriptors: null, redis: null };
  const users = frame.profile.users.max;
  const seen = flow(network, users);
  const web = network.workers * network.instances;
  const share = sharesOf(network);
  const inPool = grownTo(pool.size, seen, share.out) + inOverflow(seen, pool, share.out);
  const children = pooledProcesses(workers, frame.deployment).celery * network.instances;
  // How much the others have to do nobody says: each of their processes is taken to hold one.
  const beside = siblingPools(frame.deployment, network.instances);
  const clients = tenths(grownTo(cap, seen, share.redis));
  return {
    database: connections(users, heldOf(seen, network), web * inPool, children + beside),
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
    descriptors: openFiles(users, { database: inPool, redis: clients, clients: users / web }),
  };
}

/**
 * In use: by Little's law, throughput times the time that a request has a connection. Open: what the pools hold by then. A celery
 * child runs one task at a time, and holds one connection.
 */
function connections(users: number, held: number, pools: number, celery: number): Budget['database']['expected'] {
  return { users, afterRequests: AFTER_REQUESTS, busy: tenths(held), open: tenths(Math.max(pools, held) + celery) };
}

function tenths(count: number): number {
  return Math.round(count * 10) / 10;
}

interface Processes {
  readonly web: number;
  readonly children: number;
  readonly workers: number;
  readonly beside: readonly RedisProcesses[];
}

/** No pool of redis-py closes a client that it has opened. A child holds one for its task. */
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
  return { users, afterRequests: AFTER_REQUESTS, processes, open: tenths(sumOfClients(processes)) };
}

/** Of one web worker, with one connection of each of its people. */
function openFiles(
  users: number,
  uses: Readonly<Record<'database' | 'redis' | 'clients', number>>,
): DescriptorBudget['expected'] {
  const all = [
    { use: 'database', count: Math.ceil(uses.database) },
    { use: 'redis', count: Math.ceil(uses.redis) },
    { use: 'clients', count: Math.ceil(uses.clients) },
    { use: 'own', count: DESCRIPTORS_OF_AN_APPLICATION },
  ] as const;
  return { users, afterRequests: AFTER_REQUESTS, uses: all, open: all.reduce((sum, { count }) => sum + count, 0) };
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
