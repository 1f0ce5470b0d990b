import { ProblemError } from './errors.js';

/** What Ctrl-C means: before a run nothing was changed yet; during one it ends at its next safe point. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Marks the work during which the target must not be left alone. */
  readonly hold: <T>(work: () => Promise<T>) => Promise<T>;
  /** Rejects with an `interrupted` problem at a signal that comes before any run. Never resolves. */
  readonly stopped: Promise<never>;
}

/** `leave` ends the program at the second signal: the target then ends by itself. */
export function watchSignals(source: NodeJS.Process, say: (line: string) => void, leave: () => void): Interruption {
  const controller = new AbortController();
  let held = false;
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => {
      if (controller.signal.aborted) return leave();
      controller.abort();
      if (!held) return reject(interruptedProblem());
      return say('stopping at the next safe point (once more to leave at once)');
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) source.on(signal, stop);
  });
  stopped.catch(() => undefined);
  const hold = <T>(work: () => Promise<T>): Promise<T> => {
    held = true;
    return work();
  };
  return { signal: controller.signal, hold, stopped };
}

export function interruptedProblem(): ProblemError {
  return new ProblemError({
    code: 'interrupted',
    message: 'Stopped as asked; nothing was changed',
    fix: 'Start again whenever you like.',
  });
}
