import { programOf, shellScript } from './program.js';
import { refuse } from './refused.js';
import { scriptCommands } from './script.js';
import type { Word } from './word.js';

/** How words are added to the end of a command. */
export interface Tail {
  readonly at: number;
  /** What stands between two words. */
  readonly before: string;
  readonly quote: string;
  /** For words that the file would read as a number. */
  readonly numberQuote: string;
}

/** One simple command, with the place where it can be made longer; `null` where it can't. */
export interface Command {
  readonly words: readonly Word[];
  readonly tail: Tail | null;
}

const DEEPEST_SHELL = 4;

/** A command whose words stand on one line, or in a script. */
export function lineCommand(words: readonly Word[]): Command {
  const last = words[words.length - 1];
  return { words, tail: last === undefined ? null : { at: last.end, before: ' ', quote: '', numberQuote: '' } };
}

/**
 * The command itself, or the commands of the script where it is `sh -c SCRIPT`.
 * @throws {Refused} as `scriptCommands` does, and at shells nested too deeply
 */
export function commandsOf(command: Command, depth = 0): readonly Command[] {
  const program = programOf(command.words);
  const script = program === undefined ? undefined : shellScript(program);
  if (script === undefined) return [command];
  if (depth >= DEEPEST_SHELL) {
    refuse({ kind: 'unsupported', message: 'Too many shells start each other', at: script.start, fix: 'Write one' });
  }
  return scriptCommands(script.chars).flatMap((words) => commandsOf(lineCommand(words), depth + 1));
}
