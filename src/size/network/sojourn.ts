import { type Complex, ONE, over, plus, power, scaled, times } from './complex.js';
import type { Loop, LoopState } from './worker.js';

/** Less than this is left out of a sum of chances. */
const NEGLIGIBLE = 1e-15;

/**
 * A queue as it is met: with k customers around, it is empty with the chance `empty[k]`, else one longer than with k - 1;
 * and `chance[k]` says how often k are around. That is how the queues of a product-form network follow from each other.
 */
interface Queue {
  readonly empty: Float64Array;
  readonly chance: Float64Array;
}

/** A loop, ready to be asked: what is negligible is left out. */
interface Prepared {
  readonly loop: Loop;
  /** With a connection free; and what the chance of each number of people waiting for one is. */
  readonly inside: Queue;
  readonly waiting: Float64Array;
  readonly freedPerMs: number;
  readonly outside: Queue;
}

/**
 * The Laplace transform of the response time: what a request spends at the worker, at the database and on the line, each
 * first come first served, each as the arrival theorem says it is met, and taken as independent of each other.
 */
export function sojourn(loop: Loop, state: LoopState): (s: Complex) => Complex {
  const prepared = prepare(loop, state);
  return (s) => times(times(atWorker(prepared, s), atDatabase(prepared, s)), onLine(prepared, s));
}

function prepare(loop: Loop, { met, idle, rates, sending }: LoopState): Prepared {
  const last = lastOf(met);
  const most = Math.min(last + 1, loop.connections);
  const first = firstOf(sending, loop.users - 1 - last);
  const outside = Array.from({ length: loop.users - first }, (_, index) => first + index);
  return {
    loop,
    inside: { empty: idle, chance: met.slice(0, most) },
    waiting: met.slice(most, last + 1),
    freedPerMs: rates[rates.length - 1] ?? 1,
    outside: {
      empty: Float64Array.from(outside, (count) => 1 - (sending[count] ?? 0)),
      chance: Float64Array.from(outside, (count) => met[loop.users - 1 - count] ?? 0),
    },
  };
}

function lastOf(met: Float64Array): number {
  let last = met.length - 1;
  for (let left = 0; last > 0 && left + (met[last] ?? 0) < NEGLIGIBLE; last--) left += met[last] ?? 0;
  return last;
}

/** From where on to count so that nothing is missed at `needed`: what is behind an answer reaches back only so far. */
function firstOf(sending: Float64Array, needed: number): number {
  let first = needed;
  for (let reach = 1; first > 0 && reach > NEGLIGIBLE; first--) reach *= sending[first] ?? 0;
  return first;
}

/** Beyond the pool a request waits for a connection first, and then meets the worker with all others taken. */
function atWorker({ loop, inside, waiting, freedPerMs }: Prepared, s: Complex): Complex {
  const served = stage(1 / loop.webMs, s);
  const { mean, longest } = behind(inside, served);
  const freed = stage(freedPerMs, s);
  let waited: Complex = { re: 0, im: 0 };
  for (let count = waiting.length - 1; count >= 0; count--) {
    waited = times(plus(waited, { re: waiting[count] ?? 0, im: 0 }), freed);
  }
  return times(served, plus(mean, times(waited, longest)));
}

/** As at the worker, with everybody outside who is not inside. Departures are those of all workers. */
function onLine({ loop, outside }: Prepared, s: Complex): Complex {
  if (loop.lineMs === 0) return ONE;
  const sent = power(stage(1 / loop.lineMs, s), 1 / loop.lineLeft);
  return times(sent, behind(outside, sent).mean);
}

/** The time of all that stand in a queue, each of whom takes `each`: on average over what is met, and at the longest. */
function behind({ empty, chance }: Queue, each: Complex): { readonly mean: Complex; readonly longest: Complex } {
  let [re, im, sumRe, sumIm] = [1, 0, chance[0] ?? 0, 0];
  for (let count = 1; count < chance.length; count++) {
    const free = empty[count] ?? 0;
    const queued = 1 - free;
    const next = free + queued * (each.re * re - each.im * im);
    im = queued * (each.re * im + each.im * re);
    re = next;
    sumRe += (chance[count] ?? 0) * re;
    sumIm += (chance[count] ?? 0) * im;
  }
  return { mean: { re: sumRe, im: sumIm }, longest: { re, im } };
}

/**
 * The database has what the worker has not: with the worker empty all the others of this worker are there. A request is
 * served at once where a server is left for it, else after departures: those of all workers, therefore more and shorter.
 */
function atDatabase({ loop, inside: { empty, chance }, waiting }: Prepared, s: Complex): Complex {
  const { databaseMs, servers, serversLeft } = loop;
  if (databaseMs === 0) return ONE;
  const own = stage(1 / databaseMs, s);
  if (servers === Number.POSITIVE_INFINITY) return own;
  const departures = servers / serversLeft;
  const departure = stage(servers / databaseMs, s);
  const further = power(departure, departures);
  let ahead: Complex = ONE;
  let stay: Complex = ONE;
  let mean: Complex = { re: 0, im: 0 };
  for (let count = 0; count < chance.length; count++) {
    const beyond = count + 1 - serversLeft;
    if (beyond > 0) ahead = beyond < 1 ? power(departure, beyond * departures) : times(ahead, further);
    const free = count === 0 ? 1 : (empty[count] ?? 0);
    stay = plus(scaled(ahead, free), scaled(stay, 1 - free));
    mean = plus(mean, scaled(stay, chance[count] ?? 0));
  }
  const rest = waiting.reduce((sum, each) => sum + each, 0);
  return times(own, plus(mean, scaled(stay, rest)));
}

/** An exponential stage with this rate. */
function stage(rate: number, { re, im }: Complex): Complex {
  return over({ re: rate, im: 0 }, { re: rate + re, im });
}
