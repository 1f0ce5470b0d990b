import type { Problem } from '../errors.js';
import type { StageName } from '../settings.js';
import { formatBytes, formatBytesUp } from '../units.js';
import type { Instant, MemoryBudget } from './budget.js';
import { inTurn, listed } from './refusals.js';

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

/** The end fits in the machine's memory, but a stage on the way there would not: what other stages bring down still runs. */
export function tooLargeBetween(
  { stage, moment, memoryBytes }: Instant,
  { mostBytes, todayBytes }: { readonly mostBytes: number; readonly todayBytes: number },
  order: readonly StageName[],
): Problem {
  const when = moment === 'after' ? 'once it is applied' : 'while it restarts';
  return {
    code: 'budget',
    message: `stage ${stage} can take up to ${formatBytes(memoryBytes)} ${when}, with the processes that run then, and the machine has ${formatBytes(mostBytes)} (today: up to ${formatBytes(todayBytes)})`,
    expected: `at most ${formatBytes(mostBytes)} of memory at every moment`,
    found: formatBytes(memoryBytes),
    fix: listed([inTurn(order)]),
  };
}
