import type { Problem } from '../errors.js';
import { formatBytes } from '../units.js';
import { type Connections, figures, type Pool, reservedSum } from './pools.js';
import type { MemoryBudget } from './sizing.js';

/** Without a limit no sum can be checked. */
export function noLimit(): Problem {
  return {
    code: 'budget',
    message: "the database's connection limit is not known",
    expected: 'the most connections that the database takes (max_connections)',
    found: 'no --max-connections, no answer from the database, and no database.maxConnections in the profile',
    fix: 'Ask the database (SHOW max_connections) and give it as --max-connections N',
  };
}

/** The rules can't leave each process enough. */
export function tooFewConnections(connections: Connections, least: number): Problem {
  const smallest = connections.processes * least + reservedSum(connections.reserved);
  return {
    code: 'budget',
    message: `${figures(connections)}, and a process needs at least ${least}`,
    expected: `a limit of at least ${smallest}`,
    found: `${connections.limit}`,
    fix: `Raise the database's limit to ${smallest} or more, or run fewer processes (--set web.workers=N, --set celery.concurrency=N)`,
  };
}

/** The settings, some of them by hand, ask for more than there is. */
export function tooManyConnections(pool: Pool, connections: Connections): Problem {
  const perProcess = pool.size + pool.overflow;
  const total = perProcess * connections.processes;
  const smallest = total + reservedSum(connections.reserved);
  const largest = Math.max(connections.perProcess, 0);
  const lower =
    largest === 0 ? 'run fewer processes' : `set db.pool_size and db.max_overflow to at most ${largest} together`;
  return {
    code: 'budget',
    message: `${connections.processes} processes with up to ${pool.size} + ${pool.overflow} connections are ${total}, but ${figures(connections)}`,
    expected: `a limit of at least ${smallest}, or at most ${largest} connections per process`,
    found: `a limit of ${connections.limit}, and ${perProcess} per process`,
    fix: `Raise the database's limit to ${smallest} or more, or ${lower}`,
  };
}

export function tooLittleMemory({ limitBytes, totalBytes, processes }: MemoryBudget): Problem {
  return {
    code: 'budget',
    message: `the processes need ${formatBytes(totalBytes)} of memory, the machine has ${formatBytes(limitBytes)}`,
    expected: `at least ${formatBytes(totalBytes)} of memory`,
    found: formatBytes(limitBytes),
    fix: 'Give the machine more memory, run fewer workers, or correct workload.memory in the profile where it is too high',
    details: processes.map(({ role, count, bytesEach }) => `${role}: ${count} x ${formatBytes(bytesEach)}`),
  };
}
