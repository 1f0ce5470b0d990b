import * as database from './database.js';
import * as pooler from './pooler.js';
import * as processes from './processes.js';
import * as runtime from './runtime.js';
import type { Check, Trap, TrapInput } from './trap.js';

/** Those that need more than the sums of `size`, which are budgets and hold the rest. */
const CHECKS: readonly Check[] = [
  ...Object.values(database),
  ...Object.values(pooler),
  ...Object.values(processes),
  ...Object.values(runtime),
];

/** Everything found, by file and line. */
export function trapsIn(input: TrapInput): readonly Trap[] {
  return CHECKS.flatMap((check) => check(input)).toSorted(
    (a, b) => (a.file ?? '').localeCompare(b.file ?? '') || (a.line ?? 0) - (b.line ?? 0),
  );
}
