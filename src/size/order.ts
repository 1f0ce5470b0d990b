import { STAGES, type StageName } from '../settings.js';
import type { Instant } from './budget.js';
import { instantsOn, takenToday, type Way, wayFrom } from './instants.js';

/**
 * Whether a moment takes more than there is, and more than the same moment takes today: what runs now is nobody's fault,
 * and who is over the budget already must be able to come down.
 */
export function isTooMuch(each: Instant, way: Way): boolean {
  const { moment, connections } = each;
  return moment !== 'rollback' && connections > Math.max(way.limits.connections, takenToday(way, each).connections);
}

/** The same of the machine's memory. A service's own is passed nowhere on the way: what it runs is what runs now, or in the end. */
export function isTooLarge(each: Instant, way: Way): boolean {
  const { moment, memoryBytes } = each;
  return moment !== 'rollback' && memoryBytes > Math.max(way.limits.machineBytes, takenToday(way, each).memoryBytes);
}

/**
 * The shortest order, with the fewest stages besides these, in which every moment fits when each stage is applied on its
 * own. Where the end fits there always is one: first what comes down, which never takes more than today, then what goes up,
 * which never takes more than the end.
 */
export function orderThatFits(way: Way, stages: readonly StageName[]): readonly StageName[] {
  const orders = [...ordersOf(STAGES)].filter((order) => stages.every((stage) => order.includes(stage)));
  const shortestFirst = orders.toSorted((one, other) => one.length - other.length);
  const among = shortestFirst.filter((order) => fitsInTurn(way, order, isTooMuch));
  return among.find((order) => fitsInTurn(way, order, isTooLarge)) ?? among[0] ?? STAGES;
}

/** By the time of the next stage, what the one before brought down is no longer there to compare with. */
function fitsInTurn(way: Way, order: readonly StageName[], fails: typeof isTooMuch): boolean {
  return order.every((stage, index) => fitsOn(wayFrom(way, order.slice(0, index)), [stage], fails));
}

function fitsOn(way: Way, stages: readonly StageName[], fails = isTooMuch): boolean {
  return instantsOn(way, stages).every((each) => !fails(each, way));
}

/** The largest pool, up to this one, with which these stages fit in the guide's order; `null` where no smaller pool helps. */
export function poolThatFits(way: Way, stages: readonly StageName[], most: number): number | null {
  return largestPool(way, most, (each) => fitsOn(each, stages));
}

/** The same up to the wanted one, with each stage applied on its own: then no later one asks for a smaller pool again. */
export function poolInTurn(way: Way): number | null {
  return largestPool(way, way.wanted.pool, (each) => fitsInTurn(each, STAGES, isTooMuch));
}

function largestPool(way: Way, most: number, fits: (way: Way) => boolean): number | null {
  for (let pool = most; pool > 0; pool -= 1) {
    if (fits({ ...way, wanted: { ...way.wanted, pool } })) return pool;
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
