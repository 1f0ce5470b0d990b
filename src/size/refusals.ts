import type { Problem } from '../errors.js';
import type { StageName, Wanted } from '../settings.js';
import type { DescriptorBudget, Instant, RedisBudget } from './budget.js';
import { polarHint } from './polardb.js';
import { type Connections, figures, limitFor, type Pool, reservedSum } from './pools.js';
import type { brokerStrain } from './redis.js';
import type { SizingFacts } from './sizing.js';

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
  const smaller = pool === null ? [] : [`keep db.pool_size and db.max_overflow to ${pool} together until then`];
  return {
    code: 'budget',
    message: `stage ${stage} can take up to ${connections} connections ${when}, with the processes that run then, and ${most} are left for them (today: up to ${today})`,
    expected: `at most ${most} connections at every moment`,
    found: String(connections),
    fix: listed([inTurn(order), ...smaller]),
  };
}

/** One stage after the other, each on its own. */
export function inTurn(order: readonly StageName[]): string {
  return `apply one stage at a time, in this order: ${order.join(', ')} (--stage NAME --override order --reason TEXT)`;
}

/** With a wider limit, too, that the larger one would pass. */
function raised({ takenBy = 'the database', wider = [], reserved }: Connections, { limit }: Remedies): string {
  const own = limit - reservedSum(reserved);
  const others = wider
    .filter((each) => own + each.kept > each.limit)
    .map((each) => `that of ${each.takenBy} to ${own + each.kept}`);
  return [`raise the limit of ${takenBy} to ${limit}`, ...others].join(' and ');
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
export function listed(ways: readonly string[]): string {
  const text = ways.join(', or ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** `written`: what the file that starts it says, and where. */
export function tooFewClients(
  { limit, ceiling, reserved, processes }: RedisBudget,
  cap: number,
  written: NonNullable<SizingFacts['redis']>['written'] = null,
): Problem {
  const smallest = ceiling + reserved;
  const inFile = written !== null && written.maxClients < smallest;
  return {
    code: 'budget',
    message: `all processes can hold ${ceiling} connections to Redis, which takes ${limit} less ${reserved} kept free`,
    expected: `maxclients of at least ${smallest}`,
    found: `${limit}, and up to ${cap} per process`,
    ...(inFile ? { place: { file: written.path, line: written.line } } : {}),
    fix: inFile
      ? `Set --maxclients in the command that starts Redis to ${smallest} or more, and start it again`
      : `Set maxclients where Redis has it from (redis.conf, or CONFIG SET) to ${smallest} or more`,
    details: processes.map(({ role, service = role, count, perProcess }) => `${service}: ${count} x ${perProcess}`),
  };
}

export function tooFewAtBroker({ clients, limit, reserved }: NonNullable<ReturnType<typeof brokerStrain>>): Problem {
  const smallest = clients + reserved;
  return {
    code: 'budget',
    message: `all celery workers can hold ${clients} connections to the broker, a Redis of its own, which takes ${limit} less ${reserved} kept free`,
    expected: `maxclients of at least ${smallest}`,
    found: String(limit),
    fix: `Set maxclients of the broker where it has it from (its command, redis.conf, or CONFIG SET) to ${smallest} or more`,
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
