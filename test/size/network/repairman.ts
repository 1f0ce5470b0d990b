/**
 * One worker and the users it serves: the machine-repairman queue (M/M/1//N). A user thinks for `thinkMs` on average,
 * asks, waits for the requests before his, is served for `demandMs` on average, and thinks again.
 *
 * All results are exact. With a = Z/D and F(x, n) the chance that a Poisson variable of mean x is at most n:
 * the worker is idle with the chance of Erlang's loss formula B(a, N), and by the arrival theorem the mixture of Erlang
 * distributions that a request meets sums up to P(R > t) = F(a + t/D, N - 1) / F(a, N - 1).
 */
export interface Repairman {
  readonly users: number;
  readonly thinkMs: number;
  readonly demandMs: number;
}

/** Requests per millisecond. */
export function throughput({ users, thinkMs, demandMs }: Repairman): number {
  return (1 - idleChance(thinkMs / demandMs, users)) / demandMs;
}

/** Mean response time in milliseconds, by Little's law. Needs at least one user. */
export function meanResponse(worker: Repairman): number {
  return worker.users / throughput(worker) - worker.thinkMs;
}

/** The chance that a response takes longer than `ms`. */
export function slowerThan(worker: Repairman, ms: number): number {
  const { users, thinkMs, demandMs } = worker;
  if (users === 0) return 0;
  return Math.exp(
    logPoissonAtMost((thinkMs + ms) / demandMs, users - 1) - logPoissonAtMost(thinkMs / demandMs, users - 1),
  );
}

/** Erlang's loss formula, by the series of its inverse: a few thousand terms at most, also for millions of users. */
function idleChance(offered: number, users: number): number {
  let inverse = 1;
  for (let term = 1, n = users; n > 0 && term > Number.EPSILON * inverse && Number.isFinite(inverse); n--) {
    term *= n / offered;
    inverse += term;
  }
  return 1 / inverse;
}

/**
 * log P(Poisson(mean) <= most), summed from the largest term downwards. In logarithms, because with thousands of users
 * the terms themselves are too small for a number.
 */
function logPoissonAtMost(mean: number, most: number): number {
  if (mean === 0) return 0;
  const peak = Math.min(most, Math.floor(mean));
  let below = 0;
  for (let term = 1, n = peak; n > 0 && term > Number.EPSILON * below; n--) {
    term *= n / mean;
    below += term;
  }
  let above = 0;
  for (let term = 1, n = peak + 1; n <= most && term > Number.EPSILON * above; n++) {
    term *= mean / n;
    above += term;
  }
  return peak * Math.log(mean) - mean - logFactorial(peak) + Math.log(1 + below + above);
}

/** Exact by its sum while that is short; beyond it Stirling's series, whose error there is below the last digit. */
function logFactorial(n: number): number {
  if (n >= 256) return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3);
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}
