import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Files } from '../project.js';

const MANAGER = '/lib/systemd/systemd';
const NOBODY = 65534;
const UNIT = 'app.service';
const PROGRAMS = ['uvicorn', 'gunicorn', 'celery'];

export const isManagerThere =
  spawnSync(MANAGER, ['--version']).status === 0 && spawnSync('systemd-analyze', ['--version']).status === 0;
if (!isManagerThere) console.warn('skipped: no unit is held against systemd itself, which is not installed');

/** What systemd makes of a unit with its drop-ins, whose programs are all there. */
export interface Verdict {
  /** The status and the complaints of `systemd-analyze verify`. */
  readonly verified: string;
  /** The unit as the manager would run it, line by line. */
  readonly dump: readonly string[];
}

export interface Manager {
  judge(files: Files): Verdict;
  close(): void;
}

/** A folder with units of its own, and the programs under `/v/` that they start. */
export function openManager(): Manager {
  const root = mkdtempSync(join(tmpdir(), 'units-'));
  mkdirSync(join(root, 'v'));
  for (const name of PROGRAMS) writeFileSync(join(root, 'v', name), '#!/bin/sh\n');
  for (const name of ['.', 'v', ...PROGRAMS.map((program) => `v/${program}`)]) chmodSync(join(root, name), 0o755);
  // The manager tests nothing for root.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(root, NOBODY, NOBODY);
  const env = { PATH: process.env.PATH, SYSTEMD_UNIT_PATH: `${root}:`, HOME: root, XDG_RUNTIME_DIR: root };
  const run = (program: string, ...args: readonly string[]) => spawnSync(program, args, { env, encoding: 'utf8' });
  const other = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  const [test = '', ...testArgs] = [...other, MANAGER, '--test', '--user', `--unit=${UNIT}`];

  return {
    judge(files) {
      write(root, files);
      const { status, stderr } = run('systemd-analyze', 'verify', '--man=no', join(root, UNIT));
      const { stdout } = run(test, ...testArgs);
      const own = stdout.split('-> Unit ').find((part) => part.startsWith(`${UNIT}:`)) ?? '';
      // The jobs that would start it depend on what else there is.
      const dump = (own.split('-> Job ')[0] ?? '').split('\n').map((line) => line.trim());
      return { verified: `${status} ${stderr}`, dump };
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Whether a file is one that the manager reads: the unit, or a drop-in of it. */
export function isPart(path: string): boolean {
  return basename(path) === UNIT || (path.endsWith('.conf') && basename(dirname(path)) === `${UNIT}.d`);
}

function write(root: string, files: Files): void {
  rmSync(join(root, `${UNIT}.d`), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files).filter(([path]) => isPart(path))) {
    const place = path.endsWith(UNIT) ? join(root, UNIT) : join(root, `${UNIT}.d`, basename(path));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text.replaceAll('/v/', `${root}/v/`));
  }
}

/** The lines of each that the other has not, but for how often. */
export function differing(before: readonly string[], after: readonly string[]): readonly [string[], string[]] {
  return [before.filter((line) => !after.includes(line)), after.filter((line) => !before.includes(line))];
}
