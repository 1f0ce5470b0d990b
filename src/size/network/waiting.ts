import { firstReached } from './reach.js';
import type { Loop, LoopState } from './worker.js';

/** Less than this is left out of a sum of chances. */
const NEGLIGIBLE = 1e-15;

type Counted = Pick<LoopState, 'met' | 'inside' | 'reached' | 'held'>;

/**
 * With those who wait for the interpreter's lock counted as inside, too: to the network they are outside, since they hold up nobody. Of the
 * people outside each is one of them by himself, with the same chance.
 */
export function withWaiting({ users, thinkMs, lockMs, connections }: Loop, state: LoopState): Counted {
  if (lockMs === 0) return state;
  const chance = lockMs / thinkMs;
  const inside = joined(state.inside, users, chance);
  const met = joined(state.met, users - 1, chance);
  // As often up as down, and up go those who think.
  const thinking = thinkMs - lockMs;
  const ups = (count: number) =>
    thinking === 0
      ? Number.POSITIVE_INFINITY
      : ((inside[count - 1] ?? 0) * (users - count + 1)) / (thinking * state.throughput);
  const downs = (count: number) => (inside[count] ? ups(count) / inside[count] : 0);
  return {
    met,
    inside,
    reached: firstReached(inside, downs),
    held: inside.reduce((sum, each, count) => sum + each * Math.min(count, connections), 0),
  };
}

/** By number: of those who were outside some have come in, each with this chance. */
function joined(inside: Float64Array, people: number, chance: number): Float64Array {
  const all = new Float64Array(inside.length);
  inside.forEach((share, count) => {
    const outside = people - count;
    // From the end with most of the weight, so that none is lost below the range of a number.
    const [rarer, from, step] = chance <= 0.5 ? [chance, count, 1] : [1 - chance, people, -1];
    let some = share * (1 - rarer) ** outside;
    for (let others = 0; others <= outside && (some > NEGLIGIBLE || others < outside * rarer); others++) {
      all[from + step * others] = (all[from + step * others] ?? 0) + some;
      some *= ((outside - others) / (others + 1)) * (rarer / (1 - rarer));
    }
  });
  return all;
}
