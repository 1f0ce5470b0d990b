import type { Found, Known, StageName } from '../settings.js';
import type { Instant } from './budget.js';
import { containersOf } from './containers.js';
import { LIBRARY } from './library.js';
import { siblingMemory, siblingPools } from './siblings.js';
import type { Deployment, ServiceBytes } from './sizing.js';
import { celeryProcesses, type RoleMemory, sumOf, type Workers } from './workers.js';

/** What counts of the settings at one moment, on one instance. */
export interface Moment {
  /** Connections of one process. */
  readonly pool: number;
  readonly web: number;
  readonly celery: number;
  readonly prefork: boolean;
}

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
export function takenToday({ now, limits }: Way, { stage, moment }: Pick<Instant, 'stage' | 'moment'>): number {
  const restarts = stage !== null && (moment === 'changing' || moment === 'rollback');
  return connectionsOf({ ...now, kept: now.pool }, limits, restarts ? besideOf(stage, limits) : NOTHING);
}

function momentOf(current: Found, cores: number): Moment | null {
  const size = resolved(current['db.pool_size'] ?? LIBRARY['db.pool_size']);
  const overflow = resolved(current['db.max_overflow'] ?? LIBRARY['db.max_overflow']);
  const web = resolved(current['web.workers'] ?? LIBRARY['web.workers']);
  const kind = current['celery.pool'] ?? 'prefork';
  const celery = resolved(current['celery.concurrency'] ?? cores);
  if (size === null || overflow === null || web === null || celery === null || typeof kind !== 'string') return null;
  return {
    pool: size === 0 || overflow < 0 ? Number.POSITIVE_INFINITY : size + overflow,
    web,
    celery: kind === 'prefork' ? celery : 1,
    prefork: kind === 'prefork',
  };
}

function resolved(known: Known): number | null {
  return typeof known === 'number' ? known : null;
}

export function momentOfWorkers(pool: number, workers: Workers): Moment {
  return { pool, web: workers.web, celery: celeryProcesses(workers), prefork: workers.prefork };
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
    migrations: deployment.migrations ? instances * containersOf(deployment, 'backend') : 0,
  };
}

/** Infinite where a pool has no limit. */
function connectionsOf(state: State, { deployment, instances }: Limits, { overlap, migrations }: Beside): number {
  const { pool, web, celery, kept } = state;
  const each = web * containersOf(deployment, 'backend') + celery * containersOf(deployment, 'celery');
  const own = each * instances + (deployment.beat ? 1 : 0) + overlap;
  const [taken, left] = [false, true].map((one) => siblingPools(deployment, instances, one)) as [number, number];
  return (own + taken) * pool + (left === 0 ? 0 : left * kept) + migrations;
}

function instant(
  moment: Instant['moment'],
  stage: StageName | null,
  state: State,
  limits: Limits,
  beside = NOTHING,
): Instant {
  const { deployment, memory, connections: most, memoryBytes: room, serviceBytes } = limits;
  const { web, celery, prefork } = state;
  const connections = connectionsOf(state, limits, beside);
  const [backends, celeries] = [containersOf(deployment, 'backend'), containersOf(deployment, 'celery')];
  const backendBytes = web * memory.webWorker + (web > 1 ? memory.webParent : 0);
  const celeryBytes = celery * memory.celeryChild + (prefork ? memory.celeryParent : 0);
  const beatBytes = deployment.beat ? memory.celeryParent : 0;
  const siblings = sumOf(siblingMemory(deployment, memory));
  const overlapBytes = beside.overlap * memory.webWorker;
  const memoryBytes =
    backends * backendBytes +
    overlapBytes +
    celeries * celeryBytes +
    beatBytes +
    siblings +
    memory.redis +
    memory.system;
  const within =
    backendBytes + overlapBytes <= (serviceBytes.backend ?? room) && celeryBytes <= (serviceBytes.celery ?? room);
  const fits = connections <= most && memoryBytes <= room && within;
  const rest = { memoryBytes, fits };
  // A pool without a limit: one more than there is stands for what can't be counted.
  if (!Number.isFinite(connections)) return { stage, moment, connections: most + 1, unlimited: true, ...rest };
  return { stage, moment, connections, ...rest };
}
