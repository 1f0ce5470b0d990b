import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageAssets, sessionLibrary } from './assets.js';
import { parseCommandLine, type Request } from './cli/cli.js';
import type { Edges, Files } from './commands/edges.js';
import { EXIT, type ExitCode, exitOf, type Problem, ProblemError } from './errors.js';
import type { TargetAddress } from './remote/address.js';
import type { Remote } from './remote/remote.js';
import { worstExit } from './rollout/report.js';
import type { Outcome, Paint } from './view/output.js';
import { renderProblem } from './view/problem.js';
import { makePaint, terminalOutput } from './view/terminal.js';

/** Runs one command line to its exit code. The one place where an error becomes one. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  surviveClosedPipes();
  const wantsJson = argv.includes('--json');
  try {
    const request = parseCommandLine(argv, version(), {
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => process.stderr.write(text),
    });
    return await carry(request, argv);
  } catch (error) {
    if (isCommanderError(error)) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
    return report(
      error,
      wantsJson,
      argv.includes('--verbose'),
      await makePaint(colourful(!argv.includes('--no-color'), process.stderr)),
    );
  }
}

async function carry(request: Request, argv: readonly string[]): Promise<ExitCode> {
  const edges = await makeEdges(request, argv);
  const outcome = await request.run(edges);
  edges.output.progress(null);
  return print(outcome, request);
}

async function print({ exit, document, text, problems = [] }: Outcome, { json, color }: Request): Promise<ExitCode> {
  const paint = await makePaint(colourful(color, process.stdout));
  const body = json ? JSON.stringify(document, null, 2) : text(paint);
  if (body !== '') process.stdout.write(`${body}\n`);
  const loud = await makePaint(colourful(color, process.stderr));
  for (const problem of problems) process.stderr.write(`${renderProblem(problem, loud)}\n`);
  return exit;
}

function report(error: unknown, json: boolean, verbose: boolean, paint: Paint): ExitCode {
  if (error instanceof ProblemError) return reportProblems(error.problems, json, paint);
  if (error instanceof Error && error.name === 'ExitPromptError') {
    return reportProblems(
      [{ code: 'interrupted', message: 'Stopped as asked; nothing was changed', fix: 'Start again whenever you like' }],
      json,
      paint,
    );
  }
  const problem = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`bug: ${problem.message}\n`);
  process.stderr.write(verbose ? `${problem.stack}\n` : 'Run it again with --verbose, and report what it says.\n');
  if (json)
    process.stdout.write(
      `${JSON.stringify({ schema: 1, problems: [{ code: 'bug', message: problem.message }] }, null, 2)}\n`,
    );
  return EXIT.bug;
}

function reportProblems(problems: readonly Problem[], json: boolean, paint: Paint): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify({ schema: 1, problems }, null, 2)}\n`);
  for (const problem of problems) process.stderr.write(`${renderProblem(problem, paint)}\n`);
  return worstExit(problems.map(exitOf));
}

async function makeEdges(request: Request, argv: readonly string[]): Promise<Edges> {
  const interactive = process.stdin.isTTY === true && process.stderr.isTTY === true && !request.json;
  const interrupted = interruptSignal();
  const paint = await makePaint(colourful(request.color, process.stdout));
  const { stdin, stdout, stderr } = process;
  const lively = stderr.isTTY === true && !request.verbose && process.env.TERM !== 'dumb';
  return {
    cwd: process.cwd(),
    output: terminalOutput({ stdin, stdout, stderr, lively, quiet: request.json, paint }),
    interactive,
    interrupted,
    operator: `${userInfo().username}@${hostname()}`,
    commandLine: ['action-tune', ...argv].join(' '),
    nonce,
    sleep: (ms) => sleep(ms),
    open: openTarget,
    openDemo,
    files: localFiles,
    assets: packageAssets(),
  };
}

const localFiles: Files = {
  readFile: (path) => readFile(path, 'utf8'),
  listDir: (path) => readdir(path),
  writeFile: async (path, text, { replace }) => {
    await mkdir(new URL('.', `file://${path}`), { recursive: true }).catch(() => undefined);
    await writeFile(path, text, { flag: replace ? 'w' : 'wx', mode: 0o600 });
  },
};

function nonce(): string {
  return randomBytes(12).toString('hex');
}

async function openTarget(address: TargetAddress): Promise<Remote> {
  const library = await sessionLibrary();
  if (address.kind === 'local') {
    const { openLocal } = await import('./remote/local.js');
    return openLocal({ library, nonce });
  }
  const { openSsh } = await import('./remote/ssh/open.js');
  const { systemEdges } = await import('./remote/ssh/edges.js');
  const configFile = process.env.ACTION_TUNE_SSH_CONFIG;
  return openSsh({
    destination: address,
    library,
    nonce,
    edges: systemEdges(process.env),
    ...(configFile && { configFile }),
  });
}

/** Without an `ssh` program to ask, plain defaults hold: the keys and known hosts of `home`, and no agent. */
async function openDemo(address: TargetAddress, home: string): Promise<Remote> {
  if (address.kind === 'local') return openTarget(address);
  const [{ openSsh }, { systemEdges }] = await Promise.all([
    import('./remote/ssh/open.js'),
    import('./remote/ssh/edges.js'),
  ]);
  const edges = { ...systemEdges({}), ssh: join(home, 'no-ssh-program'), home };
  return openSsh({ destination: address, library: await sessionLibrary(), nonce, edges });
}

/** The first Ctrl-C stops at the next safe point; the second leaves the target to end by itself. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        process.stderr.write('stopped; the target ends by itself, `action-tune status` will tell\n');
        process.exit(EXIT.unknown);
      }
      controller.abort();
      process.stderr.write('stopping at the next safe point (once more to leave at once)\n');
    });
  }
  return controller.signal;
}

/** `action-tune plan | head` ends quietly. */
function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

function colourful(wanted: boolean, stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (!wanted || (NO_COLOR !== undefined && NO_COLOR !== '')) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}

function isCommanderError(error: unknown): error is { readonly exitCode: number } {
  return error instanceof Error && error.name === 'CommanderError';
}

function version(): string {
  const file = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return file.version;
}
