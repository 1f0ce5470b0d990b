import { fail, type Problem } from '../errors.js';
import { SETTING_KEYS, type SettingKey, type SettingValue, type Wanted } from '../settings.js';
import { unlessByHand } from './choice.js';
import { type Machine, machineOf, machineWarnings } from './machine.js';
import * as pools from './pools.js';
import * as refusals from './refusals.js';
import type { Budget, Reason, Sizing, SizingInput, SizingWarning } from './sizing.js';
import { celeryChoice, DEFAULT_POOL, memoryBudget, type Workers, workersChoice, workersFor } from './workers.js';

/** What synchronous FastAPI endpoints of one process can use at once; the pool of redis-py raises beyond its cap. */
const THREADS_OF_A_PROCESS = 40;
const POOL_TIMEOUT_S = 30;
const POOL_RECYCLE_S = 3600;

/** Everything the rules settle on, before it is put in words. */
interface Outcome {
  readonly machine: Machine;
  readonly workers: Workers;
  readonly share: pools.Share;
  readonly connections: pools.Connections;
  readonly pool: pools.Pool;
  readonly budget: Budget;
}

/**
 * What each setting should be, why, and whether the sum over all processes fits. Throws `budget` problems where it does
 * not, unless `allowOverBudget`: then they are warnings. Without any limit to check against it always throws.
 */
export function recommend(input: SizingInput): Sizing {
  const outcome = settle(input);
  const problems = budgetProblems(outcome, input.overrides);
  if (problems.length > 0 && input.allowOverBudget !== true) fail(...problems);
  const reasons = reasonsFor(outcome, input);
  const recommended = Object.fromEntries(reasons.map(({ setting, value }) => [setting, value]));
  return {
    recommended: recommended as Record<SettingKey, SettingValue>,
    reasons,
    budget: outcome.budget,
    warnings: [
      ...machineWarnings(input),
      ...limitWarnings(input, outcome.connections.limit),
      ...redisWarnings(input.overrides),
      ...problems.map(overBudget),
    ],
  };
}

function settle(input: SizingInput): Outcome {
  const { profile, facts, overrides } = input;
  const limit = facts.database.maxConnections ?? profile.database.maxConnections ?? fail(refusals.noLimit());
  const { instances } = profile.server;
  const machine = machineOf(input);
  const workers = workersFor(machine, profile.workload.memoryBytes, overrides);
  const share = { min: Math.ceil(profile.users.min / instances), max: Math.ceil(profile.users.max / instances) };
  const reserved = {
    byDatabase: facts.database.reserved ?? profile.database.reserved,
    byProfile: profile.database.reserve,
    byOthers: facts.database.inUse ?? 0,
  };
  const connections = pools.connectionsOf(limit, reserved, workers, instances);
  const pool = pools.poolFor(share, connections, overrides);
  const budget = {
    database: pools.databaseBudget(pool, connections, workers),
    memory: memoryBudget(workers, machine, profile.workload.memoryBytes),
  };
  return { machine, workers, share, connections, pool, budget };
}

function budgetProblems({ budget, connections, pool, share }: Outcome, overrides: Wanted): readonly Problem[] {
  const problems = budget.memory.fits ? [] : [refusals.tooLittleMemory(budget.memory)];
  const byHand = overrides['db.pool_size'] !== undefined || overrides['db.max_overflow'] !== undefined;
  const least = pools.leastPerProcess(share);
  if (!byHand && connections.perProcess < least) return [...problems, refusals.tooFewConnections(connections, least)];
  return budget.database.fits ? problems : [...problems, refusals.tooManyConnections(pool, connections)];
}

function reasonsFor(outcome: Outcome, { profile, overrides }: SizingInput): readonly Reason[] {
  const { machine, workers, share, connections, pool } = outcome;
  const { webWorker, celeryChild } = profile.workload.memoryBytes;
  const choices = {
    'db.pool_size': pools.sizeChoice(pool, share, connections),
    'db.max_overflow': pools.overflowChoice(pool, share, connections),
    'db.pool_timeout': {
      value: POOL_TIMEOUT_S,
      because: `a request that waited ${POOL_TIMEOUT_S} s for a connection has lost its user`,
      bound: 'default',
    },
    'db.pool_pre_ping': {
      value: true,
      because: 'a connection that died while idle is replaced before a request meets it',
      bound: 'default',
    },
    'db.pool_recycle': {
      value: POOL_RECYCLE_S,
      because: `connections are renewed after ${POOL_RECYCLE_S} s, before proxies and servers drop them as idle`,
      bound: 'default',
    },
    'redis.max_connections': redisChoice(share),
    'web.workers': workersChoice(workers.web, 'web worker', webWorker, machine),
    'celery.pool': {
      value: DEFAULT_POOL,
      because: 'child processes run tasks side by side, and a running task does not keep the worker from answering',
      bound: 'default',
    },
    'celery.concurrency': celeryChoice(workers, celeryChild, machine, overrides),
  } as const;
  return SETTING_KEYS.map((key) => unlessByHand(overrides, key, choices[key]));
}

function redisChoice({ max }: pools.Share) {
  const value = Math.max(max, THREADS_OF_A_PROCESS);
  if (max >= THREADS_OF_A_PROCESS) {
    return { value, because: `one for each of ${max} users per instance at the peak`, bound: 'users' } as const;
  }
  const because = `${max} users per instance, but one process can use ${THREADS_OF_A_PROCESS} at once, and the pool raises beyond its cap`;
  return { value, because, bound: 'default' } as const;
}

function limitWarnings({ profile, facts }: SizingInput, limit: number): readonly SizingWarning[] {
  const assumed = facts.database.maxConnections === null || facts.database.source === 'profile';
  if (!assumed) return [];
  return [
    {
      code: 'limit-assumed',
      message: `the database's limit of ${limit} connections is the profile's figure, nobody asked the database`,
      file: profile.file,
      fix: 'Ask the database (SHOW max_connections) and give it as --max-connections N',
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

function overBudget({ message, fix }: Problem): SizingWarning {
  return { code: 'over-budget', message, fix };
}
