import { ProblemError } from './errors.js';

/** What Ctrl-C means: before a run nothing was changed yet; during one it ends at its next safe point. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Marks the work during which the target must not be left alone. */
  readonly hold: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called once the target knows that it is to stop: from then on it may be left alone. */
  readonly told: () => void;
  /** Rejects with an `interrupted` problem at a signal that comes before any run. Never resolves. */
  readonly stopped: Promise<never>;
}

/** `leave` ends the program at the second signal, as soon as the target knows: it then ends by itself. A third waits for nothing. */
export function watchSignals(source: NodeJS.Process, say: (line: string) => void, leave: () => void): Interruption {
  const controller = new AbortController();
  let held = false;
  let leaving = false;
  let told: () => void = () => undefined;
  const knows = new Promise<void>((resolve) => {
    told = resolve;
  });
  const leaveWhenTold = () => {
    leaving = true;
    void knows.then(leave);
  };
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => {
      if (leaving) return leave();
      if (controller.signal.aborted) return leaveWhenTold();
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
  return { signal: controller.signal, hold, told, stopped };
}

export function interruptedProblem(): ProblemError {
  return new ProblemError({
    code: 'interrupted',
    message: 'Stopped as asked; nothing was changed',
    fix: 'Start again whenever you like.',
  });
}
