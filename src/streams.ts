import { EXIT, type ExitCode, exitOf, type Problem } from './errors.js';

/** What became of what was written to stdout, once all of it is: the first failure, where a reader that left is none. */
export type Written = () => Promise<NodeJS.ErrnoException | null>;

/** No failure of a stream ends the work: that of stdout is told at the end, and for that of stderr there is nobody to tell. */
export function watchStreams(stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): Written {
  const failures: NodeJS.ErrnoException[] = [];
  stdout.on('error', (error: NodeJS.ErrnoException) => failures.push(error));
  stderr.on('error', () => undefined);
  return async () => {
    await new Promise((resolve) => stdout.write('', resolve));
    // A stream calls back before it says what was wrong.
    await new Promise((resolve) => setImmediate(resolve));
    const [first = null] = failures;
    return first?.code === 'EPIPE' ? null : first;
  };
}

/** How a command ended. `done`: what it changed, which stands; `null` where it only had to answer, or told on stderr what went wrong. */
export interface Ending {
  readonly exit: ExitCode;
  readonly done: readonly string[] | null;
}

/** An answer that nobody has. What was to change something ends as that ended; what was only to answer has failed. */
export function unwritten({ message }: Error, { exit, done }: Ending): { problem: Problem; exit: ExitCode } {
  const well = exit === EXIT.done || exit === EXIT.pending;
  const problem: Problem = {
    code: 'output',
    message: `the answer could not be written to stdout${becameOf(done, well)}`,
    found: message,
    fix: done === null ? 'Give it a stdout that can be written.' : 'See what is in force with `action-tune status`.',
  };
  return { problem, exit: done === null && well ? exitOf(problem) : exit };
}

function becameOf(done: Ending['done'], well: boolean): string {
  if (done !== null && done.length > 0) return `; what was done stands: ${done.join(', ')}`;
  return well ? '; nothing was changed' : '';
}
