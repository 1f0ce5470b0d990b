import type { Found, StageName } from '../settings.js';
import type { Instant } from './budget.js';
import { containersOf } from './containers.js';
import { type Moment, momentOf, pooledAt } from './moment.js';
import { migrationsOf, siblingMemory, siblingPools } from './siblings.js';
import type { Deployment, ServiceBytes } from './sizing.js';
import { type RoleMemory, sumOf } from './workers.js';

/** A moment, and what a process of a service holds that nothing here restarts: its pool of before, if that is the larger. */
interface State extends Moment {
  readonly kept: number;
}

export interface Limits {
  readonly deployment: Deployment;
  readonly memory: RoleMemory;
  readonly instances: number;
  /** As celery sees them: without a concurrency it starts a child for each. */
  readonly cores: number;
  /** For connections of this application. */
  readonly connections: number;
  readonly memoryBytes: number;
  /** All that the machine has, where the profile is for less of it. */
  readonly machineBytes: number;
  readonly serviceBytes: ServiceBytes;
}

type Applied = ReadonlySet<StageName>;

/** From what is there to what is wanted. */
export interface Way {
  readonly now: Moment;
  readonly wanted: Moment;
  readonly limits: Limits;
}

/** `null` where what is there can't be told. */
export function wayOf(current: Found, wanted: Moment, limits: Limits): Way | null {
  const now = momentOf(current, limits.cores);
  return now === null ? null : { now, wanted, limits };
}

/**
 * Everything that can be open at once, at every moment: as it is, while each of these stages is taken in and after it, and
 * on the worst of all ways back, in whatever order they are rolled back.
 */
export function instantsOf(way: Way, stages: readonly StageName[]): readonly Instant[] {
  const there = [instant('now', null, mixed(way.now, way.wanted, new Set()), way.limits), ...instantsOn(way, stages)];
  return stages.length === 0 ? there : [...there, worst(waysBack(way, stages))];
}

/** While each stage is taken in, in this order, and after it. */
export function instantsOn({ now, wanted, limits }: Way, stages: readonly StageName[]): readonly Instant[] {
  return stages.flatMap((stage, index) => {
    const before = mixed(now, wanted, new Set(stages.slice(0, index)));
    const after = mixed(now, wanted, new Set(stages.slice(0, index + 1)));
    return [changing('changing', stage, before, after, limits), instant('after', stage, after, limits)];
  });
}

/** The way from where these stages are applied already. */
export function wayFrom(way: Way, applied: readonly StageName[]): Way {
  return { ...way, now: mixed(way.now, way.wanted, new Set(applied)) };
}

/** What the same moment would take with nothing changed: a restart has its migrations and its overlap today, too. */
export function takenToday(
  { now, limits }: Way,
  { stage, moment }: Pick<Instant, 'stage' | 'moment'>,
): Pick<Instant, 'connections' | 'memoryBytes'> {
  const restarts = stage !== null && (moment === 'changing' || moment === 'rollback');
  const beside = restarts ? besideOf(stage, limits) : NOTHING;
  const connections = connectionsOf({ ...now, kept: now.pool }, limits, beside);
  return { connections, memoryBytes: bytesOf(now, limits, beside).memoryBytes };
}

function mixed(now: Moment, wanted: Moment, applied: Applied): State {
  const { pool } = applied.has('db-pool') ? wanted : now;
  const { web } = applied.has('uvicorn-workers') ? wanted : now;
  const { celery, prefork } = applied.has('celery-workers') ? wanted : now;
  return { pool, web, celery, prefork, kept: Math.max(now.pool, pool) };
}

/** From every mix of applied stages, each of them put back. */
function waysBack({ now, wanted, limits }: Way, stages: readonly StageName[]): readonly Instant[] {
  const at = (applied: Applied): State => mixed(now, wanted, applied);
  const mixes: readonly Applied[] = Array.from(
    { length: 2 ** stages.length },
    (_, mix) => new Set(stages.filter((_, index) => Math.floor(mix / 2 ** index) % 2 === 1)),
  );
  return mixes.flatMap((applied) =>
    [...applied].map((stage) => {
      const rest = new Set([...applied].filter((other) => other !== stage));
      return changing('rollback', stage, at(applied), at(rest), limits);
    }),
  );
}

function worst(instants: readonly Instant[]): Instant {
  return instants.reduce((worse, next) => {
    if (worse.fits !== next.fits) return next.fits ? worse : next;
    return next.connections > worse.connections ? next : worse;
  });
}

/** Old and new processes side by side, each with the larger of the two pools. */
function changing(moment: Instant['moment'], stage: StageName, from: State, to: State, limits: Limits): Instant {
  const state = {
    pool: Math.max(from.pool, to.pool),
    web: Math.max(from.web, to.web),
    celery: Math.max(from.celery, to.celery),
    prefork: from.prefork || to.prefork,
    kept: Math.max(from.kept, to.kept),
  };
  return instant(moment, stage, state, limits, besideOf(stage, limits));
}

/** What runs beside the processes while they restart. */
interface Beside {
  readonly overlap: number;
  readonly migrations: number;
}

const NOTHING: Beside = { overlap: 0, migrations: 0 };

function besideOf(stage: StageName, { deployment, instances }: Limits): Beside {
  return {
    overlap: stage === 'celery-workers' ? 0 : deployment.overlap,
    migrations: migrationsOf(deployment, instances),
  };
}

/** Infinite where a pool has no limit. */
function connectionsOf(state: State, { deployment, instances }: Limits, { overlap, migrations }: Beside): number {
  const { pool, web, celery, kept } = state;
  const own = pooledAt({ web, celery }, deployment) * instances + (deployment.beat ? 1 : 0) + overlap;
  const [taken, left] = [false, true].map((one) => siblingPools(deployment, instances, one)) as [number, number];
  return (own + taken) * pool + (left === 0 ? 0 : left * kept) + migrations;
}

/** Of one instance, and of one container of each service. */
function bytesOf({ web, celery, prefork }: Moment, { deployment, memory }: Limits, { overlap }: Beside) {
  const backendBytes = web * memory.webWorker + (web > 1 ? memory.webParent : 0);
  const celeryBytes = celery * memory.celeryChild + (prefork ? memory.celeryParent : 0);
  const overlapBytes = overlap * memory.webWorker;
  const beside = sumOf(siblingMemory(deployment, memory)) + (deployment.beat ? memory.celeryParent : 0);
  const services =
    backendBytes * containersOf(deployment, 'backend') + celeryBytes * containersOf(deployment, 'celery');
  const memoryBytes = services + overlapBytes + beside + memory.redis + memory.system;
  return { backendBytes, celeryBytes, overlapBytes, memoryBytes };
}

function instant(
  moment: Instant['moment'],
  stage: StageName | null,
  state: State,
  limits: Limits,
  beside = NOTHING,
): Instant {
  const { connections: most, memoryBytes: room, serviceBytes } = limits;
  const connections = connectionsOf(state, limits, beside);
  const { backendBytes, celeryBytes, overlapBytes, memoryBytes } = bytesOf(state, limits, beside);
  const within =
    backendBytes + overlapBytes <= (serviceBytes.backend ?? room) && celeryBytes <= (serviceBytes.celery ?? room);
  const fits = connections <= most && memoryBytes <= room && within;
  const rest = { memoryBytes, fits };
  // A pool without a limit: one more than there is stands for what can't be counted.
  if (!Number.isFinite(connections)) return { stage, moment, connections: most + 1, unlimited: true, ...rest };
  return { stage, moment, connections, ...rest };
}
