import { SWITCH_INTERVAL_MS } from './network/interpreter.js';
import type { Flow, Network } from './network/network.js';
import type { Pool } from './pools.js';

/** What pools hold is said for the time when each web worker has answered so many requests since it was started. */
export const AFTER_REQUESTS = 1000;

/**
 * Of the waits for Python's lock beside the own work, those with a connection out of the pool, and in use. Of 13 that a synchronous
 * request of FastAPI has, five come before, when it changes hands between the event loop and the threads of its session and its
 * endpoint; two at the ping; one at Redis, when it is in use; four on the way back to the thread of its session and at the rollback; one
 * for the answer.
 */
const [OUT, IN_USE] = [7 / 13, 1 / 13];
/** So much longer a slice of work stands in line than who only changes hands. */
const LONGER = 4;
/** A command to Redis lets the lock go to send, and to receive. */
const REDIS_WAITS = 2;

/** Of the time that a request waits among others, the shares in which it has a connection. */
interface Shares {
  /** Of the database, out of its pool. */
  readonly out: number;
  /** Of the database, in use: from the first query on until the rollback. */
  readonly database: number;
  readonly redis: number;
}

/** By the waits: those beside the work, and one for every slice of it. */
export function sharesOf({
  webMs,
  database,
  lockWaits = 0,
}: Pick<Network, 'webMs' | 'database' | 'lockWaits'>): Shares {
  const slices = Math.max(1, (webMs + database.ms) / SWITCH_INTERVAL_MS);
  const waits = lockWaits + slices;
  return {
    out: (OUT * lockWaits + LONGER * slices) / (lockWaits + LONGER * slices),
    database: (IN_USE * lockWaits + slices) / waits,
    redis: Math.min(1, REDIS_WAITS / waits),
  };
}

/**
 * Connections of one worker's pool that keeps all that it has opened, up to a cap: on average, the most that its requests had at
 * once. Each request is a chance that so many others have theirs. Where many are inside for a while, they are so to many requests,
 * which are one chance if all have a connection for the whole time, and the more by themselves the smaller their share is.
 */
export function grownTo(cap: number, { met, reached }: Pick<Flow, 'met' | 'reached'>, share: number): number {
  const among = beyondEach(met);
  const holding = beyondEach(kept(met, share));
  return reached.reduce((grown, requests, count) => {
    if (count === 0 || count > cap || requests === Number.POSITIVE_INFINITY) return grown;
    const apart = Math.min(1, 1 / (requests * (among[count - 1] ?? 0)));
    const once = AFTER_REQUESTS * Math.min(1 / requests, (holding[count - 1] ?? 0) * apart ** share);
    return grown + 1 - Math.exp(-once);
  }, 0);
}

/** By number: the chance of as many or more. */
function beyondEach(chances: Float64Array): Float64Array {
  let beyond = 0;
  const all = chances.toReversed().map((chance) => {
    beyond += chance;
    return beyond;
  });
  return all.reverse();
}

/** Connections in use at the same time over all workers, on average. */
export function heldOf(flow: Pick<Flow, 'held' | 'inside'>, network: Network): number {
  const most = (chances: Float64Array) =>
    chances.reduce((sum, chance, count) => sum + chance * Math.min(count, network.connections), 0);
  const inside = most(flow.inside);
  return inside === 0 ? 0 : flow.held * Math.min(1, most(inUse(flow, sharesOf(network).database)) / inside);
}

/** Of one worker, beyond what its pool keeps, on average: it is closed on return. */
export function inOverflow(flow: Pick<Flow, 'inside'>, { size, overflow }: Pool, share: number): number {
  return inUse(flow, share).reduce(
    (sum, chance, count) => sum + chance * Math.max(0, Math.min(count - size, overflow)),
    0,
  );
}

/** By number: the chance that as many requests have a connection: the one that is worked for, and of those who wait some. */
function inUse({ inside }: Pick<Flow, 'inside'>, share: number): Float64Array {
  const waiting = kept(inside.subarray(1), share);
  return inside.map((nobody, count) => (count === 0 ? nobody : (waiting[count - 1] ?? 0)));
}

/** Of so many, each by itself with this chance: the chance of each number that is left. */
function kept(given: Float64Array, chance: number): Float64Array {
  const left = new Float64Array(given.length);
  for (let count = given.length - 1; count >= 0; count--) {
    for (let index = left.length - 1; index > 0; index--) {
      left[index] = (left[index] ?? 0) * (1 - chance) + (left[index - 1] ?? 0) * chance;
    }
    left[0] = (left[0] ?? 0) * (1 - chance) + (given[count] ?? 0);
  }
  return left;
}
