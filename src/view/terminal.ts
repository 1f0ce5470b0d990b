import type { Output, Paint } from './output.js';
import { PLAIN } from './output.js';
import { terminalQuestions } from './questions.js';

export interface TerminalOptions {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** A spinner that overwrites itself, on a terminal; else plain lines. */
  readonly lively: boolean;
  readonly quiet: boolean;
  readonly paint: Paint;
  /** The styles of stderr. */
  readonly loud: Paint;
  readonly interrupted: AbortSignal;
}

/** Progress and questions on stderr, so that stdout carries the result alone. */
export function terminalOutput(options: TerminalOptions): Output {
  const { stdout, stderr, quiet, paint } = options;
  const status = options.lively ? spinnerStatus(stderr, options.loud) : lineStatus(stderr);
  return {
    progress: status,
    say: (line) => {
      status(null);
      stderr.write(`${line}\n`);
    },
    show: (text) => {
      status(null);
      if (!quiet) stdout.write(`${text(paint)}\n\n`);
    },
    ...terminalQuestions({ ...options, paint: options.loud, before: () => status(null) }),
  };
}

function lineStatus(stderr: NodeJS.WritableStream): Output['progress'] {
  return (line) => {
    if (line !== null) stderr.write(`${line}\n`);
  };
}

/** The spinner's code is loaded while the first line already shows. */
function spinnerStatus(stderr: NodeJS.WritableStream, paint: Paint): Output['progress'] {
  let text: string | null = null;
  const color = paint === PLAIN ? false : 'cyan';
  const spinner = import('ora').then(({ default: ora }) => ora({ stream: stderr, discardStdin: false, color }));
  return (line) => {
    text = line;
    void spinner.then((spin) => {
      if (text === null) spin.stop();
      else if (spin.isSpinning) spin.text = text;
      else spin.start(text);
    });
  };
}

/** Colours by chalk, loaded only where they are wanted. */
export async function makePaint(wanted: boolean): Promise<Paint> {
  if (!wanted) return PLAIN;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  return {
    strong: chalk.bold,
    faint: chalk.dim,
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    added: chalk.green,
    removed: chalk.red,
  };
}
