import type { Profile } from '../profile/profile.js';
import type { Found, Known, SettingKey } from '../settings.js';
import { heldOf } from './growing.js';
import { LIBRARY } from './library.js';
import { type Machine, serviceCores } from './machine.js';
import { margin, type Network, type Solution, solve } from './network/network.js';
import { coresOf, databaseWork } from './network/sharing.js';

/**
 * What bounds the throughput. `web-workers`: fewer of them than cores; `server`: the cores; `line`: the bandwidth;
 * `database-pool`: the connections of the web workers.
 */
export const BOTTLENECKS = ['web-workers', 'server', 'database', 'database-pool', 'line'] as const;
export type Bottleneck = (typeof BOTTLENECKS)[number];

/** How many people are served well, and what would give way first. */
export interface Capacity {
  /** From the knee to the last user within the objective. */
  readonly users: readonly [low: number, high: number];
  readonly bottleneck: Bottleneck;
  /** Where the curve bends: as many users as the bottleneck serves without a pause, if nobody ever waited. */
  readonly knee: number;
  /** The most requests per second that the bottleneck lets through. */
  readonly throughput: number;
}

export interface CurvePoint {
  readonly users: number;
  /** Requests per second. */
  readonly throughput: number;
  readonly responseMs: { readonly mean: number; readonly p95: number };
  /** Database connections in use at the same time, over all web workers, on average. */
  readonly connections: number;
}

/** Of very many people, how exactly the last one is found. */
const GRAIN = 1e-3;
const MS_PER_SECOND = 1000;
const BITS_PER_BYTE = 8;

const ONE = { backend: 1, celery: 1 };
const UNBOUND = { backend: null, celery: null };

/** What the model needs to know of a machine. */
export type Cores = Pick<Machine, 'cpus'> & Partial<Pick<Machine, 'sharesDatabase' | 'containers' | 'serviceCpus'>>;

/** The service as the model sees it. Null where a setting can't be resolved; one that is not set is the library's. */
export function networkOf(profile: Profile, settings: Found, machine: Cores): Network | null {
  const [size, overflow, workers] = (['db.pool_size', 'db.max_overflow', 'web.workers'] as const).map((key) =>
    resolved(key, settings[key]),
  );
  if (size === undefined || overflow === undefined || workers === undefined) return null;
  const { demandMs, thinkTimeMs, responseBytes, otherCores, lockWaits } = profile.workload;
  const { bandwidthBps, instances } = profile.server;
  return {
    thinkMs: thinkTimeMs,
    instances,
    workers: workers * (machine.containers?.backend ?? 1),
    cores: serviceCores({ containers: ONE, serviceCpus: UNBOUND, ...machine }, 'backend'),
    webMs: demandMs.web,
    // SQLAlchemy takes a size of 0 and an overflow of -1 for "no limit".
    connections: size === 0 || overflow < 0 ? Number.POSITIVE_INFINITY : size + overflow,
    database: { ms: demandMs.database, servers: profile.database.cpus },
    lineMs: bandwidthBps === null ? 0 : (responseBytes * BITS_PER_BYTE * MS_PER_SECOND) / bandwidthBps,
    shared: { databaseMs: machine.sharesDatabase === true ? demandMs.databaseCpu : 0, otherCores },
    lockWaits,
  };
}

function resolved(key: SettingKey & keyof typeof LIBRARY, known: Known | undefined): number | undefined {
  const value = known ?? LIBRARY[key];
  return typeof value === 'number' ? value : undefined;
}

/**
 * How many people are served: from the knee of the curve to the last one with whom 95 of 100 responses are within the
 * objective; and what would have to grow for more.
 */
export function capacityOf(network: Network, p95Ms: number): Capacity {
  const [bottleneck, most] = tightest(network);
  const knee = Math.floor(aloneMs(network) * most);
  const within = mostWithin(network, p95Ms, knee);
  return { users: [Math.min(knee, within), within], bottleneck, knee, throughput: most * MS_PER_SECOND };
}

/** Throughput and response time at each number of users. */
export function curveOf(network: Network, points: readonly number[]): readonly CurvePoint[] {
  return points
    .filter((users) => users >= 1)
    .map((users) => solve(network, users))
    .map(({ users, throughput, meanMs, p95Ms, ...flow }: Solution) => ({
      users,
      throughput: throughput * MS_PER_SECOND,
      responseMs: { mean: meanMs, p95: p95Ms },
      connections: heldOf(flow, network),
    }));
}

/** The whole round of one user who never has to wait. */
function aloneMs({ thinkMs, webMs, database, lineMs }: Network): number {
  return thinkMs + webMs + database.ms + lineMs;
}

/** What gets the fewest requests done when it never rests, and how many a millisecond: the bound of any throughput. */
function tightest(network: Network): readonly [Bottleneck, number] {
  const { instances, workers, cores, webMs, connections, database, lineMs } = network;
  const limits: readonly (readonly [Bottleneck, number])[] = [
    ...(workers < cores ? [['web-workers', (instances * workers) / webMs] as const] : []),
    ['server', (instances * coresOf(network)) / (webMs + databaseWork(network))],
    ['database', database.servers / database.ms],
    ['line', instances / lineMs],
    ['database-pool', (instances * workers * connections) / (webMs + database.ms)],
  ];
  return limits.reduce((least, limit) => (limit[1] < least[1] ? limit : least));
}

interface Look {
  readonly users: number;
  /** Negative where the objective does not hold. */
  readonly margin: number;
}

/** The most users with whom the objective holds, looked for from the knee on; 0 where it does not hold even for one. */
function mostWithin(network: Network, p95Ms: number, knee: number): number {
  const look = (users: number): Look => ({ users, margin: margin(network, users, p95Ms) });
  let within = look(1);
  if (within.margin < 0) return 0;
  let beyond = look(Math.max(2, knee));
  while (beyond.margin >= 0) {
    within = beyond;
    beyond = look(within.users * 2);
  }
  while (beyond.users - within.users > Math.max(1, within.users * GRAIN)) {
    const next = look(likelyOf(within, beyond));
    // By the Illinois rule: who stays where he is counts for half, so that both sides come nearer.
    if (next.margin >= 0) [within, beyond] = [next, { ...beyond, margin: beyond.margin / 2 }];
    else [within, beyond] = [{ ...within, margin: within.margin / 2 }, next];
  }
  return within.users;
}

/** Where the margin is used up if it shrinks evenly from the one to the other. */
function likelyOf(within: Look, beyond: Look): number {
  const width = beyond.users - within.users;
  const likely = Math.round(within.users + (width * within.margin) / (within.margin - beyond.margin));
  return Math.min(beyond.users - 1, Math.max(within.users + 1, likely));
}
