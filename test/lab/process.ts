import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of this host that still runs. Its standard input ends with `child.stdin.end()`, or with this process. */
export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Result>;
}

/** Starts a program with nothing of this user's own surroundings. */
export function start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(program, args, {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const done = Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { child, done: done.then(([code, stdout, stderr]) => ({ code, stdout, stderr })) };
}

/** The same, without any input, to its end. */
export function run(...call: Parameters<typeof start>): Promise<Result> {
  const { child, done } = start(...call);
  child.stdin?.end();
  return done;
}
