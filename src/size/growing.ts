import type { Flow } from './network/network.js';
import { reachedWithin } from './network/reach.js';

/** What pools hold is said for the time when each web worker has answered so many requests since it was started. */
export const AFTER_REQUESTS = 1000;

/** CPython takes its lock from a thread that keeps it for longer. */
const SWITCH_INTERVAL_MS = 5;
/**
 * A request gives the lock up by itself, and waits for it again: when it is taken in and handed to a thread, for each query and for
 * Redis, and when the answer is sent.
 */
const TURNS = 8;

/**
 * Connections of one worker's pool that keeps all that it has opened, up to a cap: the most that were needed at once. By how
 * likely each number was reached, the mean of the most.
 */
export function grownTo(cap: number, chances: Float64Array): number {
  return chances.reduce((sum, chance, count) => (count > 0 && count <= cap ? sum + chance : sum), 0);
}

/** By number: the chance that as many requests of one worker once needed a connection of the database at the same time. */
export function databaseNeeded({ reached }: Flow): Float64Array {
  return reachedWithin(AFTER_REQUESTS, reached);
}

/**
 * The same of Redis, which each request is taken to use once and briefly: while it waits for Python's lock again it still has its
 * connection, and that is one of the turns it waits for. Each request is a chance that so many others are in theirs.
 */
export function redisNeeded(flow: Flow, webMs: number): Float64Array {
  const others = each(flow.met, 1 / (TURNS + webMs / SWITCH_INTERVAL_MS));
  let beyond = 1;
  return databaseNeeded(flow).map((inside, count) => {
    if (count > 1) beyond = Math.max(0, beyond - (others[count - 2] ?? 0));
    return count === 0 ? 1 : Math.min(inside, 1 - Math.exp(-AFTER_REQUESTS * beyond));
  });
}

/** Of so many, each by itself with this chance: the chance of each number that is left. */
function each(given: Float64Array, chance: number): Float64Array {
  const left = new Float64Array(given.length);
  for (let count = given.length - 1; count >= 0; count--) {
    for (let index = left.length - 1; index > 0; index--) {
      left[index] = (left[index] ?? 0) * (1 - chance) + (left[index - 1] ?? 0) * chance;
    }
    left[0] = (left[0] ?? 0) * (1 - chance) + (given[count] ?? 0);
  }
  return left;
}
