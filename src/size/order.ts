import { STAGES, type StageName } from '../settings.js';
import type { Instant } from './budget.js';
import { instantsOn, type Way } from './instants.js';

/** Whether a moment takes more than there is. What runs now and comes down is nobody's fault. */
export function isTooMuch({ moment, connections }: Instant, now: Instant, most: number): boolean {
  return moment !== 'rollback' && connections > Math.max(most, now.connections);
}

/**
 * The shortest order, with the fewest stages besides these, in which every moment fits when each stage is applied on its
 * own. `null` where there is none.
 */
export function orderThatFits(way: Way, stages: readonly StageName[], fits: (each: Instant) => boolean) {
  const orders = [...ordersOf(STAGES)].filter((order) => stages.every((stage) => order.includes(stage)));
  const shortestFirst = orders.toSorted((one, other) => one.length - other.length);
  return shortestFirst.find((order) => instantsOn(way, order).every(fits)) ?? null;
}

/** The largest pool with which these stages fit in the guide's order; `null` where no smaller pool helps. */
export function poolThatFits(way: Way, stages: readonly StageName[], fits: (each: Instant) => boolean): number | null {
  for (let pool = way.wanted.pool - 1; pool > 0; pool -= 1) {
    const smaller = { ...way, wanted: { ...way.wanted, pool } };
    if (instantsOn(smaller, stages).every(fits)) return pool;
  }
  return null;
}

/** Every order of every choice of them; among those of one length, the guide's order comes first. */
function* ordersOf(stages: readonly StageName[]): Generator<readonly StageName[]> {
  yield [];
  for (const first of stages) {
    for (const rest of ordersOf(stages.filter((stage) => stage !== first))) yield [first, ...rest];
  }
}
