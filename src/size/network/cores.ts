import { type Crowd, type LastOnes, slowestOf, speed } from './crowd.js';
import { type Levels, levelsOf, NEGLIGIBLE } from './levels.js';
import { type Guess, mixed } from './mixing.js';

interface Shared {
  readonly cost: number;
  /** What it was settled with: what is asked for next is near it. */
  readonly lastOnes: LastOnes | undefined;
}

/** More workers behave as so many, each of which stands for several: what one of them does is felt the less. */
const MOST_WORKERS = 16;
const MOST_ROUNDS = 100;
const SETTLED = 1e-7;
/** No number of busy workers is for ever, and nobody is away for no time at all. */
const RARELY = 1e-12;
const LEAST_AWAY = 1e-6;

/**
 * What a request costs its worker where workers share cores: with more of them busy than cores each is the slower. One worker's
 * queue is solved exactly together with the number of the others that are busy; that they fall idle as often as this one
 * does closes the circle. `near` is what a similar crowd was settled with: with it fewer rounds are gone.
 */
export function sharedCost(given: Crowd, near?: LastOnes): Shared {
  const { workers, webMs } = given;
  const slowest = slowestOf(given);
  if (workers === 1 || slowest <= webMs || neverIdle(given)) return { cost: slowest, lastOnes: near };
  if (workers > MOST_WORKERS) return sharedCost(fewer(given), near);
  const crowd = { ...given, awayMs: Math.max(given.awayMs, webMs * LEAST_AWAY) };
  let lastOnes = near ?? new Array<number>(workers).fill(0.5);
  let earlier: Guess | null = null;
  let cost = webMs;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const levels = levelsOf(crowd, lastOnes);
    const shares = sharesOf(levels, workers);
    const before = cost;
    cost = costOf(crowd, shares);
    if (Math.abs(cost - before) <= SETTLED * cost) break;
    const guess: Guess = { given: lastOnes, got: lastOnesOf(levels, shares) };
    lastOnes = mixed(guess, earlier, shares).map((chance) => Math.min(1, Math.max(RARELY, chance)));
    earlier = guess;
  }
  return { cost, lastOnes };
}

function fewer({ workers, speeds, ...crowd }: Crowd): Crowd {
  const each = workers / MOST_WORKERS;
  return {
    ...crowd,
    workers: MOST_WORKERS,
    speeds: Array.from({ length: MOST_WORKERS + 1 }, (_, busy) => speeds[Math.round(busy * each)] ?? 1),
  };
}

/** While one worker is busy: how often each number of others is. */
function sharesOf([, ...busy]: Levels, workers: number): Float64Array {
  return busy.reduce(
    (shares, level) => shares.map((share, others) => share + (level[others] ?? 0)),
    new Float64Array(workers),
  );
}

/** Busy time over answers. */
function costOf(crowd: Crowd, shares: Float64Array): number {
  const all = shares.reduce((sum, share) => sum + share, 0);
  const work = shares.reduce((sum, share, others) => sum + share * speed(crowd, others + 1), 0);
  return (crowd.webMs * all) / work;
}

function lastOnesOf([, last]: Levels, shares: Float64Array): LastOnes {
  return Array.from(shares, (all, others) => (all === 0 ? RARELY : (last?.[others] ?? 0) / all));
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
