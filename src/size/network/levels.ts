import { type Crowd, type LastOnes, slowestOf, speed } from './crowd.js';
import { type Chain, type Matrix, stationary, visits } from './markov.js';

/** By the number of busy others, for each length of one worker's own queue. */
export type Levels = readonly Float64Array[];

/** The logarithm of a weight that is none. */
export const NEGLIGIBLE = -32;
/** Weights are kept within the range of a number. */
const LARGE = 1e150;

/** From the longest queue down: what a level weighs follows from the level below by a matrix. */
export function levelsOf(crowd: Crowd, lastOnes: LastOnes): Levels {
  const { users, awayMs, workers } = crowd;
  const speeds = Float64Array.from({ length: workers + 1 }, (_, busy) =>
    busy === 0 ? 0 : speed(crowd, busy) / crowd.webMs,
  );
  const others = { crowd, speeds, lastOnes };
  const climbs: Matrix[] = [];
  // One matrix for all levels: each is used up before the next one is written.
  const rates: Matrix = new Float64Array(workers * workers);
  for (let length = longestOf(crowd); length >= 1; length--) {
    const arrivals = (users - length + 1) / awayMs;
    const climb = visits(levelOf(others, rates, 1));
    for (let cell = 0; cell < climb.length; cell++) {
      const weight = (climb[cell] ?? 0) * arrivals;
      climb[cell] = weight;
      // What goes up to the next level comes back at once, with other workers busy by then.
      rates[cell] = weight * (speeds[(cell % workers) + 1] ?? 0);
    }
    climbs[length] = climb;
  }
  return climbed(stationary(levelOf(others, rates, 0)), climbs.slice(1));
}

interface Others {
  readonly crowd: Crowd;
  /** Answers per millisecond of a busy worker, by how many are busy. */
  readonly speeds: Float64Array;
  readonly lastOnes: LastOnes;
}

/**
 * The busy others while this worker's queue is so long or longer, or is empty; it leaks to the level below. In `rates` is what
 * comes back from above.
 */
function levelOf({ crowd, speeds, lastOnes }: Others, rates: Matrix, own: 0 | 1): Chain {
  const { workers, users, awayMs } = crowd;
  for (let busy = 0; busy < workers; busy++) {
    const at = busy * (workers + 1);
    if (busy + 1 < workers) rates[at + 1] = (rates[at + 1] ?? 0) + ((workers - 1 - busy) * users) / awayMs;
    const idled = busy * (speeds[busy + own] ?? 0) * (lastOnes[busy + own - 1] ?? 0);
    if (busy > 0) rates[at - 1] = (rates[at - 1] ?? 0) + idled;
  }
  return { rates, leaks: own === 0 ? new Float64Array(workers) : speeds.slice(1) };
}

function climbed(bottom: Float64Array, climbs: readonly Matrix[]): Levels {
  let levels: Float64Array[] = [bottom];
  let top = bottom;
  for (const climb of climbs) {
    top = onward(top, climb);
    levels.push(top);
    if (Math.max(...top) > LARGE) {
      levels = levels.map((level) => level.map((weight) => weight / LARGE));
      top = levels.at(-1) ?? top;
    }
  }
  return levels;
}

function onward(weights: Float64Array, climb: Matrix): Float64Array {
  const size = weights.length;
  const next = new Float64Array(size);
  weights.forEach((weight, from) => {
    for (let to = 0; to < size; to++) next[to] = (next[to] ?? 0) + weight * (climb[from * size + to] ?? 0);
  });
  return next;
}

/** The longest queue that is worth counting, with every worker at its slowest. */
function longestOf(crowd: Crowd): number {
  const { users, awayMs } = crowd;
  const slowest = slowestOf(crowd);
  let log = 0;
  let largest = 0;
  for (let length = 1; length <= users; length++) {
    log += Math.log(((users - length + 1) * slowest) / awayMs);
    if (log < largest + NEGLIGIBLE) return length;
    largest = Math.max(largest, log);
  }
  return users;
}
