import type { Workload } from '../profile/profile.js';
import type { MemoryProcesses, PoolProcesses, RedisProcesses } from './budget.js';
import { containersOf } from './containers.js';
import { BROKER_POOL } from './library.js';
import type { Deployment, SiblingProcesses } from './sizing.js';

type Siblings = Pick<Deployment, 'siblings'>;

/** Processes of other services that hold a pool, over all instances; of those alone that keep it or do not, where that is asked. */
export function siblingPools({ siblings = [] }: Siblings, instances: number, kept?: boolean): number {
  const counted = siblings.filter((each) => kept === undefined || each.kept === kept);
  return counted.reduce((sum, each) => sum + copies(each, instances) * each.count, 0);
}

/** Connections of all migrations that run while services start: of the backend, in each of its containers, and of the others. */
export function migrationsOf(
  { migrations, siblings = [], ...rest }: Pick<Deployment, 'migrations' | 'siblings' | 'containers'>,
  instances: number,
): number {
  const own = migrations ? instances * containersOf(rest, 'backend') : 0;
  return siblings.reduce((sum, each) => sum + copies(each, instances) * (each.migrations ?? 0), own);
}

/** A schedule is run once, wherever; every other service is there on each instance. */
function copies({ kind }: SiblingProcesses, instances: number): number {
  return kind === 'beat' ? 1 : instances;
}

export function siblingConnections(
  { siblings = [] }: Siblings,
  instances: number,
  perProcess: number,
): readonly PoolProcesses[] {
  return siblings.map((each) => {
    const count = copies(each, instances) * each.count;
    return { role: each.kind, service: each.name, count, perProcess, ceiling: count * perProcess };
  });
}

const BYTES_OF = { web: 'webWorker', celery: 'celeryChild', beat: 'celeryParent' } as const;

/** On one instance. */
export function siblingMemory(
  { siblings = [] }: Siblings,
  memory: Workload['memoryBytes'],
): readonly MemoryProcesses[] {
  return siblings.flatMap(({ kind, name: service, count, parents }) => {
    const processes = { role: kind, service, count, bytesEach: memory[BYTES_OF[kind]] };
    if (parents === 0 || kind === 'beat') return [processes];
    const [role, bytesEach] =
      kind === 'web' ? (['web-parent', memory.webParent] as const) : (['celery-parent', memory.celeryParent] as const);
    return [processes, { role, service, count: parents, bytesEach }];
  });
}

/** With pools of so many, and with the connections to the broker that a worker has besides. */
export function siblingClients(
  { siblings = [] }: Siblings,
  instances: number,
  perProcess: number,
): readonly RedisProcesses[] {
  return siblings.flatMap((each) => {
    const { kind, name: service, count } = each;
    const pools = { role: kind, service, count: copies(each, instances) * count, perProcess };
    return [pools, ...brokerOf(each, instances)];
  });
}

/** Its `broker_pool_limit`, and one more for each task that it runs at the same time. */
function brokerOf({ kind, name: service, workers, tasks }: SiblingProcesses, instances: number) {
  if (kind !== 'celery') return [];
  return [{ role: 'celery-parent', service, count: workers * instances, perProcess: BROKER_POOL + tasks } as const];
}

export function sumOfClients(processes: readonly RedisProcesses[]): number {
  return processes.reduce((sum, { count, perProcess }) => sum + count * perProcess, 0);
}
