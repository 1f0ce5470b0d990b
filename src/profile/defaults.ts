import type { Workload } from './profile.js';

const MB = 1_000_000;

/**
 * What a profile that says nothing gets.
 *
 * Think time, demand and objective are calibrated, not measured: with them the queueing model gives what the operations
 * guide states for its own department (10-15 users before, 20-30 after). `calibrate` measures the real ones.
 * The memory of a web worker is the guide's (2 workers, about 600 MB); the other roles are sized with room over a
 * measured minimal application (parent 25 MB, celery main 71 MB, child 63 MB), because a real one imports more.
 */
export const DEFAULTS = {
  instances: 1,
  thinkTimeMs: 900,
  demandMs: { web: 100, database: 20 },
  /** What celery and Redis take is not known, and differs more than anything else. */
  otherCores: 0,
  /** Of an endpoint of FastAPI by `def` with a session by `Depends`, as the guide's service has them. */
  lockWaits: 13,
  responseBytes: 5000,
  p95Ms: 1350,
  memoryBytes: {
    webWorker: 300 * MB,
    webParent: 30 * MB,
    celeryChild: 250 * MB,
    celeryParent: 150 * MB,
    redis: 100 * MB,
    system: 500 * MB,
  },
  /** PostgreSQL's `superuser_reserved_connections`. */
  reserved: 3,
  reserve: 10,
  /** The smallest node of PolarDB has two cores. */
  databaseCpus: 2,
} as const satisfies {
  memoryBytes: Workload['memoryBytes'];
  demandMs: Pick<Workload['demandMs'], 'web' | 'database'>;
  [key: string]: unknown;
};
