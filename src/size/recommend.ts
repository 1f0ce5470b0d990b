import { fail, type Problem } from '../errors.js';
import { SETTING_KEYS, type SettingKey, type SettingValue, STAGES } from '../settings.js';
import { type Choice, settledOn } from './choice.js';
import { enoughDescriptors } from './descriptors.js';
import { idleLimitOf } from './idle.js';
import { takenToday } from './instants.js';
import { serviceCores } from './machine.js';
import { tooLargeBetween, tooLittleMemory } from './memory-refusals.js';
import { isTooLarge, orderThatFits } from './order.js';
import { LEAST_PER_PROCESS, limitFor, overflowChoice, REQUESTS_OF_A_PERSON, sizeChoice } from './pools.js';
import { brokerStrain, redisChoice } from './redis.js';
import * as refusals from './refusals.js';
import { relatedTo } from './related.js';
import { fewerProcesses, limitThatFits, type StrainOnTheWay, smallerPool, strainOf } from './remedies.js';
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
  const problems = budgetProblems(outcome, input);
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

function budgetProblems(outcome: Outcome, input: SizingInput): readonly Problem[] {
  const { budget, redis } = outcome;
  const problems: Problem[] = [];
  if (!budget.memory.fits) problems.push(...tooLittleMemory(budget.memory, memorySaid(input)));
  if (!budget.redis.fits) problems.push(refusals.tooFewClients(budget.redis, redis.cap, input.facts.redis?.written));
  const { frame, layout } = outcome;
  const strained = brokerStrain(input.facts, layout.workers, frame.profile.server.instances, frame.deployment);
  if (strained !== null) problems.push(refusals.tooFewAtBroker(strained));
  const { descriptors } = budget;
  if (!descriptors.fits && descriptors.source === 'measured') {
    problems.push(refusals.tooFewDescriptors(descriptors, enoughDescriptors(descriptors)));
  }
  return [...problems, ...connectionProblems(outcome, input), ...memoryBetween(outcome, input)];
}

/** The end fits, and a moment on the way takes more than the machine has, and more than today. */
function memoryBetween({ budget, way }: Outcome, { stages = STAGES }: SizingInput): readonly Problem[] {
  if (way === null || !budget.memory.fits) return [];
  const instant = budget.instants.find((each) => isTooLarge(each, way));
  if (instant === undefined) return [];
  const told = { mostBytes: way.limits.machineBytes, todayBytes: takenToday(way, instant).memoryBytes };
  return [tooLargeBetween(instant, told, orderThatFits(way, stages))];
}

function memorySaid({ profile, facts, overrides }: SizingInput) {
  const byHand = overrides['web.workers'] !== undefined || overrides['celery.concurrency'] !== undefined;
  return { profileBytes: profile.server.memoryBytes, measuredBytes: facts.memoryBytes ?? null, byHand };
}

function connectionProblems(outcome: Outcome, input: SizingInput): readonly Problem[] {
  const strain = strainOf(outcome);
  if (strain === null) return [];
  const { connections, pool } = outcome.layout;
  if (typeof strain === 'object') return [betweenProblem(strain, outcome, input)];
  const each = strain === 'too-few' ? LEAST_PER_PROCESS : pool.size + pool.overflow;
  const limit = limitThatFits(input, limitFor(connections, each));
  const fewer = fewerProcesses(input, outcome, each);
  if (strain === 'too-few') return [refusals.tooFewConnections(connections, each, { limit, fewer })];
  const lower = smallerPool(input, outcome, connections.perProcess);
  return [refusals.tooManyConnections(pool, connections, { limit, fewer, pool: lower })];
}

/** A moment on the way that takes more than there is, and more than today. */
function betweenProblem({ way, instant }: StrainOnTheWay, outcome: Outcome, input: SizingInput): Problem {
  const order = orderThatFits(way, input.stages ?? STAGES);
  const pool = smallerPool(input, outcome, way.wanted.pool - 1);
  const told = { most: way.limits.connections, today: takenToday(way, instant).connections };
  return refusals.tooManyBetween(instant, told, { order, pool });
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
    'redis.max_connections': redisChoice(redis.chosen, redis.cap, frame.share, redis.clients),
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

type PoolChoices = Record<'db.pool_size' | 'db.max_overflow', Choice<number>>;

function poolChoices(outcome: Outcome): PoolChoices {
  const { pool } = outcome.layout;
  const { size, overflow } = outcome.chosen;
  const kept = pool.size !== size || pool.overflow !== overflow;
  const choices = chosenPool(outcome);
  return {
    'db.pool_size': { ...choices['db.pool_size'], accepts: () => kept },
    'db.max_overflow': { ...choices['db.max_overflow'], accepts: () => kept },
  };
}

function chosenPool({ searched, layout, chosen: pool, frame, heldBy }: Outcome): PoolChoices {
  const { connections } = layout;
  if (heldBy !== null) {
    const because = `as much as fits while the ${heldBy} celery children of today still run; once celery-workers is applied, a new plan gives more`;
    const held = (value: number) => ({ value, because, bound: 'connections' }) as const;
    return { 'db.pool_size': held(pool.size), 'db.max_overflow': held(pool.overflow) };
  }
  if (searched === null) {
    const { share } = frame;
    return {
      'db.pool_size': sizeChoice(pool, share, connections),
      'db.max_overflow': overflowChoice(pool, share, connections),
    };
  }
  const users = frame.profile.users.max;
  const size = `by the model a worker needs no more at once for ${users} users, but for one request in a thousand`;
  const ceiling = pool.size + pool.overflow;
  const overflow =
    ceiling <= REQUESTS_OF_A_PERSON
      ? `with the steady ${pool.size} a ceiling of ${ceiling}: a browser sends up to ${REQUESTS_OF_A_PERSON} requests at once`
      : `half as much again, for people who are spread less evenly over the workers; ${connections.perProcess} for each process would fit`;
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
