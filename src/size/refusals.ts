import type { Problem } from '../errors.js';
import type { StageName, Wanted } from '../settings.js';
import { formatBytes, formatBytesUp } from '../units.js';
import type { DescriptorBudget, Instant, MemoryBudget, RedisBudget } from './budget.js';
import { polarHint } from './polardb.js';
import { type Connections, figures, limitFor, type Pool } from './pools.js';

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

/** What was tried and does; null or empty where that way does not. */
interface Remedies {
  /** Of connections. */
  readonly limit: number;
  /** Fewer processes, as settings. */
  readonly fewer?: Wanted | null;
  /** Of one process. */
  readonly pool?: number | null;
}

/** The rules can't leave each process enough. */
export function tooFewConnections(connections: Connections, least: number, remedies: Remedies): Problem {
  return {
    code: 'budget',
    message: `${figures(connections)}, and a process needs at least ${least}`,
    expected: `a limit of at least ${limitFor(connections, least)}`,
    found: `${connections.limit}`,
    fix: listed([raised(connections, remedies), ...fewerProcesses(remedies)]),
  };
}

/** The settings, some of them by hand, ask for more than there is. */
export function tooManyConnections(pool: Pool, connections: Connections, remedies: Remedies): Problem {
  const perProcess = pool.size + pool.overflow;
  const { overlap, migrations } = connections;
  const total = perProcess * (connections.processes + overlap) + migrations;
  const largest = Math.max(connections.perProcess, 0);
  const lower =
    remedies.pool == null ? [] : [`set db.pool_size and db.max_overflow to at most ${remedies.pool} together`];
  return {
    code: 'budget',
    message: `${connections.processes} processes with up to ${pool.size} + ${pool.overflow} connections are ${total} while a restart overlaps, but ${figures(connections)}`,
    expected: `a limit of at least ${limitFor(connections, perProcess)}, or at most ${largest} connections per process`,
    found: `a limit of ${connections.limit}, and ${perProcess} per process`,
    fix: listed([raised(connections, remedies), ...lower, ...fewerProcesses(remedies)]),
  };
}

/** The end fits, but a stage on the way there would not: what other stages bring down still runs. */
export function tooManyBetween(
  { stage, moment, connections }: Instant,
  { most, today }: { readonly most: number; readonly today: number },
  { order, pool }: { readonly order: readonly StageName[]; readonly pool: number | null },
): Problem {
  const when = moment === 'after' ? 'once it is applied' : 'while it restarts';
  const turns = `apply one stage at a time, in this order: ${order.join(', ')} (--stage NAME --override order --reason TEXT)`;
  const smaller = pool === null ? [] : [`keep db.pool_size and db.max_overflow to ${pool} together until then`];
  return {
    code: 'budget',
    message: `stage ${stage} can take up to ${connections} connections ${when}, with the processes that run then, and ${most} are left for them (today: up to ${today})`,
    expected: `at most ${most} connections at every moment`,
    found: String(connections),
    fix: listed([turns, ...smaller]),
  };
}

function raised({ takenBy = 'the database' }: Connections, { limit }: Remedies): string {
  return `raise the limit of ${takenBy} to ${limit}`;
}

function fewerProcesses({ fewer = null }: Remedies): readonly string[] {
  if (fewer === null) return [];
  return [
    `run fewer processes: ${Object.entries(fewer)
      .map(([key, value]) => `--set ${key}=${value}`)
      .join(' ')}`,
  ];
}

/** Ways of which one is enough. */
function listed(ways: readonly string[]): string {
  const text = ways.join(', or ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** Who says how much memory there is: the least of both counts. */
interface MemorySaid {
  readonly profileBytes: number;
  readonly measuredBytes: number | null;
  /** The number of workers is set by hand, so that fewer of them may be asked for. */
  readonly byHand: boolean;
}

/** Of the machine, and of each service that may take less than it needs. */
export function tooLittleMemory(budget: MemoryBudget, said: MemorySaid): readonly Problem[] {
  const machine = budget.peakBytes > budget.limitBytes ? [tooLittleForAll(budget, said)] : [];
  const services = budget.services.filter(({ fits }) => !fits).map((each) => tooLittleForService(each, said));
  return [...machine, ...services];
}

function tooLittleForAll({ limitBytes, peakBytes, totalBytes, processes }: MemoryBudget, said: MemorySaid): Problem {
  const overlap = peakBytes > totalBytes ? `, and ${formatBytes(peakBytes)} while a restart overlaps` : '';
  const needed = formatBytesUp(peakBytes);
  const given = (said.measuredBytes ?? 0) < peakBytes ? [`give the machine ${needed} of memory`] : [];
  const written = said.profileBytes < peakBytes ? [`set server.memory in the profile to ${needed}`] : [];
  return {
    code: 'budget',
    message: `the processes need ${formatBytes(totalBytes)} of memory${overlap}, the machine has ${formatBytes(limitBytes)}`,
    expected: `at least ${needed} of memory`,
    found: formatBytes(limitBytes),
    fix: listed([[...given, ...written].join(' and '), ...lessMemory(said)]),
    details: processes.map(
      ({ role, service = role, count, bytesEach }) => `${service}: ${count} x ${formatBytes(bytesEach)}`,
    ),
  };
}

/** The machine may have enough, and the service may not take it. */
function tooLittleForService(
  { service, limitBytes, peakBytes }: MemoryBudget['services'][number],
  said: MemorySaid,
): Problem {
  const needed = formatBytesUp(peakBytes);
  const raised = `raise its MemoryMax= (systemd), or mem_limit or deploy.resources.limits.memory (compose), to ${needed}`;
  return {
    code: 'budget',
    message: `the processes of the ${service} need up to ${formatBytes(peakBytes)} of memory, and it may take ${formatBytes(limitBytes)}`,
    expected: `at least ${needed} for the ${service}`,
    found: formatBytes(limitBytes),
    fix: listed([raised, ...lessMemory(said)]),
  };
}

function lessMemory({ byHand }: MemorySaid): readonly string[] {
  return [...(byHand ? ['set fewer workers'] : []), 'correct workload.memory in the profile where it is too high'];
}

export function tooFewClients({ limit, ceiling, reserved, processes }: RedisBudget, cap: number): Problem {
  const smallest = ceiling + reserved;
  return {
    code: 'budget',
    message: `all processes can hold ${ceiling} connections to Redis, which takes ${limit} less ${reserved} kept free`,
    expected: `maxclients of at least ${smallest}`,
    found: `${limit}, and up to ${cap} per process`,
    fix: `Set maxclients in redis.conf to ${smallest} or more`,
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
