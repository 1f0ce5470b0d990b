import { type Chain, type Matrix, stationary, visits } from './markov.js';

/** Workers of one instance that share its cores, each with so many people of its own. */
export interface Crowd {
  readonly workers: number;
  /** How fast each busy worker is, by how many of them are busy. */
  readonly speeds: readonly number[];
  readonly users: number;
  /** Between an answer and the next request: thinking, and whatever does not need the worker. */
  readonly awayMs: number;
  readonly webMs: number;
}

/** By the number of busy others, for each length of one worker's own queue. */
type Levels = readonly (readonly number[])[];

/** More workers behave as so many, each of which stands for several: what one of them does is felt the less. */
const MOST_WORKERS = 16;
const MOST_ROUNDS = 100;
const SETTLED = 1e-7;
/** No number of busy workers is for ever, and nobody is away for no time at all. */
const RARELY = 1e-12;
const LEAST_AWAY = 1e-6;
/** The logarithm of a weight that is none. */
const NEGLIGIBLE = -32;
/** Weights are kept within the range of a number. */
const LARGE = 1e150;

/**
 * What a request costs its worker where workers share cores: with more of them busy than cores each is the slower. One worker's
 * queue is solved exactly together with the number of the others that are busy; that they fall idle as often as this one
 * does closes the circle.
 */
export function sharedCost(given: Crowd): number {
  const { workers, webMs } = given;
  const slowest = slowestOf(given);
  if (workers === 1 || slowest <= webMs || neverIdle(given)) return slowest;
  if (workers > MOST_WORKERS) return sharedCost(fewer(given));
  const crowd = { ...given, awayMs: Math.max(given.awayMs, webMs * LEAST_AWAY) };
  let lastOnes: readonly number[] = new Array<number>(workers + 1).fill(0.5);
  let cost = webMs;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const levels = levelsOf(crowd, lastOnes);
    const before = cost;
    cost = costOf(crowd, levels);
    lastOnes = lastOnesOf(levels, workers);
    if (Math.abs(cost - before) <= SETTLED * cost) break;
  }
  return cost;
}

function fewer({ workers, speeds, ...crowd }: Crowd): Crowd {
  const each = workers / MOST_WORKERS;
  return {
    ...crowd,
    workers: MOST_WORKERS,
    speeds: Array.from({ length: MOST_WORKERS + 1 }, (_, busy) => speeds[Math.round(busy * each)] ?? 1),
  };
}

function speed({ speeds }: Crowd, busy: number): number {
  return speeds[busy] ?? 1;
}

/** What a request costs with everybody busy. */
function slowestOf(crowd: Crowd): number {
  return crowd.webMs / speed(crowd, crowd.workers);
}

/** Busy time over answers. */
function costOf(crowd: Crowd, [, ...busy]: Levels): number {
  const shares = Array.from({ length: crowd.workers }, (_, others) =>
    busy.reduce((sum, level) => sum + (level[others] ?? 0), 0),
  );
  const all = shares.reduce((sum, share) => sum + share, 0);
  const work = shares.reduce((sum, share, others) => sum + share * speed(crowd, others + 1), 0);
  return (crowd.webMs * all) / work;
}

/** By the number of busy workers: the chance that one of them has no more than one request left. */
function lastOnesOf([, ...busy]: Levels, workers: number): readonly number[] {
  const chances = Array.from({ length: workers }, (_, others) => {
    const all = busy.reduce((sum, level) => sum + (level[others] ?? 0), 0);
    return all === 0 ? RARELY : Math.max(RARELY, (busy[0]?.[others] ?? 0) / all);
  });
  return [0, ...chances];
}

/** With everybody busy all the time each worker is at its slowest; so slow, it never runs out of work. */
function neverIdle(crowd: Crowd): boolean {
  const { users, awayMs } = crowd;
  const slowest = slowestOf(crowd);
  let log = 0;
  for (let length = 1; length <= users; length++) {
    log += Math.log(((users - length + 1) * slowest) / awayMs);
    if (log > -NEGLIGIBLE) return true;
  }
  return false;
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

/** From the longest queue down: what a level weighs follows from the level below by a matrix. */
function levelsOf(crowd: Crowd, lastOnes: readonly number[]): Levels {
  const { users, awayMs } = crowd;
  const climbs: Matrix[] = [];
  let returned: Matrix | null = null;
  for (let length = longestOf(crowd); length >= 1; length--) {
    const arrivals = (users - length + 1) / awayMs;
    const climb: Matrix = visits(levelOf(crowd, lastOnes, length, returned)).map((row) =>
      row.map((time) => time * arrivals),
    );
    climbs[length] = climb;
    returned = returnedBy(crowd, climb);
  }
  const bottom = stationary(levelOf(crowd, lastOnes, 0, returned).rates);
  return climbed(bottom, climbs.slice(1));
}

/** What goes up to the next level comes back at once, with other workers busy by then. */
function returnedBy(crowd: Crowd, climb: Matrix): Matrix {
  return climb.map((row) => row.map((time, others) => (time * speed(crowd, others + 1)) / crowd.webMs));
}

/** The busy others while this worker's queue is so long or longer; it leaks to the level below. */
function levelOf(crowd: Crowd, lastOnes: readonly number[], length: number, returned: Matrix | null): Chain {
  const { workers, users, awayMs, webMs } = crowd;
  const own = length > 0 ? 1 : 0;
  const ownSpeed = (others: number) => (others + own > 0 ? speed(crowd, others + own) / webMs : 0);
  const rates = Array.from({ length: workers }, (_, others) => {
    const row = Array.from({ length: workers }, (_, other) => returned?.[others]?.[other] ?? 0);
    const woken = ((workers - 1 - others) * users) / awayMs;
    const idled = others * ownSpeed(others) * (lastOnes[others + own] ?? 0);
    if (others + 1 < workers) row[others + 1] = (row[others + 1] ?? 0) + woken;
    if (others > 0) row[others - 1] = (row[others - 1] ?? 0) + idled;
    return row;
  });
  return { rates, leaks: rates.map((_, others) => own * ownSpeed(others)) };
}

function climbed(bottom: readonly number[], climbs: readonly Matrix[]): Levels {
  let levels: (readonly number[])[] = [bottom];
  let top = bottom;
  for (const climb of climbs) {
    top = climb.map((_, to) => top.reduce((sum, weight, from) => sum + weight * (climb[from]?.[to] ?? 0), 0));
    levels.push(top);
    if (Math.max(...top) > LARGE) {
      levels = levels.map((level) => level.map((weight) => weight / LARGE));
      top = levels.at(-1) ?? top;
    }
  }
  return levels;
}
