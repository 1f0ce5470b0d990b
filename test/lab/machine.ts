import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, inject } from 'vitest';
import { type Result, type Running, run, start } from './process.js';
import type { LoadReport, TasksReport } from './reports.js';

const LAB = fileURLToPath(new URL('lab', import.meta.url));
const LOAD = fileURLToPath(new URL('load/load.js', import.meta.url));
const BIN = fileURLToPath(new URL('../../bin/action-tune.js', import.meta.url));

export const SUITES = ['trixie', 'bookworm'] as const;
export type Suite = (typeof SUITES)[number];
/** `bare`: the project is there, and nothing runs it. */
export type Runtime = 'systemd' | 'compose' | 'compose-baked' | 'bare';

const TARGET = 'ssh://root@127.0.0.1/root/Action';
const HOTSPOTS = 'http://127.0.0.1:8001/api/v1/hotspots/';
const BACKEND = '/root/Action/backend';

interface LoadOptions {
  readonly url?: string;
  readonly rate?: number;
  /** It ends by itself then. */
  readonly seconds?: number;
  readonly lateMs?: number;
  readonly timeoutMs?: number;
}

export interface Load {
  /** What became of all requests so far; none is sent any more. */
  readonly stop: () => Promise<LoadReport>;
}

export interface Batch {
  readonly report: () => Promise<TasksReport>;
  /** Waits until every task has ended, or none has for some time. */
  readonly settled: (patienceMs?: number) => Promise<TasksReport>;
}

/** Tests on a machine of each suite; skipped, with the reason in their title, where there can be no machine. */
export function onEachSuite(title: string, body: (suite: Suite) => void): void {
  const obstacle = inject('labObstacle');
  const reason = obstacle === null ? '' : ` (not here: ${obstacle})`;
  describe.skipIf(obstacle !== null).each(SUITES)(`${title}, on %s${reason}`, body);
}

let count = 0;

/** Boots a machine of this test file's own. */
export async function machine(suite: Suite, runtime: Runtime): Promise<Machine> {
  count += 1;
  const name = `t${process.pid}-${count}`;
  await lab(['boot', suite, name], { ACTION_TUNE_LAB_OWNER: String(process.pid) });
  const booted = new Machine(name, suite, runtime);
  await booted.setRuntime(runtime);
  return booted;
}

export class Machine {
  readonly name: string;
  readonly suite: Suite;
  #runtime: Runtime;

  constructor(name: string, suite: Suite, runtime: Runtime) {
    this.name = name;
    this.suite = suite;
    this.#runtime = runtime;
  }

  get runtime(): Runtime {
    return this.#runtime;
  }

  /** A shell command in the machine, as root, over ssh. */
  exec(command: string): Promise<Result> {
    return run(LAB, ['exec', this.name, command], labEnvironment());
  }

  /** What it prints; it must succeed. */
  async read(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.exec(command);
    if (code !== 0) throw new Error(`${this.name}: ${command}: exit ${code}: ${stderr}`);
    return stdout.trimEnd();
  }

  /** A program of this host, with the machine as its network and the keys to it; `child` is the program itself. */
  start(program: string, ...args: readonly string[]): Running {
    return start(LAB, ['in', this.name, program, ...args], labEnvironment());
  }

  startTune(...args: readonly string[]): Running {
    const target = args.includes('--target') ? [] : ['--target', TARGET];
    return this.start(process.execPath, BIN, ...args, ...target);
  }

  /** action-tune on this machine; `json` reads what it printed. */
  async tune(...args: readonly string[]) {
    const { child, done } = this.startTune(...args);
    child.stdin?.end();
    const result = await done;
    return { ...result, json: () => JSON.parse(result.stdout) };
  }

  /** The hash of each file's content, and `absent` for one that is not there. */
  async sha(...paths: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const quoted = paths.map((path) => `'${path.replaceAll("'", `'\\''`)}'`).join(' ');
    const each = `for f in ${quoted}; do if [ -e "$f" ]; then sha256sum <"$f"; else echo absent; fi; done`;
    const lines = (await this.read(each)).split('\n').map((line) => line.split(' ')[0] ?? '');
    return Object.fromEntries(paths.map((path, index) => [path, lines[index] ?? '']));
  }

  /** Offers requests until it is told to stop, each over a connection of its own. */
  load({ url = HOTSPOTS, rate = 50, seconds = 600, lateMs = 1000, timeoutMs = 10_000 }: LoadOptions = {}): Load {
    const limits = ['--while-input', '--late-ms', String(lateMs), '--timeout-ms', String(timeoutMs)];
    const args = [LOAD, url, '--rate', String(rate), '--seconds', String(seconds), ...limits];
    const { child, done } = this.start(process.execPath, ...args);
    return {
      stop: async () => {
        child.stdin?.end();
        const { code, stdout, stderr } = await done;
        if (code !== 0) throw new Error(`the load client ended with ${code}: ${stderr}`);
        return JSON.parse(stdout);
      },
    };
  }

  /** What is lost while something is done, and for a second before and after it. */
  async during<T>(act: () => Promise<T>, options?: LoadOptions): Promise<{ result: T; load: LoadReport }> {
    const load = this.load(options);
    try {
      await sleep(1000);
      const result = await act();
      await sleep(1000);
      return { result, load: await load.stop() };
    } catch (error) {
      await load.stop();
      throw error;
    }
  }

  /** Sends tasks that take so long each; it returns when all are in the queue. */
  async tasks(size: number, seconds: number): Promise<Batch> {
    const python = `cd ${BACKEND} && venv/bin/python -m app.jobs`;
    count += 1;
    const batch = `batch-${count}`;
    await this.read(`${python} send ${batch} ${size} ${seconds}`);
    const report = async (): Promise<TasksReport> => JSON.parse(await this.read(`${python} count ${batch}`));
    return { report, settled: (patienceMs = 20_000) => settle(report, patienceMs) };
  }

  /** The limit of connections of the database, which is restarted for it. */
  async maxConnections(limit: number): Promise<void> {
    await this.read(`cd / && su postgres -c "psql -qc 'ALTER SYSTEM SET max_connections = ${limit}'"`);
    await this.read('systemctl restart postgresql');
  }

  async setRuntime(runtime: Runtime): Promise<void> {
    await lab(['runtime', this.name, runtime]);
    this.#runtime = runtime;
  }

  /** Booted again, in good order or as when the power fails, and the application up again. */
  async reboot(how: 'reboot' | 'crash' = 'reboot'): Promise<void> {
    await lab([how, this.name]);
    if (this.#runtime !== 'bare') await this.read('lab-runtime wait');
  }

  /** As it was when it was new: nothing is left of what was done with it. */
  async restore(): Promise<void> {
    await lab(['reset', this.name]);
    await this.setRuntime(this.#runtime);
  }

  async remove(): Promise<void> {
    await lab(['remove', this.name]);
  }
}

async function settle(report: () => Promise<TasksReport>, patienceMs: number): Promise<TasksReport> {
  let last = await report();
  let since = performance.now();
  while (last.missing > 0 && performance.now() - since < patienceMs) {
    await sleep(500);
    const next = await report();
    if (next.finished > last.finished) since = performance.now();
    last = next;
  }
  return last;
}

/** Where the lab keeps its machines may be told to it. */
function labEnvironment(): Readonly<Record<string, string>> {
  const kept = ['HOME', 'ACTION_TUNE_LAB', 'XDG_CACHE_HOME'].map((name) => [name, process.env[name]]);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}

async function lab(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { code, stderr } = await run(LAB, args, { ...labEnvironment(), ...env });
  if (code !== 0) throw new Error(`lab ${args.join(' ')}: exit ${code}: ${stderr}`);
}
