/** What the load client says (load/load.js). */
export interface LoadReport {
  readonly sent: number;
  readonly ok: number;
  /** Answered with an error. */
  readonly failed: number;
  /** Not answered, or not to the end: the sum of the four that follow. */
  readonly lost: number;
  readonly refused: number;
  readonly reset: number;
  readonly closed: number;
  readonly timedOut: number;
  /** Answered, but after more than the limit. */
  readonly late: number;
  /** The longest time in which every request was lost. */
  readonly gapMs: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
}

/** What became of a batch of tasks, by the rows that each start and each end left (app/backend/app/jobs.py). */
export interface TasksReport {
  readonly sent: number;
  readonly started: number;
  readonly finished: number;
  /** Never ended. */
  readonly missing: number;
  /** Started more than once. */
  readonly repeated: number;
  /** Started more often than ended. */
  readonly broken: number;
}
