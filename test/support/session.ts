import { randomBytes } from 'node:crypto';
import { type Problem, ProblemError } from '../../src/errors.js';
import { type SshEdges, systemEdges } from '../../src/remote/ssh/edges.js';

/** Functions the tests of every remote call. */
export const TEST_LIBRARY = `
show_args() { printf '%s\\0' "$@"; }
swallow() { cat; }
count_input() { wc -c | tr -d ' '; }
both() { printf 'to stdout'; printf 'to stderr' >&2; }
leave() { exit "$1"; }
read_input() { cat; echo end; }
nap() { sleep "$1"; }
die_in() { kill -9 $$; }
set_mark() { mark=$1; cd /; }
get_mark() { printf '%s' "\${mark:-unset}"; }
session_pid() { ps -o ppid= -p $$ | tr -d ' '; }
bytes() { head -c "$1" /dev/zero; }
`;

export const nonce = (): string => randomBytes(16).toString('hex');

/** The one problem a promise rejects with; anything else fails the test. */
export async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const outcome = await promise.then(
    () => 'no rejection at all',
    (error: unknown) => error,
  );
  if (outcome instanceof ProblemError && outcome.problems[0] !== undefined) return outcome.problems[0];
  throw new Error('expected a problem', { cause: outcome });
}

/** This machine without its agent; what else a test needs is laid over it. */
export function testEdges(overrides: Partial<SshEdges> = {}): SshEdges {
  const { SSH_AUTH_SOCK: _, ...env } = process.env;
  return { ...systemEdges(env), ...overrides };
}
