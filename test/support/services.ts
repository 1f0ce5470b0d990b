import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sessionLibrary } from '../../src/assets.js';
import type { Call } from '../../src/remote/remote.js';
import { renderCall, renderLibrary } from '../../src/remote/script.js';
import { programOf } from '../../src/target/program-rows.js';
import { rowsOf } from '../../src/target/rows.js';
import type { ProgramFacts } from '../../src/target/services.js';
import { freePort } from './sshd.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/services', import.meta.url));
/** Debian's own: another one in PATH has none of the packages. */
export const PYTHON = '/usr/bin/python3';
/** What the fixture imports. */
const APPLICATION = { 'app/__init__.py': '', 'app/core/__init__.py': '', 'app/core/database.py': '' };
const REF = ['systemd', 'action.service', '-'] as const;

interface Starting {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** It is up once somebody answers there. */
  readonly port?: number;
}

/** Where Debian's packages are missing, and nobody says they must be there, as in CI: why a test can't run. */
export function packagesMissing(...modules: readonly string[]): string | null {
  if (process.env.CI) return null;
  const { status } = spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`]);
  return status === 0 ? null : `${PYTHON} has not all of ${modules.join(', ')}`;
}

/** An application in a folder of its own, a service that runs it, and a machine that knows the service's main process. */
export class ServiceBench {
  readonly root: string;
  #service: ChildProcess | undefined;

  private constructor(root: string) {
    this.root = root;
  }

  /** `modules`: files of the application by their paths. */
  static async make(modules: Readonly<Record<string, string>>): Promise<ServiceBench> {
    const bench = new ServiceBench(await realpath(await mkdtemp(join(tmpdir(), 'services-'))));
    await cp(FIXTURES, join(bench.root, 'bin'), { recursive: true });
    for (const [path, text] of Object.entries({ ...APPLICATION, ...modules })) {
      await bench.write(path, text);
    }
    return bench;
  }

  path(file: string): string {
    return join(this.root, file);
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(file)), { recursive: true });
    await writeFile(this.path(file), text);
  }

  /** The fixture that stands in for uvicorn. */
  async uvicorn(
    workers: number,
    more: Partial<Starting> & { readonly args?: readonly string[] } = {},
  ): Promise<number> {
    const port = await freePort();
    const argv = [
      PYTHON,
      this.path('bin/uvicorn'),
      'app.main:app',
      '--port',
      String(port),
      '--workers',
      String(workers),
    ];
    const pid = await this.start({ ...more, argv: [...argv, ...(more.args ?? [])], port });
    if (workers > 1) await this.until(async () => (await this.workerPids()).length === workers);
    return pid;
  }

  async start({ argv: [program = '', ...args], env = {}, port }: Starting): Promise<number> {
    const child = spawn(program, args, {
      cwd: this.root,
      env: { PATH: '/usr/bin:/bin', ...env },
      stdio: 'ignore',
      detached: true,
    });
    this.#service = child;
    const { pid } = child;
    if (pid === undefined) throw new Error(`${program} did not start`);
    await writeFile(this.path('main-pid'), String(pid));
    await this.units({ [REF[1]]: { MainPID: pid } });
    if (port !== undefined) await listening(port);
    return pid;
  }

  /** What systemd says of its units; of any other, that there is none. */
  async units(known: Readonly<Record<string, Readonly<Record<string, string | number>>>>): Promise<void> {
    const files = Object.entries(known).map(([unit, properties]) => {
      const lines = Object.entries({ LoadState: 'loaded', ...properties }).map(([key, value]) => `${key}=${value}\n`);
      return [`units/${unit}`, lines.join('')];
    });
    const body = `
wanted=none
while [ $# -gt 0 ]; do
  if [ "$1" = -p ]; then wanted="$wanted|$2"; shift; fi
  unit=$1
  shift
done
{ cat '${this.path('units')}'/"$unit" 2>/dev/null || printf 'LoadState=not-found\\nMainPID=0\\n'; } | grep -E "^($wanted)="`;
    await this.stub('systemctl', body, Object.fromEntries(files));
  }

  /** A program of the machine, in its place; with the files that it needs. */
  async stub(name: string, body: string, files: Readonly<Record<string, string>> = {}): Promise<void> {
    for (const [file, text] of Object.entries(files)) await this.write(file, text);
    await mkdir(this.path('stubs'), { recursive: true });
    const text = `#!/bin/sh\nCONTAINERS='${this.path('containers.txt')}'\n${body}\n`;
    await writeFile(this.path(`stubs/${name}`), text, { mode: 0o755 });
  }

  /** One of the target's functions about this service, in a shell of its own. */
  async call(
    verb: string,
    args: readonly string[],
    { shell = '/bin/sh', input }: { readonly shell?: string; readonly input?: string } = {},
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
    const call: Call = { verb, args, ...(input === undefined ? {} : { input: Buffer.from(input) }) };
    const script = `${renderLibrary(await sessionLibrary())}\n${renderCall(call)}\n`;
    await writeFile(this.path('script.sh'), script);
    const [program = '', ...flags] = shell.split(' ');
    const path = `${this.path('stubs')}:/usr/sbin:/usr/bin:/sbin:/bin`;
    const child = spawn(program, [...flags, this.path('script.sh')], {
      env: { PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('close', resolve),
    );
    return { code, stdout: stdout(), stderr: stderr() };
  }

  ask(verb: string, ...args: readonly string[]) {
    return this.call('at_ask', [...REF, verb, ...args]);
  }

  /** What the planner is told of it. */
  async facts(files: object): Promise<ProgramFacts> {
    const { stdout, stderr } = await this.ask('facts', JSON.stringify({ files }));
    const program = programOf(rowsOf(stdout));
    if (program === null) throw new Error(stderr);
    return program;
  }

  /** What the judge says, by the name of each check. */
  async judge(expected: object): Promise<Readonly<Record<string, string>>> {
    const { stdout } = await this.ask(
      'judge',
      JSON.stringify({ label: 'backend', files: {}, settings: {}, ...expected }),
    );
    return Object.fromEntries(
      stdout
        .split('\n')
        .filter((line) => line.startsWith('check\t'))
        .map((line) => line.split('\t'))
        .map(([, name = '', verdict, , found]) => [name.replace('backend ', ''), `${verdict}: ${found}`]),
    );
  }

  /** The workers of the fixture: it spawns nothing else that holds its socket. */
  async workerPids(): Promise<readonly number[]> {
    const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
    const rows = stdout.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []);
    const main = await readFile(this.path('main-pid'), 'utf8');
    const below = (pid: string): readonly string[] =>
      rows.flatMap(([, own = '', parent]) => (parent === pid ? [own, ...below(own)] : []));
    const tree = new Set(below(main));
    const spawned = rows.filter(([, own = '', , args = '']) => tree.has(own) && args.includes('multiprocessing.spawn'));
    return spawned.map(([, own]) => Number(own));
  }

  /** For a service that runs as somebody else. */
  async open(): Promise<void> {
    spawnSync('chmod', ['-R', 'a+rX', this.root]);
  }

  async until(holds: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (await holds()) return;
      await sleep(100);
    }
    throw new Error('waited in vain');
  }

  async remove(): Promise<void> {
    if (this.#service?.pid !== undefined) killGroup(this.#service.pid);
    await rm(this.root, { recursive: true, force: true });
  }
}

export const NAMED = REF;

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (data: string) => {
    text += data;
  });
  return () => text;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await answers(port)) return;
    await sleep(50);
  }
  throw new Error(`nobody listens on port ${port}`);
}

/** A parent listens before its workers do: only an answer shows one that works. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const line = createConnection(port, '127.0.0.1');
    const end = (well: boolean) => {
      line.destroy();
      resolve(well);
    };
    line.once('error', () => end(false));
    line.once('data', () => end(true));
    line.setTimeout(1_000, () => end(false));
    line.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
  });
}
