import { readFileSync } from 'node:fs';
import { parseCommandLine, type Request } from './cli/cli.js';
import { aimed } from './commands/typed.js';
import { EXIT, type ExitCode, exitOf, type Problem, ProblemError } from './errors.js';
import { worstExit } from './rollout/report.js';
import { blankUrlPasswords } from './secrets.js';
import { type Interruption, interruptedProblem, watchSignals } from './signals.js';
import { type Ending, unwritten, watchStreams } from './streams.js';
import { colourful, systemEdges } from './system.js';
import type { Outcome } from './view/output.js';
import { renderProblem } from './view/problem.js';
import { makePaint } from './view/terminal.js';

/** Runs one command line to its exit code. The one place where an error becomes one. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const written = watchStreams(process.stdout, process.stderr);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const interruption = watchSignals(process, say, () => {
    say('left; the target ends by itself, and `action-tune status` will tell');
    process.exit(EXIT.unknown);
  });
  const ending = await run(argv, interruption);
  const failure = await written();
  const exit = failure === null ? ending.exit : await reportUnwritten(failure, ending, argv);
  // Lines to targets are still open, and nothing is under way on them.
  if (ending.thrown && interruption.signal.aborted) process.exit(exit);
  return exit;
}

async function run(
  argv: readonly string[],
  interruption: Interruption,
): Promise<Ending & { readonly thrown: boolean }> {
  try {
    const request = parseCommandLine(argv, version(), {
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => process.stderr.write(blankUrlPasswords(text)),
    });
    const outcome = await Promise.race([carry(request, argv, interruption), interruption.stopped]);
    return { exit: outcome.exit, done: outcome.done ?? null, thrown: false };
  } catch (error) {
    return { exit: await report(error, argv), done: null, thrown: true };
  }
}

async function carry(request: Request, argv: readonly string[], interruption: Interruption): Promise<Outcome> {
  const edges = await systemEdges(request, argv, interruption);
  const outcome = await request.run(edges);
  edges.output.progress(null);
  await print(outcome, request, argv);
  return outcome;
}

async function print(outcome: Outcome, { json, color }: Request, argv: readonly string[]): Promise<void> {
  const { document, text, problems = [] } = outcome;
  const paint = await makePaint(colourful(color, process.stdout));
  const body = json ? JSON.stringify(document, null, 2) : text(paint);
  if (body !== '') process.stdout.write(`${body}\n`);
  await printProblems(aimed(problems, argv), color);
}

async function printProblems(problems: readonly Problem[], color: boolean): Promise<void> {
  const paint = await makePaint(colourful(color, process.stderr));
  for (const problem of problems) process.stderr.write(`${blankUrlPasswords(renderProblem(problem, paint))}\n`);
}

async function reportUnwritten(failure: Error, ending: Ending, argv: readonly string[]): Promise<ExitCode> {
  const { problem, exit } = unwritten(failure, ending);
  await printProblems(aimed([problem], argv), !argv.includes('--no-color'));
  return exit;
}

async function report(thrown: unknown, argv: readonly string[]): Promise<ExitCode> {
  const left = isNamed(thrown, 'ExitPromptError') || isNamed(thrown, 'AbortPromptError');
  const error = left ? interruptedProblem() : thrown;
  if (isNamed(error, 'CommanderError')) return reportFlags(error, argv);
  if (!(error instanceof ProblemError)) return reportBug(error, argv);
  const problems = aimed(error.problems, argv);
  printJson({ schema: 1, problems }, argv);
  await printProblems(problems, !argv.includes('--no-color'));
  return worstExit(error.problems.map(exitOf));
}

/** Commander has said it on stderr already; help and version are no errors at all. */
function reportFlags(error: Error, argv: readonly string[]): ExitCode {
  if ('exitCode' in error && error.exitCode === 0) return EXIT.done;
  const problem = { code: 'usage', message: error.message, fix: 'See `action-tune --help`.' };
  printJson({ schema: 1, problems: [problem] }, argv);
  return EXIT.badInput;
}

/** Only a bug shows where it comes from, and only when asked. */
function reportBug(error: unknown, argv: readonly string[]): ExitCode {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const more = argv.includes('--verbose') ? stack : 'Run it again with --verbose, and report what it says.';
  process.stderr.write(`bug: ${message}\n${more}\n`);
  printJson({ schema: 1, problems: [{ code: 'bug', message }] }, argv);
  return EXIT.bug;
}

function printJson(document: object, argv: readonly string[]): void {
  if (argv.includes('--json')) process.stdout.write(`${blankUrlPasswords(JSON.stringify(document, null, 2))}\n`);
}

function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

function version(): string {
  const file = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return file.version;
}
