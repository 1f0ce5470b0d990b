import { STAGES, type Wanted } from '../settings.js';
import type { Instant } from './budget.js';
import type { Way } from './instants.js';
import { isTooMuch, poolThatFits } from './order.js';
import { LEAST_PER_PROCESS, processesWithin } from './pools.js';
import { type Outcome, settle } from './settle.js';
import type { SizingInput } from './sizing.js';
import { celeryProcesses } from './workers.js';

/** The end fits, and this moment before it does not. */
export interface StrainOnTheWay {
  readonly way: Way;
  readonly instant: Instant;
}

/** Why the connections do not do: for the processes at all, for what is asked of them, or at a moment on the way. */
type Strain = 'too-few' | 'too-many' | StrainOnTheWay;

export function strainOf({ frame, layout, budget, way }: Outcome): Strain | null {
  const { overrides } = frame;
  const byHand = overrides['db.pool_size'] !== undefined || overrides['db.max_overflow'] !== undefined;
  if (!byHand && layout.connections.perProcess < LEAST_PER_PROCESS) return 'too-few';
  if (!budget.database.fits) return 'too-many';
  if (way === null) return null;
  const instant = budget.instants.find((each) => isTooMuch(each, way));
  return instant === undefined ? null : { way, instant };
}

// Whatever a message offers is tried first: a plan with it must hold, at the end and at every moment on the way.

function holds(input: SizingInput): boolean {
  return strainOf(settle(input)) === null;
}

/** A limit that is enough, from this one on: a larger one may bring larger pools, which need a larger one again. */
export function limitThatFits(input: SizingInput, from: number): number {
  const { facts } = input;
  const outcome = settle({ ...input, facts: { ...facts, database: { ...facts.database, maxConnections: from } } });
  const strain = strainOf(outcome);
  if (strain === null) return from;
  const { database, instants } = outcome.budget;
  const most = Math.max(database.peak, ...instants.map(({ connections }) => connections));
  return limitThatFits(input, Math.max(from + 1, most + database.reserved));
}

/** The fewest processes less with which each may hold so many; null where none would do. */
export function fewerProcesses(input: SizingInput, { layout, frame }: Outcome, each: number): Wanted | null {
  const { workers, connections } = layout;
  const room = processesWithin(connections, each);
  const { backend, celery: celeries } = connections.containers;
  // Celery children are given up first, because their work can wait.
  const web = Math.min(workers.web, Math.floor((room - celeries) / backend));
  const celery = Math.min(celeryProcesses(workers), Math.floor((room - web * backend) / celeries));
  if (web < 1 || celery < 1) return null;
  const fewer: Wanted = {
    ...(web < workers.web ? { 'web.workers': web } : {}),
    ...(celery < celeryProcesses(workers) ? { 'celery.concurrency': celery } : {}),
  };
  const overrides = { ...frame.overrides, ...fewer };
  return Object.keys(fewer).length > 0 && holds({ ...input, overrides }) ? fewer : null;
}

/** The largest pool of each process up to this one. */
export function smallerPool(input: SizingInput, { way, frame }: Outcome, most: number): number | null {
  const pool = way === null ? Math.max(most, 0) || null : poolThatFits(way, input.stages ?? STAGES, most);
  if (pool === null) return null;
  const overrides = { ...frame.overrides, 'db.pool_size': pool, 'db.max_overflow': 0 };
  return holds({ ...input, overrides }) ? pool : null;
}
