import { type Chars, rangeOf, textOf } from '../command/chars.js';
import type { Command } from '../command/command.js';
import type { Environment } from '../command/environment.js';
import { isAssignment, programOf } from '../command/program.js';
import type { InFile } from '../command/refused.js';
import type { Word } from '../command/word.js';
import { plainly, type Spot, valueOfText } from '../spot.js';

const WHOLE = /^\$(?:\{([A-Za-z_]\w*)(?::?[-=]([^${}]*))?\}|([A-Za-z_]\w*))$/;
const DEEPEST = 4;

/**
 * Where a shell script's variable is written down: in an assignment of the script; in what the process is given, which
 * beats the default of `${W:-4}`; or in that default.
 */
export function shellValue(
  file: InFile,
  commands: readonly Command[],
  around: Environment,
): (value: Chars) => Spot | undefined {
  return (value) => look({ file, commands, around }, value, 0);
}

interface Script {
  readonly file: InFile;
  readonly commands: readonly Command[];
  readonly around: Environment;
}

function look(script: Script, value: Chars, depth: number): Spot | undefined {
  const written = textOf(value);
  const match = WHOLE.exec(written);
  if (match === null) return written.includes('$') ? undefined : spotOf(script.file, value);
  const name = match[1] ?? match[3] ?? '';
  const assigned = assignmentsOf(script.commands, name);
  const [only] = assigned;
  if (assigned.length > 1 || depth > DEEPEST) return undefined;
  if (only !== undefined && !isSelf(only, name)) return look(script, assignedTo(only), depth + 1);
  return givenOr(script, name, only === undefined ? value : assignedTo(only));
}

/** What is given to the process, else the default that stands in the script. */
function givenOr({ around, file }: Script, name: string, fallback: Chars): Spot | undefined {
  if (around.given === undefined) return undefined;
  const given = around.given(name);
  return given === undefined ? defaultIn(file, fallback) : (given ?? undefined);
}

function spotOf({ path, text }: InFile, value: Chars): Spot | undefined {
  const range = rangeOf(value);
  return range && { path, text, ...range, known: valueOfText(textOf(value)), written: plainly };
}

/** `W=${W:-4}`: what is given still comes first. */
function isSelf(word: Word, name: string): boolean {
  const match = WHOLE.exec(textOf(assignedTo(word)));
  return (match?.[1] ?? match?.[3]) === name;
}

function defaultIn(file: InFile, value: Chars): Spot | undefined {
  const written = textOf(value);
  const inner = WHOLE.exec(written)?.[2];
  return inner === undefined ? undefined : spotOf(file, value.slice(written.length - 1 - inner.length, -1));
}

function assignedTo({ chars, text }: Word): Chars {
  return chars.slice(text.indexOf('=') + 1);
}

/** What the script itself sets a variable to, be it exported or not. */
function assignmentsOf(commands: readonly Command[], name: string): readonly Word[] {
  return commands.flatMap(({ words }) => {
    const program = programOf(words);
    const set = program === undefined ? words : /^(?:export|readonly|local)$/.test(program.name) ? program.args : [];
    return set.filter((word) => isAssignment(word) && word.text.startsWith(`${name}=`));
  });
}
