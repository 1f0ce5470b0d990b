import { fail, type Problem } from '../errors.js';
import { SETTING_KEYS, type SettingKey, type SettingValue, STAGES, type StageName } from '../settings.js';
import type { Instant } from './budget.js';
import { type Choice, settledOn } from './choice.js';
import { enoughDescriptors } from './descriptors.js';
import { idleLimitOf } from './idle.js';
import { instantsOn } from './instants.js';
import { serviceCores } from './machine.js';
import { isTooMuch, orderThatFits, poolThatFits } from './order.js';
import { leastPerProcess, overflowChoice, sizeChoice } from './pools.js';
import { redisChoice } from './redis.js';
import * as refusals from './refusals.js';
import { relatedTo } from './related.js';
import { type Outcome, settle } from './settle.js';
import type { Reason, Sizing, SizingInput } from './sizing.js';
import { poolRecycle, poolTimeout } from './timing.js';
import { warningsOf } from './warnings.js';
import { celeryChoice, DEFAULT_POOL, workersChoice } from './workers.js';

/**
 * What each setting should be, why, and whether the sum over all processes fits. Throws `budget` problems where it does
 * not, unless `allowOverBudget`: then they are warnings. Without any limit to check against it always throws.
 */
export function recommend(input: SizingInput): Sizing {
  const outcome = settle(input);
  const problems = budgetProblems(outcome, input.stages ?? STAGES);
  if (problems.length > 0 && input.allowOverBudget !== true) fail(...problems);
  const reasons = reasonsFor(outcome, input);
  const recommended = Object.fromEntries(reasons.map(({ setting, value }) => [setting, value]));
  return {
    basis: outcome.searched === null ? 'rule' : 'model',
    recommended: recommended as Record<SettingKey, SettingValue>,
    reasons,
    runnerUp: outcome.searched?.runnerUp ?? null,
    related: relatedTo(outcome),
    budget: outcome.budget,
    warnings: warningsOf(input, outcome, problems),
  };
}

function budgetProblems(outcome: Outcome, stages: readonly StageName[]): readonly Problem[] {
  const { budget, layout, frame, redis } = outcome;
  const { connections, pool, workers } = layout;
  const { overrides, share } = frame;
  const problems: Problem[] = [];
  if (!budget.memory.fits) problems.push(refusals.tooLittleMemory(budget.memory));
  if (!budget.redis.fits) problems.push(refusals.tooFewClients(budget.redis, redis.cap));
  const { descriptors } = budget;
  if (!descriptors.fits && descriptors.source === 'measured') {
    problems.push(refusals.tooFewDescriptors(descriptors, enoughDescriptors(descriptors)));
  }
  const byHand = overrides['db.pool_size'] !== undefined || overrides['db.max_overflow'] !== undefined;
  const least = leastPerProcess(share);
  if (!byHand && connections.perProcess < least) {
    problems.push(refusals.tooFewConnections(connections, workers, least));
  } else if (!budget.database.fits) problems.push(refusals.tooManyConnections(pool, connections));
  return problems.length > 0 ? problems : betweenProblems(outcome, stages);
}

/** Moments on the way that take more than there is, and more than now. */
function betweenProblems({ budget, layout, way }: Outcome, stages: readonly StageName[]): readonly Problem[] {
  const { database, instants } = budget;
  const most = database.limit - database.reserved;
  const now = instants.find(({ moment }) => moment === 'now');
  if (now === undefined || way === null) return [];
  const first = instants.find((each) => isTooMuch(each, now, most));
  if (first === undefined) return [];
  const fits = (each: Instant) => !isTooMuch(each, now, most);
  const remedies = {
    order: orderThatFits(way, stages, fits),
    pool: poolThatFits(way, stages, fits),
    limit: Math.max(...instantsOn(way, stages).map(({ connections }) => connections)) + database.reserved,
  };
  return [refusals.tooManyBetween(first, now, { most, takenBy: layout.connections.takenBy }, remedies)];
}

function reasonsFor(outcome: Outcome, { overrides, current = {}, profile, facts }: SizingInput): readonly Reason[] {
  const { layout, frame, redis } = outcome;
  const choices: Record<SettingKey, Choice<SettingValue>> = {
    ...poolChoices(outcome),
    'db.pool_timeout': poolTimeout(),
    'db.pool_pre_ping': {
      value: true,
      because: 'a connection that died while idle is replaced before a request meets it',
      bound: 'default',
    },
    'db.pool_recycle': poolRecycle(idleLimitOf(profile, facts.database)),
    'redis.max_connections': redisChoice(redis.cap, frame.share, redis.clients),
    'web.workers': webChoice(outcome),
    'celery.pool': {
      value: DEFAULT_POOL,
      because: 'child processes run tasks side by side, and a running task does not keep the worker from answering',
      bound: 'default',
    },
    'celery.concurrency': celeryChoice(layout.workers, frame.memory.celeryChild, frame.machine, overrides),
  };
  return SETTING_KEYS.map((key) => settledOn(overrides, current, key, choices[key]));
}

function poolChoices({ searched, layout, frame }: Outcome): Record<'db.pool_size' | 'db.max_overflow', Choice<number>> {
  const { pool, connections } = layout;
  if (searched === null) {
    const { share } = frame;
    return {
      'db.pool_size': sizeChoice(pool, share, connections),
      'db.max_overflow': overflowChoice(pool, share, connections),
    };
  }
  const users = frame.profile.users.max;
  const size = `by the model a worker needs no more at once for ${users} users, but for one request in a thousand`;
  const overflow = `half as much again, for people who are spread less evenly over the workers; ${connections.perProcess} for each process would fit`;
  const [basis, bound] = ['model', 'objective'] as const;
  return {
    'db.pool_size': { value: pool.size, because: size, bound, basis },
    'db.max_overflow': { value: pool.overflow, because: overflow, bound, basis },
  };
}

function webChoice({ searched, layout, frame }: Outcome): Choice<number> {
  const { workers } = layout;
  if (searched === null) return workersChoice(workers.web, 'web worker', frame.memory.webWorker, frame.machine);
  const { users, slo } = frame.profile;
  const within = `${Math.round(searched.p95Ms)} ms`;
  const verdict = searched.p95Ms <= slo.p95Ms ? 'within' : 'beyond';
  return {
    value: workers.web,
    because: `by the model best for ${users.max} users on ${serviceCores(frame.machine, 'backend')} cores: 95 of 100 responses within ${within}, ${verdict} the objective of ${slo.p95Ms} ms`,
    bound: 'objective',
    basis: 'model',
  };
}
