import { STAGES } from '../settings.js';
import type { Budget } from './budget.js';
import { networkOf } from './capacity.js';
import { descriptorBudget } from './descriptors.js';
import { expectedMemory, expectedOf } from './expected.js';
import { byRule, type Frame, frameOf, type Layout } from './frame.js';
import { instantsOf, type Way, wayOf } from './instants.js';
import { momentOfWorkers } from './moment.js';
import { isTooMuch, poolInTurn } from './order.js';
import {
  boundPool,
  databaseBudget,
  keptPool,
  type Pool,
  pooledNow,
  poolSum,
  REQUESTS_OF_A_PERSON,
  reservedSum,
} from './pools.js';
import { keptCap, type RedisClients, redisBudget, redisCap, redisClients } from './redis.js';
import { type Searched, searchWorkers } from './search.js';
import type { SizingInput } from './sizing.js';
import { memoryBudget } from './workers.js';

/** Everything that is settled on, before it is put in words. */
export interface Outcome {
  readonly frame: Frame;
  readonly layout: Layout;
  /** The pool that would be set if the one that is there were not right already. */
  readonly chosen: Pool;
  /** Null where the rules decided. */
  readonly searched: Searched | null;
  /** `cap`: of each process, as the budgets count it; `chosen` would be set if the one that is there were not right already. */
  readonly redis: { readonly cap: number; readonly chosen: number; readonly clients: RedisClients };
  readonly budget: Budget;
  /** From what runs now; null where that is not known. */
  readonly way: Way | null;
  /** Celery children of today, where the pools are as small as fits while these still run; else null. */
  readonly heldBy: number | null;
}

/**
 * Other clients come and go from one look to the next, and the reserve is kept free for them. A pool that is right with up
 * to half of it more or less is left alone: else a stage in a tight limit would be pending again right after it was applied.
 * Nor does a moment on the way to the other stages stop a roll-out for them, once its pool is there.
 */
export function settle(input: SizingInput): Outcome {
  const outcome = settleWith(input);
  const more = pooledNow(input) - poolSum(outcome.layout.pool);
  const spare = Math.floor(input.profile.database.reserve / 2);
  if (!(Math.abs(more) <= spare) || (more === 0 && !isStrained(outcome))) return outcome;
  if (more < 0) {
    const [right] = asNow(input, spare, 1);
    return right === undefined ? outcome : withPool(outcome, right.layout.pool, input);
  }
  let first = more === 0 ? outcome : null;
  for (const right of asNow(input, Math.min(spare, outcome.frame.reserved.byOthers), -1)) {
    if (!isStrained(right)) return right;
    first ??= right;
  }
  return first ?? outcome;
}

/** What comes to the pool of now with up to so many more, or less, kept free; the least of them first. */
function* asNow(input: SizingInput, most: number, sign: 1 | -1): Generator<Outcome> {
  const { database } = input.profile;
  for (let shift = 1; shift <= most; shift++) {
    const profile = { ...input.profile, database: { ...database, reserve: database.reserve + sign * shift } };
    const shifted = settleWith({ ...input, profile });
    if (isThere(shifted.layout.pool, input)) yield shifted;
  }
}

function isThere({ size, overflow }: Pool, { current = {} }: SizingInput): boolean {
  return current['db.pool_size'] === size && current['db.max_overflow'] === overflow;
}

function isStrained({ way, budget }: Outcome): boolean {
  return way !== null && budget.instants.some((each) => isTooMuch(each, way));
}

/** A smaller pool needs nobody's reserve. */
function withPool(outcome: Outcome, pool: Pool, input: SizingInput): Outcome {
  const { frame, redis } = outcome;
  const layout = { ...outcome.layout, pool };
  return { ...outcome, layout, ...budgetOf(input, frame, layout, redis) };
}

function settleWith(input: SizingInput): Outcome {
  const frame = frameOf(input);
  const searched = frame.profile.basis === 'model' ? searchWorkers(frame) : null;
  const chosen = searched ?? byRule(frame);
  const layout = { ...chosen, pool: keptPool(chosen.pool, input) };
  const { instances } = frame.profile.server;
  const clients = redisClients(input.facts, layout.workers, instances, frame.deployment);
  const redis = redisOf(frame, layout, clients, input);
  const settled = { frame, layout, chosen: chosen.pool, searched, redis, ...budgetOf(input, frame, layout, redis) };
  return besideToday(settled, input) ?? { ...settled, heldBy: null };
}

/** A cap that is there counts as it is, unless a measured limit of open files has room for the chosen one alone. */
function redisOf(frame: Frame, { pool }: Layout, clients: RedisClients, input: SizingInput): Outcome['redis'] {
  const chosen = redisCap(frame.share, clients, frame.overrides);
  const kept = keptCap(chosen, clients, input);
  const { fits, source } = descriptorBudget(pool, kept, frame.share, input.facts, null);
  return { cap: fits || source === 'assumed' ? kept : chosen, chosen, clients };
}

/**
 * Nobody said how many children celery has, and with more of them today than there will be, no plan is refused: the pools come
 * down to what fits beside these, where that is enough for a person's browser. A number that somebody wrote is theirs to change.
 * Whatever stages are asked for, all are held to it: else what one of them sets is pending again for the next.
 */
function besideToday(settled: Omit<Outcome, 'heldBy'>, input: SizingInput): Outcome | null {
  const { frame, layout, budget, way, redis } = settled;
  const { overrides, current = {} } = input;
  const byHand = overrides['db.pool_size'] !== undefined || overrides['db.max_overflow'] !== undefined;
  if (byHand || way === null || way.now.celery <= way.wanted.celery || current['celery.concurrency'] != null)
    return null;
  const most = budget.database.fits ? poolInTurn(way) : null;
  if (most === null || most === way.wanted.pool || most < REQUESTS_OF_A_PERSON) return null;
  const pool = boundPool({ size: settled.chosen.size, ceiling: most }, most, {});
  const held = { ...layout, pool: keptPool(pool, input) };
  return { ...settled, layout: held, chosen: pool, heldBy: way.now.celery, ...budgetOf(input, frame, held, redis) };
}

function budgetOf(
  { facts, current, stages = STAGES }: SizingInput,
  frame: Frame,
  layout: Layout,
  { cap, clients }: Outcome['redis'],
): Pick<Outcome, 'budget' | 'way'> {
  const { machine, deployment, profile, share } = frame;
  const { workers, connections, pool } = layout;
  const { instances } = profile.server;
  const memory = memoryBudget(workers, machine, frame.memory, deployment);
  const limits = {
    deployment,
    memory: frame.memory,
    instances,
    cores: Math.ceil(facts.hostCpus ?? facts.cpus ?? profile.server.cpus),
    connections: frame.limit - reservedSum(frame.reserved),
    memoryBytes: memory.limitBytes,
    machineBytes: facts.memoryBytes ?? memory.limitBytes,
    serviceBytes: machine.serviceBytes,
  };
  const wanted = momentOfWorkers(pool.size + pool.overflow, workers);
  const way = current === undefined ? null : wayOf(current, wanted, limits);
  const expected = expectedOf(networkWith(frame, layout), frame, layout, cap);
  const budget = {
    database: databaseBudget(pool, connections, workers, deployment, {
      expected: expected.database,
      before: way?.now.pool ?? 0,
    }),
    memory: { ...memory, expected: expectedMemory(memory.processes, profile, facts.roleMemory) },
    descriptors: descriptorBudget(pool, cap, share, facts, expected.descriptors),
    redis: redisBudget(cap, clients, workers, { instances, deployment }, expected.redis),
    instants: way === null ? [] : instantsOf(way, stages),
  };
  return { budget, way };
}

function networkWith({ profile, machine }: Frame, { workers, pool }: Layout) {
  const settings = { 'db.pool_size': pool.size, 'db.max_overflow': pool.overflow, 'web.workers': workers.web };
  return networkOf(profile, settings, machine);
}
