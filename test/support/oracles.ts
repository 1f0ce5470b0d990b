import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';

/** Debian's own interpreter, which its packages are for; elsewhere whatever is called so. */
const PYTHON = spawnSync('/usr/bin/python3', ['--version']).status === 0 ? '/usr/bin/python3' : 'python3';

/** What a program says of some input, as JSON; one process for all of it. */
export function askPython<T>(script: string, input: unknown): T {
  const run = spawnSync(PYTHON, ['-X', 'utf8', '-W', 'ignore', '-c', script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as T;
}

export function hasModules(...modules: readonly string[]): boolean {
  return spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`]).status === 0;
}

/**
 * Whether an oracle is there. Where it is not, the test says what it needs; in CI it fails, so that nothing is passed
 * over there.
 */
export function hasOracle(what: string, isThere: boolean): boolean {
  if (!isThere && process.env.CI) expect.unreachable(`CI needs ${what}`);
  if (!isThere) console.warn(`not held against ${what}, which is not on this machine`);
  return isThere;
}
