import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageAssets } from '../../src/assets.js';
import { renderCall } from '../../src/remote/script.js';

const PARTS = [
  'files',
  'journal',
  'progress',
  'services',
  'judge',
  'validate',
  'activate',
  'container',
  'watch',
  'release',
] as const;

/** A release's folder, programs of a machine that only say what they were asked, and the engine's functions in a shell. */
export class EngineBench {
  readonly root: string;
  readonly #shell: string;
  readonly #groups: number[] = [];

  private constructor(root: string, shell: string) {
    this.root = root;
    this.#shell = shell;
  }

  static async make(shell: string): Promise<EngineBench> {
    const bench = new EngineBench(await realpath(await mkdtemp(join(tmpdir(), 'activating '))), shell);
    const { probe, watcher } = await packageAssets().library();
    await bench.write('release/probe.py', probe);
    await bench.write('release/watcher.py', watcher);
    return bench;
  }

  path(file: string): string {
    return join(this.root, file);
  }

  read(file: string): Promise<string> {
    return readFile(this.path(file), 'utf8').catch(() => '');
  }

  async write(file: string, text: string, mode = 0o644): Promise<void> {
    await mkdir(dirname(this.path(file)), { recursive: true });
    await writeFile(this.path(file), text, { mode });
  }

  /** A program that leaves a line for each call in `calls`, and then does what `body` says. */
  stub(name: string, body = ':'): Promise<void> {
    return this.write(`stubs/${name}`, `#!/bin/sh\necho "${name} $*" >>"$BENCH/calls"\n${body}\n`, 0o755);
  }

  /** Calls one after the other, as a release does; `setup` is shell text before them. */
  async run(calls: readonly (readonly string[])[], setup = '', tools = '/usr/sbin:/usr/bin:/sbin:/bin') {
    const library = await packageAssets().library();
    const body = calls.map(([verb = '', ...args], index) =>
      renderCall({ verb, args }, index < calls.length - 1 ? ' &&' : ''),
    );
    const script = [
      ...PARTS.map((part) => library[part]),
      'AT_ID=1 AT_STATE=$BENCH/state AT_RELEASE=$BENCH/release AT_ROOT=$BENCH AT_PROGRESS=$BENCH/progress AT_FAILED=""',
      setup,
      body.join('\n'),
      'status=$?',
      'echo "failed: $AT_FAILED"',
      'exit $status',
    ].join('\n');
    await this.write('script.sh', script);
    await rm(this.path('progress'), { force: true });
    const [program = '', ...flags] = this.#shell.split(' ');
    const child = spawn(program, [...flags, this.path('script.sh')], {
      env: { PATH: `${this.path('stubs')}:${tools}`, BENCH: this.root },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#groups.push(child.pid ?? 0);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    // What it left running in the background may hold its output open.
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { code, output, failed: /failed: (.*)\n$/.exec(output)?.[1] ?? '', progress: await this.read('progress') };
  }

  /** What the programs were asked, without where the bench lies. */
  async calls(): Promise<readonly string[]> {
    const text = (await this.read('calls')).replaceAll(this.root, 'ROOT').trim();
    await rm(this.path('calls'), { force: true });
    return text === '' ? [] : text.split('\n');
  }

  /** Ends what a script left running, too. */
  remove(): Promise<void> {
    for (const group of this.#groups.filter((pid) => pid > 0)) endGroup(group);
    return rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}
