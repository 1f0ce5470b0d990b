import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { fail } from '../errors.js';
import type { Remote } from './remote.js';
import { type Channel, type Ending, ShellSession } from './shell-session.js';

export interface LocalOptions {
  readonly cwd?: string;
  readonly library: string;
  readonly nonce: () => string;
}

/** How long output may still arrive after the shell itself is gone, when a process it left behind holds the pipes. */
const LAST_WORDS_MS = 500;

/**
 * Opens this machine as a target.
 * @throws ProblemError `target` when the folder to work in is not there.
 */
export async function openLocal(options: LocalOptions): Promise<Remote> {
  const { cwd, library, nonce } = options;
  if (cwd !== undefined) await expectFolder(cwd);
  // A group of its own: Ctrl-C in the terminal is for the tool to handle, and must not kill the shell half way.
  const shell = spawn('/bin/sh', ['-s'], { cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  return new ShellSession(channelOf(shell), { address: 'local', library, nonce });
}

async function expectFolder(path: string): Promise<void> {
  const found = await stat(path).then(
    (stats) => (stats.isDirectory() ? undefined : 'not a folder'),
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
  if (found === undefined) return;
  fail({
    code: 'target',
    message: `the folder ${path} can not be entered`,
    place: { target: 'local', file: path },
    expected: 'a folder',
    found,
    fix: 'check the path after `local:`',
  });
}

function channelOf(child: ChildProcessWithoutNullStreams): Channel {
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, closed: ending(child) };
}

function ending(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ error }));
    child.on('close', (code, signal) => resolve(endingOf(code, signal)));
    child.on('exit', (code, signal) => {
      setTimeout(() => resolve(endingOf(code, signal)), LAST_WORDS_MS).unref();
    });
  });
}

function endingOf(code: number | null, signal: string | null): Ending {
  return { ...(code !== null && { code }), ...(signal !== null && { signal }) };
}
