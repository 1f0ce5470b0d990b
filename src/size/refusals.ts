import type { Problem } from '../errors.js';
import type { StageName } from '../settings.js';
import { formatBytes } from '../units.js';
import type { DescriptorBudget, Instant, MemoryBudget, RedisBudget } from './budget.js';
import { polarHint } from './polardb.js';
import { type Connections, figures, type Pool, reservedSum } from './pools.js';
import { celeryProcesses, type Workers } from './workers.js';

/** Without a limit no sum can be checked. */
export function noLimit(cores: number): Problem {
  const hint = polarHint(cores);
  return {
    code: 'budget',
    message: "the database's connection limit is not known",
    expected: 'the most connections that the database takes (max_connections)',
    found: 'no --max-connections, no answer from the database, and no database.maxConnections in the profile',
    fix: `Ask the database (SHOW max_connections) and give it as --max-connections N${hint === null ? '' : ` (${hint})`}`,
  };
}

/** The rules can't leave each process enough. */
export function tooFewConnections(connections: Connections, workers: Workers, least: number): Problem {
  const smallest = limitFor(connections, least);
  return {
    code: 'budget',
    message: `${figures(connections)}, and a process needs at least ${least}`,
    expected: `a limit of at least ${smallest}`,
    found: `${connections.limit}`,
    fix: `Raise the limit of ${connections.takenBy ?? 'the database'} to ${smallest} or more${fewerProcesses(connections, workers, least)}`,
  };
}

/** The settings, some of them by hand, ask for more than there is. */
export function tooManyConnections(pool: Pool, connections: Connections): Problem {
  const perProcess = pool.size + pool.overflow;
  const { overlap, migrations } = connections;
  const total = perProcess * (connections.processes + overlap) + migrations;
  const smallest = limitFor(connections, perProcess);
  const largest = Math.max(connections.perProcess, 0);
  const lower =
    largest === 0 ? 'run fewer processes' : `set db.pool_size and db.max_overflow to at most ${largest} together`;
  return {
    code: 'budget',
    message: `${connections.processes} processes with up to ${pool.size} + ${pool.overflow} connections are ${total} while a restart overlaps, but ${figures(connections)}`,
    expected: `a limit of at least ${smallest}, or at most ${largest} connections per process`,
    found: `a limit of ${connections.limit}, and ${perProcess} per process`,
    fix: `Raise the limit of ${connections.takenBy ?? 'the database'} to ${smallest} or more, or ${lower}`,
  };
}

/** The smallest limit with which every process may hold so many. */
function limitFor({ processes, overlap, migrations, reserved }: Connections, perProcess: number): number {
  return (processes + overlap) * perProcess + migrations + reservedSum(reserved);
}

/** The most processes that would fit, as settings: celery children are given up first, because their work can wait. */
function fewerProcesses(connections: Connections, workers: Workers, least: number): string {
  const { limit, reserved, migrations, overlap, instances, beside, containers } = connections;
  const room = Math.floor((limit - reservedSum(reserved) - migrations) / least) - overlap - beside;
  const each = Math.floor(room / instances);
  const web = Math.min(workers.web, Math.floor((each - containers.celery) / containers.backend));
  const celery = Math.min(celeryProcesses(workers), Math.floor((each - web * containers.backend) / containers.celery));
  if (web < 1 || celery < 1)
    return `; with fewer ${hasSeveral(containers) ? 'workers' : 'processes'} alone it would not fit`;
  const settings = [
    ...(web < workers.web ? [`--set web.workers=${web}`] : []),
    ...(celery < celeryProcesses(workers) ? [`--set celery.concurrency=${celery}`] : []),
  ];
  return settings.length === 0 ? '' : `, or run fewer processes: ${settings.join(' ')}`;
}

function hasSeveral({ backend, celery }: Connections['containers']): boolean {
  return backend > 1 || celery > 1;
}

/** What lets every moment fit; null where that way does not. */
interface Remedies {
  readonly order: readonly StageName[] | null;
  readonly pool: number | null;
  /** Less than this never does. */
  readonly limit: number;
}

/** The end fits, but a stage on the way there would not: what other stages bring down still runs. */
export function tooManyBetween(
  { stage, moment, connections }: Instant,
  now: Instant,
  { most, takenBy = 'the database' }: { readonly most: number; readonly takenBy?: string | undefined },
  { order, pool, limit }: Remedies,
): Problem {
  const when = moment === 'after' ? 'once it is applied' : 'while it restarts';
  const ways = [
    ...(order === null
      ? []
      : [
          `apply one stage at a time, in this order: ${order.join(', ')} (--stage NAME --override order --reason TEXT)`,
        ]),
    ...(pool === null ? [] : [`keep db.pool_size and db.max_overflow to ${pool} together until then`]),
    ...(order === null && pool === null ? [`raise the limit of ${takenBy}, to at least ${limit}`] : []),
  ].join(', or ');
  return {
    code: 'budget',
    message: `stage ${stage} can take up to ${connections} connections ${when}, with the processes that run then, and ${most} are left for them (now: up to ${now.connections})`,
    expected: `at most ${most} connections at every moment`,
    found: String(connections),
    fix: `${ways.slice(0, 1).toUpperCase()}${ways.slice(1)}`,
  };
}

export function tooLittleMemory(budget: MemoryBudget): Problem {
  const { limitBytes, peakBytes, totalBytes, processes, services } = budget;
  const tight = services.find(({ fits }) => !fits);
  if (peakBytes <= limitBytes && tight !== undefined) return tooLittleForService(tight);
  const overlap = peakBytes > totalBytes ? `, and ${formatBytes(peakBytes)} while a restart overlaps` : '';
  return {
    code: 'budget',
    message: `the processes need ${formatBytes(totalBytes)} of memory${overlap}, the machine has ${formatBytes(limitBytes)}`,
    expected: `at least ${formatBytes(peakBytes)} of memory`,
    found: formatBytes(limitBytes),
    fix: `Give the machine ${formatBytes(peakBytes - limitBytes)} more memory, run fewer workers, or correct workload.memory in the profile where it is too high`,
    details: processes.map(
      ({ role, service = role, count, bytesEach }) => `${service}: ${count} x ${formatBytes(bytesEach)}`,
    ),
  };
}

/** The machine has enough, and the service may not take it. */
function tooLittleForService({ service, limitBytes, peakBytes }: MemoryBudget['services'][number]): Problem {
  return {
    code: 'budget',
    message: `the processes of the ${service} need up to ${formatBytes(peakBytes)} of memory, and it may take ${formatBytes(limitBytes)}`,
    expected: `at least ${formatBytes(peakBytes)} for the ${service}`,
    found: formatBytes(limitBytes),
    fix: `Raise its MemoryMax= (systemd), or mem_limit or deploy.resources.limits.memory (compose), to ${formatBytes(peakBytes)} or more, run fewer of its processes, or correct workload.memory in the profile where it is too high`,
  };
}

export function tooFewClients({ limit, ceiling, reserved, processes }: RedisBudget, cap: number): Problem {
  const smallest = ceiling + reserved;
  return {
    code: 'budget',
    message: `all processes can hold ${ceiling} connections to Redis, which takes ${limit} less ${reserved} kept free`,
    expected: `maxclients of at least ${smallest}`,
    found: `${limit}, and up to ${cap} per process`,
    fix: `Set maxclients in redis.conf to ${smallest} or more, or run fewer processes`,
    details: processes.map(({ role, service = role, count, perProcess }) => `${service}: ${count} x ${perProcess}`),
  };
}

export function tooFewDescriptors({ limit, reserved, ceiling, uses }: DescriptorBudget, enough: number): Problem {
  return {
    code: 'budget',
    message: `a web worker can need ${ceiling} open files, and is allowed ${limit} less ${reserved} kept free`,
    expected: `a limit of at least ${enough} open files`,
    found: String(limit),
    fix: `Give the service LimitNOFILE=${enough} (systemd) or ulimits.nofile: ${enough} (compose)`,
    details: uses.map(({ use, count }) => `${use}: ${count}`),
  };
}
