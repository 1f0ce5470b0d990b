import { type Complex, ONE, over, plus, scaled } from './complex.js';
import { crossing } from './crossing.js';

/** A random time by its mean and its Laplace transform. */
export interface Distribution {
  readonly mean: number;
  transform(s: Complex): Complex;
}

/** Beyond so many means per deviation a sum of very many stages is told from a gamma distribution by nothing. */
const NARROW = 12;
/** Of the inversion no more is to be had. */
const PRECISION = 1e-7;
/** Of Euler's method: the error of the discretisation is e^-A. */
const A = 18.4;
const LAST_TERMS = 11;

/** The time that the share `slow` of all exceeds. */
export function exceededBy(slow: number, time: Distribution): number {
  const { estimate, sharpness } = shapeOf(slow, time);
  if (sharpness > NARROW) return estimate;
  return rootOf((ms) => tail(ms, time, sharpness) - slow, estimate);
}

/**
 * How far a time is from being exceeded by more than the share `slow`: in deviations of a normal distribution, from 0 on
 * where it is not. One look at the distribution where the time itself takes many.
 */
export function marginOf(ms: number, slow: number, time: Distribution): number {
  const { estimate, sharpness } = shapeOf(slow, time);
  const far = ((ms - estimate) * sharpness) / time.mean;
  if (sharpness > NARROW) return far;
  const share = tail(ms, time, sharpness);
  // Beyond the precision of the inversion shares are told apart by nothing.
  if (Math.min(share, 1 - share) < PRECISION) return Math.abs(far) * (share <= slow ? 1 : -1);
  return (share > 0.5 ? -normalTail(1 - share) : normalTail(share)) - normalTail(slow);
}

/** The time as a gamma distribution with this mean and variance has it, and how many deviations the mean is away from 0. */
function shapeOf(slow: number, time: Distribution): { readonly estimate: number; readonly sharpness: number } {
  const variance = varianceOf(time);
  return { estimate: gammaTail(slow, time.mean, variance), sharpness: time.mean / Math.sqrt(variance) };
}

/** The chance that it takes longer than `ms`: the transform inverted by Euler's method of Abate and Whitt. */
function tail(ms: number, { transform }: Pick<Distribution, 'transform'>, sharpness: number): number {
  const terms = 15 + Math.ceil(4 * sharpness);
  const at = (k: number): number => {
    const s = { re: A / (2 * ms), im: (k * Math.PI) / ms };
    return over(plus(ONE, scaled(transform(s), -1)), s).re;
  };
  let sum = at(0) / 2;
  for (let k = 1; k <= terms; k++) sum += sign(k) * at(k);
  let averaged = sum;
  let weight = 1;
  let weights = 1;
  for (let k = 1; k <= LAST_TERMS; k++) {
    sum += sign(terms + k) * at(terms + k);
    weight *= (LAST_TERMS - k + 1) / k;
    weights += weight;
    averaged += weight * sum;
  }
  return (Math.exp(A / 2) / ms) * (averaged / weights);
}

function sign(k: number): number {
  return k % 2 === 0 ? 1 : -1;
}

/** By the curvature of the transform's logarithm at 0. */
function varianceOf({ mean, transform }: Distribution): number {
  const step = 1e-3 / mean;
  const log = (s: number) => Math.log(transform({ re: s, im: 0 }).re);
  return Math.max((log(step) + log(-step)) / (step * step), mean * mean * 1e-12);
}

/** Wilson and Hilferty: the cube root of a gamma variable is close to normal. */
function gammaTail(slow: number, mean: number, variance: number): number {
  const spread = variance / (9 * mean * mean);
  return mean * Math.max(0.01, 1 - spread + normalTail(slow) * Math.sqrt(spread)) ** 3;
}

/** The deviation that the share `slow` exceeds: Hastings' rational approximation, for shares below a half. */
function normalTail(slow: number): number {
  const t = Math.sqrt(-2 * Math.log(slow));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  return t - above / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/** Where a falling function crosses 0, from an estimate. */
function rootOf(excess: (ms: number) => number, estimate: number): number {
  let [low, high] = [estimate, estimate];
  let atLow = excess(low);
  let atHigh = atLow;
  while (atLow < 0) {
    [high, atHigh] = [low, atLow];
    low *= 0.9;
    atLow = excess(low);
  }
  while (atHigh > 0) {
    [low, atLow] = [high, atHigh];
    high *= 1.1;
    atHigh = excess(high);
  }
  return crossing(excess, [low, atLow], [high, atHigh], PRECISION);
}
