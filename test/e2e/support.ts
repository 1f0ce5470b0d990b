import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, lstat, mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect } from 'vitest';

export const BIN = fileURLToPath(new URL('../../bin/action-tune.js', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../templates/demo', import.meta.url));

export const DATABASE = 'backend/app/core/database.py';
export const REDIS = 'backend/app/core/redis_client.py';
export const COMPOSE = 'docker/docker-compose.polardb.yml';
export const STAGES = ['db-pool', 'redis-pool', 'uvicorn-workers', 'celery-workers'] as const;

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** A command that still runs. */
interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Result>;
}

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'e2e-')));
  folders.push(folder);
  return folder;
}

/** Starts the real command line, with nothing of this user's own surroundings and without a terminal. */
export function start(args: readonly string[], { cwd = tmpdir(), env = {}, stdin }: RunOptions = {}): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', LANG: 'C.UTF-8', ...env },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(stdin);
  return { child, done: ended(child) };
}

export function ended(child: ChildProcess): Promise<Result> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

export const run = (args: readonly string[], options?: RunOptions): Promise<Result> => start(args, options).done;

export interface Project {
  readonly root: string;
  readonly path: (file: string) => string;
  readonly run: (...args: readonly string[]) => Promise<Result>;
  readonly read: (file: string) => Promise<string>;
  readonly write: (file: string, content: string | Buffer) => Promise<void>;
  readonly has: (file: string) => Promise<boolean>;
  /** Every entry but the tool's own state and what `custom` commands leave, with kind, hash, mode and owner. */
  readonly fingerprint: () => Promise<Readonly<Record<string, string>>>;
  /** The fingerprint with the tool's own state. */
  readonly everything: () => Promise<Readonly<Record<string, string>>>;
}

/** A copy of the sample project in a folder of its own, optionally below a folder of another name. */
export async function project(name = 'action', config?: string): Promise<Project> {
  const root = join(await temporaryFolder(), name);
  await cp(SAMPLE, root, { recursive: true });
  if (config !== undefined) await writeFile(join(root, 'action-tune.yaml'), config);
  return at(root);
}

/** A project that is there already. */
export function at(root: string): Project {
  const path = (file: string) => join(root, file);
  return {
    root,
    path,
    run: (...args) => run(args, { cwd: root }),
    read: (file) => readFile(path(file), 'utf8'),
    write: (file, content) => writeFile(path(file), content),
    has: (file) => exists(path(file)),
    fingerprint: () => fingerprint(root, (entry) => !/^(\.action-tune(\/|$)|restarts\.log$|ok$|go$)/.test(entry)),
    everything: () => fingerprint(root),
  };
}

export async function fingerprint(root: string, wanted = (_: string) => true): Promise<Record<string, string>> {
  const entries = (await readdir(root, { recursive: true })).filter(wanted).toSorted();
  return Object.fromEntries(
    await Promise.all(entries.map(async (entry) => [entry, await identity(join(root, entry))])),
  );
}

async function identity(path: string): Promise<string> {
  const stats = await lstat(path);
  const attributes = `${stats.mode.toString(8)} ${stats.uid}:${stats.gid}`;
  if (stats.isSymbolicLink()) return `-> ${await readlink(path)} ${attributes}`;
  if (!stats.isFile()) return `folder ${attributes}`;
  return `${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')} ${attributes}`;
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Waits for something that another process does. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await sleep(50);
  }
}

/** A configuration whose runtime is the user's own commands. */
export function customConfig(backend: { restart: string; check?: string }, extra = 'soak: 0s\n'): string {
  const celery = { restart: 'echo celery >> restarts.log' };
  const custom = JSON.stringify({ backend, celery });
  return `${extra}targets:\n  here:\n    url: local:.\n    runtime: custom\n    custom: ${custom}\n`;
}

export const RESTART = 'echo backend >> restarts.log';
/** A restart that lasts until the test says so; not for ever, should the test be gone. */
export const UNTIL_GO = 'for turn in $(seq 300); do test -e go && break; sleep 0.1; done';

/** What every refusal looks like: its exit code, where and what next, no stack trace, and a clean stdout. */
export function expectRefused(result: Result, exit: number, ...says: readonly (string | RegExp)[]): void {
  expect(result).toMatchObject({ code: exit });
  for (const words of says) expect(result.stderr).toMatch(words);
  expect(result.stderr).toMatch(/do next|\(see action-tune/);
  expect(result.stderr).not.toMatch(/\n\s+at (.*\(.*:\d+:\d+\)|async |file:|node:)/);
  if (result.stdout !== '') expect(JSON.parse(result.stdout)).toMatchObject({ schema: 1 });
}
