import { plainChars } from '../command/chars.js';
import type { Command } from '../command/command.js';
import { type Program, programOf, shellScript } from '../command/program.js';
import type { InFile } from '../command/refused.js';
import { scriptCommands } from '../command/script.js';
import type { Word } from '../command/word.js';
import { Budget } from './budget.js';
import { type Ground, openAt } from './ground.js';
import { type Lead, leadOf } from './lead.js';
import { isShellScript } from './script.js';

/** One program that a service starts, where it is written. */
export interface StartedProgram {
  readonly name: string;
  readonly text: string;
  /** The script that it stands in, where it is not the file that starts the service. */
  readonly file?: InFile;
  /** In UTF-16 units of that file. */
  readonly at: number;
  /** A shell stays above it while it runs, and hands no signal on. */
  readonly belowShell: boolean;
}

interface Place {
  readonly ground: Ground;
  readonly budget: Budget;
  readonly depth: number;
  readonly file?: InFile;
  /** Where the commands count as standing that a script was given from elsewhere. */
  readonly at?: number;
  /** Whether a shell is above the commands here whatever they do. */
  readonly belowShell: boolean;
}

const DEEPEST = 4;

/**
 * The programs that a command starts, in order, also those of the shell scripts that it leads to.
 * @throws {Refused} at what can't be read exactly
 */
export function programsBehind(command: Command, ground: Ground): readonly StartedProgram[] {
  return behind(command.words, { ground, budget: new Budget(), depth: 0, belowShell: false });
}

function behind(words: readonly Word[], place: Place): readonly StartedProgram[] {
  const program = programOf(words);
  if (program === undefined || place.depth > DEEPEST) return [];
  const script = shellScript(program);
  if (script !== undefined) return inShell(scriptCommands(script.chars).map(written), inline(program), place);
  const lead = leadOf(program);
  const file = lead?.kind === 'script' ? openAt(place.ground, lead.names) : undefined;
  if (lead !== undefined && file !== undefined && isShellScript(file.text)) return inFile(file, lead, place);
  const own = {
    name: program.name,
    text: words.map(({ text }) => text).join(' '),
    at: place.at ?? words[0]?.start ?? 0,
  };
  return [{ ...own, belowShell: place.belowShell, ...(place.file === undefined ? {} : { file: place.file }) }];
}

/** Whether a shell stays above a command without `exec`, by whether it is the last one. */
type Stays = (isLast: boolean) => boolean;

/** bash gives its place to the last command of `-c`; dash, which is `sh` on Debian, to none (seen with 5.2 and 0.5.12). */
function inline({ name }: Program): Stays {
  return name === 'bash' ? (isLast) => !isLast : () => true;
}

function inFile(file: InFile, lead: Lead, place: Place): readonly StartedProgram[] {
  place.budget.spend(file);
  const from = file.text.startsWith('\uFEFF') ? 1 : 0;
  const commands = scriptCommands(plainChars(file.text.slice(from), from));
  // `exec "$@"`: the script ends in what it was given.
  const lines = commands.map(
    (words): Line =>
      words.some(isPassed) ? { words: [...words.filter(isExec), ...lead.args], at: words[0]?.start ?? 0 } : { words },
  );
  return inShell(lines, () => true, { ...place, file });
}

/** A command in a shell; `at`: where it stands, if its words do not. */
interface Line {
  readonly words: readonly Word[];
  readonly at?: number;
}

function written(words: readonly Word[]): Line {
  return { words };
}

function isPassed({ text, opaque }: Word): boolean {
  return opaque && /^\$[@*]$/.test(text);
}

function isExec({ text }: Word): boolean {
  return text === 'exec';
}

function inShell(lines: readonly Line[], stays: Stays, place: Place): readonly StartedProgram[] {
  return lines.flatMap(({ words, ...where }, index) => {
    const { word } = programOf(words) ?? {};
    const execs = word !== undefined && words.slice(0, words.indexOf(word)).some(isExec);
    const belowShell = place.belowShell || (!execs && stays(index === lines.length - 1));
    return behind(words, { ...place, ...where, depth: place.depth + 1, belowShell });
  });
}
