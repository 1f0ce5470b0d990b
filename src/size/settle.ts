import { STAGES } from '../settings.js';
import type { Budget } from './budget.js';
import { networkOf } from './capacity.js';
import { descriptorBudget } from './descriptors.js';
import { expectedMemory, expectedOf } from './expected.js';
import { byRule, type Frame, frameOf, type Layout } from './frame.js';
import { instantsOf, momentOfWorkers, type Way, wayOf } from './instants.js';
import { databaseBudget, keptPool, type Pool, reservedSum } from './pools.js';
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
}

export function settle(input: SizingInput): Outcome {
  const frame = frameOf(input);
  const searched = frame.profile.basis === 'model' ? searchWorkers(frame) : null;
  const chosen = searched ?? byRule(frame);
  const layout = { ...chosen, pool: keptPool(chosen.pool, input) };
  const { instances } = frame.profile.server;
  const clients = redisClients(input.facts, layout.workers, instances, frame.deployment);
  const redis = { cap: redisCap(frame.share, clients, frame.overrides), clients };
  return { frame, layout, chosen: chosen.pool, searched, redis, ...budgetOf(input, frame, layout, redis) };
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
