import type { Problem } from '../errors.js';
import type { Found, Wanted } from '../settings.js';
import type { Budget, DescriptorBudget } from './budget.js';
import { enoughDescriptors } from './descriptors.js';
import { machineWarnings } from './machine.js';
import { polarHint } from './polardb.js';
import { poolerWarnings } from './pooler.js';
import { THREADS_OF_A_PROCESS } from './redis.js';
import type { Outcome } from './settle.js';
import type { SizingInput, SizingWarning } from './sizing.js';
import type { Workers } from './workers.js';

/** Celery's pools of one process. */
const SIDE_BY_SIDE: readonly string[] = ['gevent', 'eventlet', 'threads'];

export function warningsOf(
  input: SizingInput,
  { frame, layout, budget }: Outcome,
  problems: readonly Problem[],
): readonly SizingWarning[] {
  return [
    ...machineWarnings(input),
    ...limitWarnings(input, frame.limit),
    ...othersWarnings(input.facts.database),
    ...instancesWarnings(frame.ofInstances),
    ...poolerWarnings(input.facts.database, budget.database),
    ...redisWarnings(input.overrides),
    ...taskWarnings(input.current ?? {}, layout.workers),
    ...descriptorWarnings(budget.descriptors),
    ...betweenWarnings(budget),
    ...keptWarnings(budget.database),
    ...problems.map(({ message, fix }) => ({ code: 'over-budget' as const, message, fix })),
  ];
}

function limitWarnings({ profile, facts }: SizingInput, limit: number): readonly SizingWarning[] {
  const { measuredAt } = facts.database;
  if (measuredAt !== undefined) {
    return [
      {
        code: 'limit-recorded',
        message: `nobody could ask the database now; its limit of ${limit} connections was measured at ${measuredAt} and recorded with a release`,
        fix: 'Start the services, so that it can be asked, or give a limit that was changed since as --max-connections N',
      },
    ];
  }
  const assumed = facts.database.maxConnections === null || facts.database.source === 'profile';
  if (!assumed) return [];
  const hint = polarHint(profile.database.cpus);
  return [
    {
      code: 'limit-assumed',
      message: `the database's limit of ${limit} connections is the profile's figure: the database itself was not asked, or did not answer`,
      file: profile.file,
      fix: `Ask the database (SHOW max_connections) and give it as --max-connections N${hint === null ? '' : ` (as documented, ${hint}; yours may be set otherwise)`}`,
    },
  ];
}

/** Counted as the application's own they take no room of it, and may be somebody else's. */
function othersWarnings({ othersKnown = true }: SizingInput['facts']['database']): readonly SizingWarning[] {
  if (othersKnown) return [];
  return [
    {
      code: 'others-unknown',
      message:
        "what other programs hold under the application's own role can't be told from its connections: a service has several containers, or could not be looked into",
      fix: 'Add what those programs hold to database.reserve in the profile, or give them a role of their own',
    },
  ];
}

/** Those of the other instances and of a report under the same role look alike from here. */
function instancesWarnings(ofInstances: number): readonly SizingWarning[] {
  if (ofInstances === 0) return [];
  return [
    {
      code: 'others-unknown',
      message: `${ofInstances} connections under the application's own role are not of its processes here, and are taken for those of the other instances, which are counted already`,
      fix: 'Add what other programs hold under this role to database.reserve in the profile, or give them a role of their own',
    },
  ];
}

function redisWarnings(overrides: Wanted): readonly SizingWarning[] {
  const cap = overrides['redis.max_connections'];
  if (typeof cap !== 'number' || cap >= THREADS_OF_A_PROCESS) return [];
  return [
    {
      code: 'redis-below-threads',
      message: `redis.max_connections ${cap} is less than the ${THREADS_OF_A_PROCESS} threads of one process, and the pool raises beyond its cap`,
      fix: `Set redis.max_connections to ${THREADS_OF_A_PROCESS} or more`,
    },
  ];
}

/** Threads and greenlets wait for many things at once, which children do one by one. */
function taskWarnings(current: Found, { celery, prefork }: Workers): readonly SizingWarning[] {
  const [pool, concurrency] = [current['celery.pool'], current['celery.concurrency']];
  if (!prefork || typeof pool !== 'string' || typeof concurrency !== 'number') return [];
  if (!SIDE_BY_SIDE.includes(pool) || concurrency <= celery) return [];
  return [
    {
      code: 'fewer-tasks',
      message: `celery runs up to ${concurrency} tasks at once with the pool ${pool}, and ${celery} with prefork: tasks that mostly wait will queue`,
      fix: `Keep it with --set celery.pool=${pool} --set celery.concurrency=${concurrency} where tasks mostly wait; prefork is for tasks that compute`,
    },
  ];
}

/** A limit that nobody measured refuses nothing. */
function descriptorWarnings(descriptors: DescriptorBudget): readonly SizingWarning[] {
  const { limit, ceiling, fits, source } = descriptors;
  if (fits || source === 'measured') return [];
  return [
    {
      code: 'descriptors',
      message: `a web worker can need ${ceiling} open files, and the usual limit is ${limit}`,
      fix: `Give the service LimitNOFILE=${enoughDescriptors(descriptors)} (systemd) or ulimits.nofile (compose)`,
    },
  ];
}

/** Whoever is over the budget may come down, and is not there before all have done so. */
function keptWarnings({ untilRestarted, limit, reserved }: Budget['database']): readonly SizingWarning[] {
  if (untilRestarted === null || untilRestarted.fits) return [];
  const { services, ceiling } = untilRestarted;
  const names = services.join(', ');
  return [
    {
      code: 'over-budget-until-restarted',
      message: `with everything applied all processes can still take ${ceiling === null ? 'any number of' : `up to ${ceiling}`} connections of ${limit - reserved}, because nothing here restarts ${names}, which until then ${services.length === 1 ? 'keeps its' : 'keep their'} larger pools`,
      fix: `Restart ${names} by hand once the stages are applied`,
    },
  ];
}

/** What would not fit on a way back is not this plan's doing, and there is another way back. */
function betweenWarnings({ instants, database }: Budget): readonly SizingWarning[] {
  const most = database.limit - database.reserved;
  return instants
    .filter(({ moment, connections }) => moment === 'rollback' && connections > most)
    .map(({ stage, connections }) => ({
      code: 'over-budget-between' as const,
      message: `putting ${stage} back while the stages after it stay can take up to ${connections} connections of ${most}`,
      fix: 'Roll back the newest stage first: going back in that order never takes more than a restart today',
    }));
}
