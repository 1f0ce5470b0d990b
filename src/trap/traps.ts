import type { PythonParser } from '../edit/python/grammar.js';
import * as broker from './broker.js';
import { withCode } from './code.js';
import * as database from './database.js';
import * as endpoints from './endpoints.js';
import * as fork from './fork.js';
import * as pooler from './pooler.js';
import * as processes from './processes.js';
import * as runtime from './runtime.js';
import * as tasks from './tasks.js';
import type { Check, Trap, TrapInput } from './trap.js';

/** Those that need more than the sums of `size`, which are budgets and hold the rest. */
const CHECKS: readonly Check[] = [
  ...Object.values(broker),
  ...Object.values(database),
  ...Object.values(endpoints),
  ...Object.values(fork),
  ...Object.values(pooler),
  ...Object.values(processes),
  ...Object.values(runtime),
  ...Object.values(tasks),
];

/** Everything found, by file and line. */
export function trapsIn(input: TrapInput, python: PythonParser): readonly Trap[] {
  const found = withCode(python, input.sources, (code) =>
    CHECKS.flatMap((check) => code.attempt(() => check(input, code), [])),
  );
  return found.toSorted((a, b) => (a.file ?? '').localeCompare(b.file ?? '') || (a.line ?? 0) - (b.line ?? 0));
}
