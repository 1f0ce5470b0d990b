/** CPython takes its lock from a thread that keeps it for longer. */
export const SWITCH_INTERVAL_MS = 5;

/**
 * Of the others inside, those who stand before with a slice of work, and do not only change hands as well: what agrees with workers that
 * are acted out by the turns of Python, from nearly idle to nearly full.
 */
const WITH_WORK = 1 / 6;
/** Of all that the others inside have to do, the most that anybody waits for: a worker with people inside never rests. */
const MOST_OF_WORK = 4 / 5;

/** What one worker does, as who waits for its lock sees it. */
interface Computing {
  /** How often a request waits for the lock beside its own work. */
  readonly lockWaits: number;
  /** What a request costs the worker. */
  readonly webMs: number;
  /** How many others a request meets. */
  readonly others: number;
}

/**
 * How long a request waits for Python's lock, beside its turns of work: each time that it changes hands, for others' slices. Work is
 * not delayed by it, since somebody always computes meanwhile; only who asks is.
 */
export function lockMs({ lockWaits, webMs, others }: Computing): number {
  const sliceMs = webMs * -Math.expm1(-SWITCH_INTERVAL_MS / webMs);
  return others * Math.min(MOST_OF_WORK * webMs, lockWaits * WITH_WORK * sliceMs);
}
