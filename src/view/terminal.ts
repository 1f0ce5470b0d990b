import type { Output, Paint } from './output.js';
import { PLAIN } from './output.js';

export interface TerminalOptions {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** A spinner that overwrites itself, on a terminal; else plain lines. */
  readonly lively: boolean;
  readonly quiet: boolean;
  readonly paint: Paint;
}

/** Progress and questions on stderr, so that stdout carries the result alone. */
export function terminalOutput(options: TerminalOptions): Output {
  const { stdout, stderr, quiet, paint } = options;
  const status = options.lively ? spinnerStatus(stderr) : lineStatus(stderr);
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
    confirm: async (message) => {
      status(null);
      const { confirm } = await import('@inquirer/prompts');
      return confirm({ message, default: false }, { output: stderr });
    },
  };
}

function lineStatus(stderr: NodeJS.WritableStream): Output['progress'] {
  return (line) => {
    if (line !== null) stderr.write(`${line}\n`);
  };
}

/** The spinner's code is loaded while the first line already shows. */
function spinnerStatus(stderr: NodeJS.WritableStream): Output['progress'] {
  let text: string | null = null;
  const spinner = import('ora').then(({ default: ora }) => ora({ stream: stderr, discardStdin: false }));
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
