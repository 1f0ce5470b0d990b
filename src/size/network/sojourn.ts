import { type Complex, ONE, over, plus, power, scaled, times } from './complex.js';
import type { Loop, LoopState } from './worker.js';

/** Less than this is left out of a sum of chances. */
const NEGLIGIBLE = 1e-15;

/** A loop, ready to be asked: what is negligible is left out. */
interface Prepared {
  readonly loop: Loop;
  /** The chance that a request meets so many others with a connection; and that so many, and one more, wait for one. */
  readonly inside: Float64Array;
  readonly waiting: Float64Array;
  /** With so many inside: the chance that the worker is empty. */
  readonly idle: Float64Array;
  readonly freedPerMs: number;
  /** With so many outside, and `first` more: the chance that nothing is on the line. */
  readonly free: Float64Array;
  readonly first: number;
}

/**
 * The Laplace transform of the response time: what a request spends at the worker, at the database and on the line, each
 * first come first served. Of one worker's own people all that are not in one place are in another, so that a request that
 * meets a long queue at the worker finds a short one at the database. As long as none overtakes another its response time
 * is told by all that it meets on arrival, wherever that is (Boxma, Kelly and Konheim): each is a stage to wait for.
 */
export function sojourn(loop: Loop, state: LoopState): (s: Complex) => Complex {
  const prepared = prepare(loop, state);
  return (s) => responseTime(prepared, s);
}

function prepare(loop: Loop, { met, idle, rates, sending }: LoopState): Prepared {
  const last = lastOf(met);
  const most = Math.min(last + 1, loop.connections);
  const first = firstOf(sending, loop.users - 1 - last);
  return {
    loop,
    inside: met.slice(0, most),
    waiting: met.slice(most, last + 1),
    idle,
    freedPerMs: rates[rates.length - 1] ?? 1,
    free: sending.slice(first, loop.users).map((chance) => 1 - chance),
    first,
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

/**
 * By the number of others inside. With the worker empty all of them are at the database, else the worker's queue is one
 * longer than with one less inside: that is how the queues of a product-form network follow from each other. Beyond the
 * pool a request waits for a connection first, and then meets all that may be inside.
 */
function responseTime(prepared: Prepared, s: Complex): Complex {
  const { loop, inside, waiting, idle, freedPerMs } = prepared;
  const served = stage(1 / loop.webMs, s);
  const freed = stage(freedPerMs, s);
  const queries = behindQueries(prepared, s);
  const answers = behindAnswers(prepared, s);
  let met: Complex = ONE;
  let sum: Complex = { re: 0, im: 0 };
  const add = (chance: number, count: number) => {
    sum = plus(sum, scaled(times(met, answers[count] ?? ONE), chance));
  };
  for (let count = 0; count < inside.length; count++) {
    const free = count === 0 ? 1 : (idle[count] ?? 0);
    met = plus(scaled(queries[count] ?? ONE, free), scaled(times(served, met), 1 - free));
    add(inside[count] ?? 0, count);
  }
  waiting.forEach((chance, index) => {
    met = times(met, freed);
    add(chance, inside.length + index);
  });
  return times(times(served, ownTime(loop, s)), sum);
}

/** The request's own query, its waits for the interpreter's lock, and its answer on the line. */
function ownTime({ lockMs, databaseMs, lineMs, lineLeft }: Loop, s: Complex): Complex {
  const delay = (ms: number) => (ms === 0 ? ONE : stage(1 / ms, s));
  const own = times(delay(databaseMs), delay(lockMs));
  return lineMs === 0 ? own : times(own, power(stage(1 / lineMs, s), 1 / lineLeft));
}

/**
 * With so many others at the database: a request is served at once where a server is left for it, else after departures:
 * those of all workers, therefore more and shorter. Empty where nobody waits.
 */
function behindQueries({ loop, inside }: Prepared, s: Complex): readonly Complex[] {
  const { databaseMs, servers, serversLeft } = loop;
  if (databaseMs === 0 || servers === Number.POSITIVE_INFINITY) return [];
  const departures = servers / serversLeft;
  const departure = stage(servers / databaseMs, s);
  const further = power(departure, departures);
  let ahead: Complex = ONE;
  return Array.from(inside, (_, count) => {
    const beyond = count + 1 - serversLeft;
    if (beyond > 0) ahead = beyond < 1 ? power(departure, beyond * departures) : times(ahead, further);
    return ahead;
  });
}

/** With so many others inside, and everybody else outside: the answers on the line. Departures are those of all workers. */
function behindAnswers({ loop, free, first }: Prepared, s: Complex): readonly Complex[] {
  const { lineMs, lineLeft, users } = loop;
  if (lineMs === 0) return [];
  const sent = power(stage(1 / lineMs, s), 1 / lineLeft);
  let ahead: Complex = ONE;
  const behind: Complex[] = [];
  free.forEach((chance, index) => {
    if (index > 0) ahead = plus({ re: chance, im: 0 }, scaled(times(sent, ahead), 1 - chance));
    behind[users - 1 - first - index] = ahead;
  });
  return behind;
}

/** An exponential stage with this rate. */
function stage(rate: number, { re, im }: Complex): Complex {
  return over({ re: rate, im: 0 }, { re: rate + re, im });
}
