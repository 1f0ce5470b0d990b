import { type Complex, plus, scaled } from './complex.js';
import { sharedCost } from './cores.js';
import { crossing } from './crossing.js';
import { type Distribution, exceededBy, isWithin } from './quantile.js';
import { type Contention, contentionOf, coresOf, databaseWork, type Shared, stretched } from './sharing.js';
import { sojourn } from './sojourn.js';
import { type Loop, type LoopState, solveLoop } from './worker.js';

/** A closed network: people think, ask, wait, and think again. Times in milliseconds. */
export interface Network {
  readonly thinkMs: number;
  readonly instances: number;
  /** Of one instance. People are spread evenly over the workers, and stay with theirs. */
  readonly workers: number;
  readonly cores: number;
  /** What a request costs the worker that serves it, one at a time. */
  readonly webMs: number;
  /** Connections of one worker's pool. */
  readonly connections: number;
  /** Shared by all workers of all instances. */
  readonly database: { readonly ms: number; readonly servers: number };
  /** What the answer takes on its instance's line. */
  readonly lineMs: number;
  /** What else works on the instance's cores; absent: nothing does. */
  readonly shared?: Shared;
}

/** What goes through the network, without how long it takes at the worst. */
export interface Flow {
  /** Requests per millisecond. */
  readonly throughput: number;
  /** Connections in use, over all workers. */
  readonly held: number;
  /** Of the worker with the most people: the chance of each number of requests that hold or wait for a connection. */
  readonly met: Float64Array;
}

export interface Solution extends Flow {
  readonly users: number;
  readonly meanMs: number;
  readonly p95Ms: number;
}

/** Workers with as many people each. */
interface Group {
  readonly count: number;
  readonly loop: Loop;
  readonly state: LoopState;
  /** Of one of them, in requests per millisecond. */
  readonly throughput: number;
}

/** So many workers have anybody; each so many people; so many of them on one instance. */
interface Split {
  readonly active: number;
  readonly users: number;
  readonly beside: number;
}

const SLOW_SHARE = 0.05;
const PRECISION = 1e-12;
/** Of the cores that queries leave: each look at them solves a Markov chain. */
const SHARED_PRECISION = 1e-7;
/** The others never take all of a station: what they leave may be next to nothing. */
const LEFT_AT_LEAST = 1e-9;

/**
 * Each worker's own network is solved exactly; what the other workers take of the cores, the database and the line is
 * counted as it is on average. Where people can't be spread evenly, some workers have one more: that is a mix of the two
 * even splits.
 */
export function solve(network: Network, users: number): Solution {
  const groups = groupsOf(network, users);
  const flow = flowOf(groups);
  const meanMs = users / flow.throughput - network.thinkMs;
  return { ...flow, users, meanMs, p95Ms: exceededBy(SLOW_SHARE, responseTime(groups, flow.throughput, meanMs)) };
}

/** Whether 95 of 100 responses are within an objective. */
export function meets(network: Network, users: number, objectiveMs: number): boolean {
  const groups = groupsOf(network, users);
  const { throughput } = flowOf(groups);
  const meanMs = users / throughput - network.thinkMs;
  return isWithin(objectiveMs, SLOW_SHARE, responseTime(groups, throughput, meanMs));
}

export function flow(network: Network, users: number): Flow {
  return flowOf(groupsOf(network, users));
}

function flowOf(groups: readonly Group[]): Flow {
  return {
    throughput: groups.reduce((sum, { count, throughput }) => sum + count * throughput, 0),
    held: groups.reduce((sum, { count, state }) => sum + count * state.held, 0),
    met: groups[0]?.state.met ?? new Float64Array(1),
  };
}

function groupsOf(network: Network, users: number): readonly Group[] {
  const { workers, instances } = network;
  const all = workers * instances;
  const each = Math.floor(users / (users < all ? instances : all));
  const more = users - each * (users < all ? instances : all);
  // Fewer people than workers: one each, on some instances one worker more than on others.
  const sizes =
    users < all
      ? [
          { count: more * (each + 1), users: 1, beside: each + 1 },
          { count: (instances - more) * each, users: 1, beside: each },
        ]
      : [
          { count: more, users: each + 1, beside: workers },
          { count: all - more, users: each, beside: workers },
        ];
  const active = Math.min(users, all);
  return sizes
    .filter(({ count }) => count > 0)
    .map(({ count, ...size }) => ({ count, ...evenly(network, { active, ...size }) }));
}

/** Where queries work on the workers' cores, the throughput that leaves them just the cores for it is the solution. */
function evenly(network: Network, split: Split): Omit<Group, 'count'> {
  const people = split.beside * split.users;
  const at = (throughput: number) => {
    const contention = contentionOf(network, { workers: split.beside, people, throughput });
    const seen = stretched(network, contention);
    return balanced(seen, split, costAmong(seen, split, contention));
  };
  const alone = at(0);
  if (databaseWork(network) === 0) return alone;
  const most = alone.throughput;
  const excess = (throughput: number) => at(throughput).throughput - throughput;
  const atMost = excess(most);
  // The cores are full, whatever it costs.
  if (Math.abs(atMost) <= most * SHARED_PRECISION) return at(most);
  return at(crossing(excess, [0, most], [most, atMost], SHARED_PRECISION));
}

/** One of so many workers with so many people each: the throughput that leaves just what it takes is the solution. */
function balanced(network: Network, split: Split, cost: number): Omit<Group, 'count'> {
  const at = (throughput: number) => {
    const loop = loopAt(network, split, cost, throughput);
    return { loop, state: solveLoop(loop) };
  };
  const alone = at(0);
  const most = alone.state.throughput;
  const excess = (throughput: number) => at(throughput).state.throughput - throughput;
  const atMost = excess(most);
  // Nothing is shared: the solution is exact.
  if (Math.abs(atMost) <= most * 1e-12) return { ...alone, throughput: within(network, split, most) };
  const throughput = crossing(excess, [0, most], [most, atMost], PRECISION);
  return { ...at(throughput), throughput: within(network, split, throughput) };
}

/** Either everybody comes and goes, or the pool is full and only those come back who were in the database. */
function costAmong({ thinkMs, webMs, connections, database, lineMs }: Network, split: Split, { speeds }: Contention) {
  const { beside: workers, users } = split;
  const all = sharedCost({ workers, speeds, users, awayMs: thinkMs + database.ms + lineMs, webMs });
  if (users <= connections) return all;
  return Math.min(all, sharedCost({ workers, speeds, users: connections, awayMs: database.ms, webMs }));
}

/** The cores never do more than they can, whatever the last digit says. */
function within(network: Network, { beside }: Split, throughput: number): number {
  const { webMs } = network;
  return Math.min(throughput, 1 / webMs, coresOf(network) / (beside * (webMs + databaseWork(network))));
}

/** A worker's own network, if each of the others answers this much. */
function loopAt(
  { thinkMs, connections, database, lineMs }: Network,
  { active, users, beside }: Split,
  webMs: number,
  throughput: number,
): Loop {
  return {
    users,
    thinkMs,
    webMs,
    databaseMs: database.ms,
    servers: database.servers,
    serversLeft: Math.max(database.servers - (active - 1) * throughput * database.ms, LEFT_AT_LEAST),
    connections,
    lineMs,
    lineLeft: Math.max(1 - (beside - 1) * throughput * lineMs, LEFT_AT_LEAST),
  };
}

function responseTime(groups: readonly Group[], total: number, mean: number): Distribution {
  const parts = groups.map(({ count, loop, state, throughput }) => ({
    share: (count * throughput) / total,
    transform: sojourn(loop, state),
  }));
  const transform = (s: Complex) =>
    parts.reduce((sum, part) => plus(sum, scaled(part.transform(s), part.share)), { re: 0, im: 0 });
  return { mean, transform };
}
