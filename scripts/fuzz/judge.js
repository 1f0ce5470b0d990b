// Lets the readers of each kind of file say whether an edit left the rest of it as it was.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('judge.py', import.meta.url));

/** One process for many pairs of `[path, before, after]`. */
export function judgePairs(pairs) {
  const python = spawnSync('/usr/bin/python3', ['--version']).status === 0 ? '/usr/bin/python3' : 'python3';
  const run = spawnSync(python, ['-X', 'utf8', '-W', 'ignore', SCRIPT], {
    input: JSON.stringify(pairs),
    encoding: 'utf8',
    maxBuffer: 2 ** 29,
  });
  if (run.status !== 0) throw new Error(run.stderr || 'the fuzzer needs python3');
  return JSON.parse(run.stdout);
}
