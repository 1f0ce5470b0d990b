import { type Complex, ONE, over, plus, power, scaled, times } from './complex.js';
import type { Loop, LoopState } from './worker.js';

/** From how many outside, and up to how many inside, the chances count. */
interface Window {
  readonly first: number;
  readonly last: number;
}

/** Less than this is left out of a sum of chances. */
const NEGLIGIBLE = 1e-15;

/**
 * The Laplace transform of the response time: what a request spends at the worker, at the database and on the line, each
 * first come first served, each as the arrival theorem says it is met, and taken as independent of each other.
 */
export function sojourn(loop: Loop, state: LoopState): (s: Complex) => Complex {
  const last = lastOf(state.met);
  const first = firstOf(state.sending, loop.users - 1 - last);
  return (s) => times(inside(loop, state, last, s), line(loop, state, { first, last }, s));
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
 * With j others inside, a request finds the worker's queue empty with the chance `idle[j]`, else the queue of j - 1 and
 * one more; and the same the other way round for the database. Beyond the pool it waits for a connection first.
 */
function inside({ connections, ...loop }: Loop, { met, rates, idle }: LoopState, last: number, s: Complex): Complex {
  const served = over(ONE, { re: 1 + loop.webMs * s.re, im: loop.webMs * s.im });
  const database = databaseStay(loop, s);
  const freed = stage(rates[rates.length - 1] ?? 1, s);
  let atWorker: Complex = ONE;
  let atDatabase = database(0);
  let waited: Complex = ONE;
  let worker: Complex = { re: 0, im: 0 };
  let behind: Complex = { re: 0, im: 0 };
  for (let others = 0; others <= last; others++) {
    if (others > 0 && others < connections) {
      const empty = idle[others] ?? 0;
      atWorker = plus({ re: empty, im: 0 }, scaled(times(served, atWorker), 1 - empty));
      atDatabase = plus(scaled(database(others), empty), scaled(atDatabase, 1 - empty));
    } else if (others > 0) waited = times(waited, freed);
    const chance = met[others] ?? 0;
    worker = plus(worker, scaled(times(waited, atWorker), chance));
    behind = plus(behind, scaled(atDatabase, chance));
  }
  return times(times(served, worker), behind);
}

/** An exponential stage with this rate. */
function stage(rate: number, { re, im }: Complex): Complex {
  return over({ re: rate, im: 0 }, { re: rate + re, im });
}

/**
 * The stay in the database behind so many others of the same worker: at once where a server is left for it, else after
 * departures, which are those of all workers and therefore more and shorter.
 */
function databaseStay(loop: Omit<Loop, 'connections'>, s: Complex): (others: number) => Complex {
  const { databaseMs, servers, serversLeft } = loop;
  if (databaseMs === 0) return () => ONE;
  const own = stage(1 / databaseMs, s);
  if (servers === Number.POSITIVE_INFINITY) return () => own;
  const departure = stage(servers / databaseMs, s);
  const departures = servers / serversLeft;
  return (others) => {
    const behind = others + 1 - serversLeft;
    return behind <= 0 ? own : times(own, power(departure, behind * departures));
  };
}

/** As at the worker, with everybody outside who is not inside. Departures are those of all workers here, too. */
function line(
  { lineMs, lineLeft, users }: Loop,
  { met, sending }: LoopState,
  { first, last }: Window,
  s: Complex,
): Complex {
  if (lineMs === 0) return ONE;
  const sent = power(stage(1 / lineMs, s), 1 / lineLeft);
  let onLine: Complex = ONE;
  let behind: Complex = { re: 0, im: 0 };
  for (let outside = first; outside < users; outside++) {
    const busy = outside === first ? 0 : (sending[outside] ?? 0);
    onLine = plus({ re: 1 - busy, im: 0 }, scaled(times(sent, onLine), busy));
    const others = users - 1 - outside;
    if (others <= last) behind = plus(behind, scaled(onLine, met[others] ?? 0));
  }
  return times(sent, behind);
}
