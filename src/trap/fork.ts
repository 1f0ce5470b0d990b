import type { Source } from '../edit/python/source.js';
import { type Code, calledName, lineOf } from './code.js';
import { loadedByCelery, runsOnImport } from './loaded.js';
import { usesDatabase } from './sessions.js';
import type { Check } from './trap.js';

/** A connection that is opened on import is inherited by every child that celery forks; solo hides it. */
export const engineBeforeFork: Check = ({ wanted, starts }, code) => {
  if (wanted['celery.pool'] !== 'prefork' || isDisposed(code)) return [];
  return loadedByCelery(code, starts).flatMap((source) =>
    code
      .attempt(() => usesOnImport(source), [])
      .map((line) => ({
        code: 'engine-before-fork',
        message:
          'the database is used while the module is imported, so that the children of prefork share one connection',
        file: source.path,
        line,
        fix: 'Move it into a function that is called after the fork, or call engine.dispose(close=False) in worker_process_init',
      })),
  );
};

/** The lines that use the database on import. */
function usesOnImport(source: Source): readonly number[] {
  const lines = source.root
    .descendantsOfType('call')
    .flatMap((call) => (call !== null && runsOnImport(call) && usesDatabase(source, call) ? [lineOf(call)] : []));
  return [...new Set(lines)];
}

/** Each child gives up what it inherited: the remedy that the warning names. */
function isDisposed(code: Code): boolean {
  const disposing = code.inFiles(/\bworker_process_init\b/, (source) =>
    source.root
      .descendantsOfType('call')
      .filter((call) => call !== null && calledName(call) === 'dispose' && !runsOnImport(call)),
  );
  return disposing.length > 0;
}
