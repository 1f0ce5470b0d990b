import type { Spot } from '../spot.js';
import type { Chars } from './chars.js';
import type { Command } from './command.js';
import { isAssignment, programOf } from './program.js';
import type { Word } from './word.js';

/** What one variable is set to; `null` where that is only known where it runs. */
export interface Variable {
  readonly value: string | null;
  readonly at: number;
}

export interface Environment {
  readonly variables: ReadonlyMap<string, Variable>;
  /** False where other files may set more variables. */
  readonly complete: boolean;
  /** Where the value behind a variable of the surroundings, such as `${W:-2}`, is written down. */
  readonly behind?: (value: Chars) => Spot | undefined;
  /** Where a variable that the process is given is written down; `null` where it is given one that can't be told. */
  readonly given?: (name: string) => Spot | null | undefined;
}

/** The environment that `target` runs in: what surrounds it, and what the commands before it export. */
export function environmentOf(around: Environment, commands: readonly Command[], target: Command): Environment {
  const variables = new Map(around.variables);
  let complete = around.complete;
  for (const command of commands.slice(0, commands.indexOf(target) + 1)) {
    const program = programOf(command.words);
    if (program?.name === '.' || program?.name === 'source') complete = false;
    const set = command === target ? program?.assigned : program?.name === 'export' ? program.args : [];
    for (const word of set ?? []) assign(variables, word);
  }
  return { ...around, variables, complete };
}

/** Takes a `NAME=value` word in; any other word is passed over. */
export function assign(variables: Map<string, Variable>, word: Word): void {
  if (!isAssignment(word)) return;
  const equals = word.text.indexOf('=');
  const value = word.opaque ? null : word.text.slice(equals + 1);
  variables.set(word.text.slice(0, equals), { value, at: word.start });
}
