import type { Found, Known } from '../settings.js';
import { containersOf } from './containers.js';
import { LIBRARY } from './library.js';
import type { Deployment } from './sizing.js';
import { celeryProcesses, type Workers } from './workers.js';

/** What counts of the settings at one moment, on one instance. */
export interface Moment {
  /** Connections of one process. */
  readonly pool: number;
  readonly web: number;
  readonly celery: number;
  readonly prefork: boolean;
}

export function momentOf(current: Found, cores: number): Moment | null {
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

/** Processes of the two services that hold a pool, on one instance. */
export function pooledAt(
  { web, celery }: Pick<Moment, 'web' | 'celery'>,
  deployment: Pick<Deployment, 'containers'>,
): number {
  return web * containersOf(deployment, 'backend') + celery * containersOf(deployment, 'celery');
}
