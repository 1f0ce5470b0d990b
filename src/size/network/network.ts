import { type Complex, plus, scaled } from './complex.js';
import { type Near, onCores } from './contended.js';
import { crossing } from './crossing.js';
import { lockMs } from './interpreter.js';
import { type Distribution, exceededBy, marginOf } from './quantile.js';
import { coresOf, databaseWork, type Shared } from './sharing.js';
import { sojourn } from './sojourn.js';
import { type Split, spread } from './spread.js';
import { type Crowd, thinned } from './thinning.js';
import { withWaiting } from './waiting.js';
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
  /** How often a request waits for Python's lock beside its own work; absent: never. */
  readonly lockWaits?: number;
}

/** What goes through the network, without how long it takes at the worst. */
export interface Flow {
  /** Requests per millisecond. */
  readonly throughput: number;
  /** Connections in use, over all workers. */
  readonly held: number;
  /** Of the worker with the most people: the chance of each number of requests that hold or wait for a connection. */
  readonly met: Float64Array;
  /** Of the same, at any time and not at an arrival. */
  readonly inside: Float64Array;
  /** Of the same: answers, from nothing on, until so many requests hold or wait for a connection, on average. */
  readonly reached: Float64Array;
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
  const crowd = thinned(network, users);
  if (crowd !== null) return manifold(network, users, crowd);
  const groups = groupsOf(network, users);
  const flow = flowOf(groups);
  const meanMs = users / flow.throughput - network.thinkMs;
  return { ...flow, users, meanMs, p95Ms: exceededBy(SLOW_SHARE, responseTime(groups, flow.throughput, meanMs)) };
}

/** What fewer people see who ask for as much; and what all of them wait for beyond that, where nothing ever rests. */
function manifold(network: Network, users: number, crowd: Crowd<Network>): Solution {
  const seen = solve(crowd.network, crowd.users);
  const most = flow({ ...crowd.network, thinkMs: 0 }, crowd.users).throughput;
  const meanMs = Math.max(seen.meanMs, users / most - network.thinkMs);
  const throughput = Math.min(most, users / (network.thinkMs + meanMs));
  return { ...seen, users, throughput, meanMs, p95Ms: seen.p95Ms + meanMs - seen.meanMs };
}

/** How far 95 of 100 responses are within an objective: from 0 on where they are, growing with the distance. */
export function margin(network: Network, users: number, objectiveMs: number): number {
  if (thinned(network, users) !== null) return objectiveMs / solve(network, users).p95Ms - 1;
  const groups = groupsOf(network, users);
  const throughput = throughputOf(groups);
  const meanMs = users / throughput - network.thinkMs;
  return marginOf(objectiveMs, SLOW_SHARE, responseTime(groups, throughput, meanMs));
}

export function flow(network: Network, users: number): Flow {
  return flowOf(groupsOf(...counted(network, users)));
}

function counted(network: Network, users: number): [Network, number] {
  const crowd = thinned(network, users);
  return crowd === null ? [network, users] : [crowd.network, crowd.users];
}

function throughputOf(groups: readonly Group[]): number {
  return groups.reduce((sum, { count, throughput }) => sum + count * throughput, 0);
}

function flowOf(groups: readonly Group[]): Flow {
  const counts = groups.map(({ loop, state }) => withWaiting(loop, state));
  const [first] = counts;
  return {
    throughput: throughputOf(groups),
    held: groups.reduce((sum, { count }, index) => sum + count * (counts[index]?.held ?? 0), 0),
    met: first?.met ?? new Float64Array(1),
    inside: first?.inside ?? new Float64Array(1),
    reached: first?.reached ?? new Float64Array(1),
  };
}

function groupsOf(network: Network, users: number): readonly Group[] {
  const groups: (Group & { readonly near: Near })[] = [];
  for (const { count, ...split } of spread(network, users)) {
    groups.push({ count, ...evenly(network, split, groups.at(-1)?.near) });
  }
  return groups;
}

/** One of so many workers with so many people each: the throughput that leaves just what it takes is the solution. */
function evenly(network: Network, split: Split, near: Near = {}): Omit<Group, 'count'> & { readonly near: Near } {
  const sharing = databaseWork(network) > 0;
  let shared = onCores(network, split, 0, near);
  const at = (throughput: number, others: number) => {
    if (sharing) shared = onCores(network, split, throughput, shared.near);
    const { seen, cost } = shared;
    const loop = loopAt(seen, split, { webMs: cost, others, throughput });
    return { loop, state: solveLoop(loop) };
  };
  const unlocked = at(0, 0);
  const others = othersOf(unlocked.state.met, network.connections);
  const alone = network.lockWaits === undefined ? unlocked : at(0, others);
  const most = alone.state.throughput;
  const excess = (throughput: number) => at(throughput, others).state.throughput - throughput;
  const atMost = excess(most);
  // Nothing is shared: the solution is exact.
  const exact = Math.abs(atMost) <= most * 1e-12;
  if (exact) return { ...alone, throughput: within(network, split, most), near: shared.near };
  const throughput = crossing(excess, [0, most], [most, atMost], sharing ? SHARED_PRECISION : PRECISION);
  return { ...at(throughput, others), throughput: within(network, split, throughput), near: shared.near };
}

/** Who has no connection yet does not compute. */
function othersOf(met: Float64Array, connections: number): number {
  return met.reduce((sum, chance, count) => sum + chance * Math.min(count, connections - 1), 0);
}

/** The cores never do more than they can, whatever the last digit says. */
function within(network: Network, { beside }: Split, throughput: number): number {
  const { webMs } = network;
  return Math.min(throughput, 1 / webMs, coresOf(network) / (beside * (webMs + databaseWork(network))));
}

/** A worker's own network, if each of the others answers this much. */
function loopAt(
  { thinkMs, connections, database, lineMs, lockWaits = 0 }: Network,
  { active, users, beside }: Split,
  { webMs, others, throughput }: { readonly webMs: number; readonly others: number; readonly throughput: number },
): Loop {
  const lock = lockMs({ lockWaits, webMs, others });
  return {
    users,
    thinkMs: thinkMs + lock,
    webMs,
    lockMs: lock,
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
