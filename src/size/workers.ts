import type { Workload } from '../profile/profile.js';
import { SERVICE_ROLES, type ServiceRole, type Wanted } from '../settings.js';
import { formatBytes } from '../units.js';
import type { MemoryBudget, MemoryProcesses } from './budget.js';
import { type Choice, numberByHand } from './choice.js';
import { containersOf } from './containers.js';
import { type Machine, serviceCores } from './machine.js';
import { siblingMemory } from './siblings.js';
import type { Deployment, ServiceBytes } from './sizing.js';

/** The processes of one instance. Only prefork has children; every other pool is one process. */
export interface Workers {
  readonly web: number;
  readonly celery: number;
  readonly prefork: boolean;
}

export type RoleMemory = Workload['memoryBytes'];

export const DEFAULT_POOL = 'prefork';

/**
 * One web worker and one celery child for each core, brought down one at a time while they do not fit in the memory:
 * the more numerous first, celery children where they are even, because background work can wait and people do not.
 * What is set by hand stays. The result may still not fit: see the budget.
 */
export function workersFor(
  machine: Machine,
  memory: RoleMemory,
  overrides: Wanted,
  deployment: Deployment,
  wantedWeb = coresOf(machine, 'backend'),
): Workers {
  const web = numberByHand(overrides, 'web.workers');
  const celery = numberByHand(overrides, 'celery.concurrency');
  const prefork = (overrides['celery.pool'] ?? DEFAULT_POOL) === DEFAULT_POOL;
  const minimum = { web: web ?? 1, celery: celery ?? 1, prefork };
  const children = overrides['celery.pool'] === 'solo' ? 1 : coresOf(machine, 'celery');
  let workers: Workers = { web: web ?? wantedWeb, celery: celery ?? children, prefork };
  for (;;) {
    const budget = memoryBudget(workers, machine, memory, deployment);
    if (budget.fits) break;
    const fewer = oneFewer(workers, minimum, budget.services);
    if (fewer === null) break;
    workers = fewer;
  }
  return workers;
}

/** The whole cores that one container of a service has: they share the machine's, or have fewer of their own. */
function coresOf(machine: Pick<Machine, 'cpus' | 'serviceCpus' | 'containers'>, role: ServiceRole): number {
  return Math.max(1, Math.floor(serviceCores(machine, role) / machine.containers[role]));
}

/** Celery processes that hold a database pool: the children, or the one process of every other kind. */
export function celeryProcesses({ celery, prefork }: Workers): number {
  return prefork ? celery : 1;
}

/** Processes with a pool of their own, on one instance. */
export function pooledProcesses(
  workers: Workers,
  deployment: Pick<Deployment, 'containers'>,
): { readonly web: number; readonly celery: number } {
  return {
    web: workers.web * containersOf(deployment, 'backend'),
    celery: celeryProcesses(workers) * containersOf(deployment, 'celery'),
  };
}

export function memoryBudget(
  workers: Workers,
  machine: Machine,
  memory: RoleMemory,
  deployment: Deployment,
): Omit<MemoryBudget, 'expected'> {
  const { beat, overlap } = deployment;
  const [backends, celeries] = [containersOf(deployment, 'backend'), containersOf(deployment, 'celery')];
  const counts = {
    web: workers.web * backends,
    // uvicorn has a parent process only where it has more than one worker.
    'web-parent': workers.web > 1 ? backends : 0,
    celery: celeryProcesses(workers) * celeries,
    'celery-parent': workers.prefork ? celeries : 0,
    beat: beat ? 1 : 0,
    redis: 1,
    system: 1,
  };
  const own = MEMORY_ROLES.map((role) => ({ role, count: counts[role], bytesEach: memory[MEMORY_OF[role]] }));
  const processes = [...own, ...siblingMemory(deployment, memory)];
  const totalBytes = sumOf(processes);
  const peakBytes = totalBytes + overlap * memory.webWorker;
  const services = servicesWithin(own, overlap * memory.webWorker, machine.serviceBytes, deployment);
  return {
    limitBytes: machine.memoryBytes,
    processes: processes.filter(({ count }) => count > 0),
    totalBytes,
    headroomBytes: machine.memoryBytes - totalBytes,
    peakBytes,
    services,
    fits: peakBytes <= machine.memoryBytes && services.every(({ fits }) => fits),
  };
}

/** Beat is the program that celery's parent is. */
export const MEMORY_OF = {
  web: 'webWorker',
  'web-parent': 'webParent',
  celery: 'celeryChild',
  'celery-parent': 'celeryParent',
  beat: 'celeryParent',
  redis: 'redis',
  system: 'system',
} as const satisfies Readonly<Record<MemoryProcesses['role'], keyof RoleMemory>>;
const MEMORY_ROLES = Object.keys(MEMORY_OF) as readonly (keyof typeof MEMORY_OF)[];

const ROLES_OF: Readonly<Record<ServiceRole, readonly MemoryProcesses['role'][]>> = {
  backend: ['web', 'web-parent'],
  celery: ['celery', 'celery-parent'],
};

export function sumOf(processes: readonly MemoryProcesses[]): number {
  return processes.reduce((sum, { count, bytesEach }) => sum + count * bytesEach, 0);
}

/** A service that passes its own limit is ended by the kernel, however much the machine has left. Each container has one of its own. */
function servicesWithin(
  processes: readonly MemoryProcesses[],
  overlapBytes: number,
  limits: ServiceBytes,
  deployment: Deployment,
): MemoryBudget['services'] {
  return SERVICE_ROLES.flatMap((service) => {
    const limitBytes = limits[service];
    if (limitBytes === null) return [];
    const all = sumOf(processes.filter(({ role }) => ROLES_OF[service].includes(role)));
    const own = all / containersOf(deployment, service);
    const peakBytes = own + (service === 'backend' ? overlapBytes : 0);
    return [{ service, limitBytes, peakBytes, fits: peakBytes <= limitBytes }];
  });
}

/** Why there are so many of them. */
export function workersChoice(
  value: number,
  what: 'web worker' | 'celery child',
  bytesEach: number,
  machine: Machine,
): Choice<number> {
  const role = what === 'web worker' ? 'backend' : 'celery';
  const cores = coresOf(machine, role);
  if (value >= cores) return { value, because: `one ${what} for ${eachCore(machine, role)}`, bound: 'cpus' };
  const bytes = machine.serviceBytes[role];
  const room =
    bytes === null || bytes > machine.memoryBytes
      ? `${formatBytes(machine.memoryBytes)} of memory`
      : `the ${formatBytes(bytes)} of memory that the service may take`;
  const because = `${cores} cores, but no more than ${value} at ${formatBytes(bytesEach)} each fit in ${room} beside the other processes, also while a restart overlaps`;
  return { value, because, bound: 'memory' };
}

/** The cores that there is one process for, in words. */
function eachCore(machine: Machine, role: ServiceRole): string {
  const { cpus, containers, serviceCpus } = machine;
  const own = serviceCpus[role];
  if (containers[role] > 1) return `each core that one of ${containers[role]} containers has, of ${cpus}`;
  const [cores, whose] =
    own !== null && own < cpus ? [own, ' that the service may take'] : [coresOf(machine, role), ''];
  if (cores === 1) return `the one core${whose}`;
  return `${cores > 1 && whose === '' ? 'each of' : cores > 1 ? 'each of the' : 'the'} ${cores} cores${whose}`;
}

/** As for the web workers, but for a pool that runs one task at a time. */
export function celeryChoice(workers: Workers, bytesEach: number, machine: Machine, overrides: Wanted): Choice<number> {
  if (overrides['celery.pool'] !== 'solo') return workersChoice(workers.celery, 'celery child', bytesEach, machine);
  return { value: workers.celery, because: 'the solo pool runs one task at a time', bound: 'default' };
}

function oneFewer(workers: Workers, minimum: Workers, services: MemoryBudget['services']): Workers | null {
  const tight = services.filter(({ fits }) => !fits).map(({ service }) => service);
  // Where only one service has too little, fewer processes of the other are no help to it.
  const may = (service: ServiceRole) => tight.length === 0 || tight.includes(service);
  // Threads and greenlets share one process: fewer of them would free nothing.
  const lessCelery = may('celery') && workers.prefork && workers.celery > minimum.celery;
  const lessWeb = may('backend') && workers.web > minimum.web;
  if (lessCelery && (!lessWeb || workers.celery >= workers.web)) return { ...workers, celery: workers.celery - 1 };
  return lessWeb ? { ...workers, web: workers.web - 1 } : null;
}
