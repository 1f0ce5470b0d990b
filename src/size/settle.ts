import { STAGES } from '../settings.js';
import type { Budget } from './budget.js';
import { networkOf } from './capacity.js';
import { descriptorBudget } from './descriptors.js';
import { expectedMemory, expectedOf } from './expected.js';
import { byRule, type Frame, frameOf, type Layout } from './frame.js';
import { instantsOf, type Way, wayOf } from './instants.js';
import { momentOfWorkers } from './moment.js';
import { poolInTurn } from './order.js';
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
import { type RedisClients, redisBudget, redisCap, redisClients } from './redis.js';
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
  readonly redis: { readonly cap: number; readonly clients: RedisClients };
  readonly budget: Budget;
  /** From what runs now; null where that is not known. */
  readonly way: Way | null;
  /** Celery children of today, where the pools are as small as fits while these still run; else null. */
  readonly heldBy: number | null;
}

/**
 * Other clients come and go from one look to the next, and the reserve is kept free for them. A pool that is right with up
 * to half of it more or less is left alone: else a stage in a tight limit would be pending again right after it was applied.
 */
export function settle(input: SizingInput): Outcome {
  const outcome = settledOn(input);
  const { database } = input.profile;
  const more = pooledNow(input) - poolSum(outcome.layout.pool);
  const spare = Math.floor(database.reserve / 2);
  const shifts = more > 0 ? Math.min(spare, outcome.frame.reserved.byOthers) : spare;
  if (more === 0 || !(Math.abs(more) <= spare)) return outcome;
  for (let shift = 1; shift <= shifts; shift++) {
    const reserve = database.reserve - Math.sign(more) * shift;
    const shifted = settledOn({ ...input, profile: { ...input.profile, database: { ...database, reserve } } });
    if (poolSum(shifted.layout.pool) === pooledNow(input)) return shifted;
  }
  return outcome;
}

function settledOn(input: SizingInput): Outcome {
  const frame = frameOf(input);
  const searched = frame.profile.basis === 'model' ? searchWorkers(frame) : null;
  const chosen = searched ?? byRule(frame);
  const layout = { ...chosen, pool: keptPool(chosen.pool, input) };
  const { instances } = frame.profile.server;
  const clients = redisClients(input.facts, layout.workers, instances, frame.deployment);
  const redis = { cap: redisCap(frame.share, clients, frame.overrides), clients };
  const settled = { frame, layout, chosen: chosen.pool, searched, redis, ...budgetOf(input, frame, layout, redis) };
  return besideToday(settled, input) ?? { ...settled, heldBy: null };
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
