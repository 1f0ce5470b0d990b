import type { Profile } from '../profile/profile.js';
import type { Found, Known, SettingKey } from '../settings.js';
import { meanResponse, type Repairman, slowerThan, throughput } from './repairman.js';
import type { Capacity, CurvePoint } from './sizing.js';

/** What the libraries do where nothing is set. */
const LIBRARY = { 'db.pool_size': 5, 'db.max_overflow': 10, 'web.workers': 1 } as const;

/** The share of requests that may be slower than the objective. */
const SLOW_SHARE = 0.05;
const MS_PER_SECOND = 1000;

/** The web tier as the model sees it: workers with a queue each, users split evenly over them. */
interface Tier {
  readonly workers: number;
  readonly thinkMs: number;
  readonly demandMs: number;
  /** Connections of all web processes together; Infinity where the pool has no limit. */
  readonly connections: number;
}

/**
 * How many people the settings serve: from the knee of the curve to the last one with whom 95 of 100 responses are
 * within the objective, both bounded by the connections of the pools. A setting that is null or absent counts as the
 * library's default. Null where a setting can't be resolved.
 */
export function capacity(profile: Profile, settings: Found): Capacity | null {
  const tier = tierOf(profile, settings);
  if (tier === null) return null;
  const knee = tier.workers * Math.floor((tier.thinkMs + tier.demandMs) / tier.demandMs);
  const served = mostWithin(tier, profile.slo.p95Ms);
  const high = Math.min(served, tier.connections);
  return {
    users: [Math.min(knee, high), high],
    bottleneck: tier.connections <= served ? 'database-pool' : 'server',
  };
}

/** Throughput and response time at each number of users. Empty where a setting can't be resolved. */
export function curve(profile: Profile, settings: Found, points: readonly number[]): readonly CurvePoint[] {
  const tier = tierOf(profile, settings);
  return tier === null ? [] : points.filter((users) => users >= 1).map((users) => pointAt(tier, users));
}

function tierOf(profile: Profile, settings: Found): Tier | null {
  const [size, overflow, workers] = (['db.pool_size', 'db.max_overflow', 'web.workers'] as const).map((key) =>
    resolved(key, settings[key]),
  );
  if (size === undefined || overflow === undefined || workers === undefined) return null;
  const { demandMs, thinkTimeMs } = profile.workload;
  const { cpus, instances } = profile.server;
  // More workers than cores share the cores: each gets the processor less of the time.
  const webMs = demandMs.web * Math.max(1, workers / cpus);
  // SQLAlchemy takes a size of 0 and an overflow of -1 for "no limit".
  const perProcess = size === 0 || overflow < 0 ? Number.POSITIVE_INFINITY : size + overflow;
  return {
    workers: workers * instances,
    thinkMs: thinkTimeMs,
    demandMs: webMs + demandMs.database,
    connections: perProcess * workers * instances,
  };
}

function resolved(key: SettingKey & keyof typeof LIBRARY, known: Known | undefined): number | undefined {
  const value = known ?? LIBRARY[key];
  return typeof value === 'number' ? value : undefined;
}

function pointAt(tier: Tier, users: number): CurvePoint {
  const groups = split(tier, users);
  const perMs = groups.reduce((sum, { count, worker }) => sum + count * throughput(worker), 0);
  const mean = groups.reduce((sum, { count, worker }) => sum + (count * responseShare(worker)) / perMs, 0);
  return { users, throughput: perMs * MS_PER_SECOND, responseMs: { mean, p95: p95(tier, users) } };
}

function responseShare(worker: Repairman): number {
  return worker.users === 0 ? 0 : throughput(worker) * meanResponse(worker);
}

/** The workers by how many users they have: where the split is uneven, some have one more. */
function split(tier: Tier, users: number): readonly { count: number; worker: Repairman }[] {
  const fewer = Math.floor(users / tier.workers);
  const withOneMore = users - fewer * tier.workers;
  const { thinkMs, demandMs } = tier;
  return [
    { count: withOneMore, worker: { users: fewer + 1, thinkMs, demandMs } },
    { count: tier.workers - withOneMore, worker: { users: fewer, thinkMs, demandMs } },
  ].filter(({ count }) => count > 0);
}

/** The share of all requests that take longer than `ms`. */
function slowShare(tier: Tier, users: number, ms: number): number {
  const groups = split(tier, users).map(({ count, worker }) => ({ worker, perMs: count * throughput(worker) }));
  const total = groups.reduce((sum, { perMs }) => sum + perMs, 0);
  return groups.reduce((sum, { worker, perMs }) => sum + (perMs / total) * slowerThan(worker, ms), 0);
}

function p95(tier: Tier, users: number): number {
  let fast = 0;
  let slow = tier.demandMs;
  while (slowShare(tier, users, slow) > SLOW_SHARE) slow *= 2;
  while (slow - fast > slow * 1e-9) {
    const middle = (fast + slow) / 2;
    if (slowShare(tier, users, middle) > SLOW_SHARE) fast = middle;
    else slow = middle;
  }
  return slow;
}

/** The most users with whom the objective holds; 0 where it does not hold even for one. */
function mostWithin(tier: Tier, p95Ms: number): number {
  const holds = (users: number): boolean => slowShare(tier, users, p95Ms) <= SLOW_SHARE;
  if (!holds(1)) return 0;
  let within = 1;
  let beyond = 2;
  while (holds(beyond)) {
    within = beyond;
    beyond *= 2;
  }
  while (beyond - within > 1) {
    const middle = Math.floor((within + beyond) / 2);
    if (holds(middle)) within = middle;
    else beyond = middle;
  }
  return within;
}
