import type { Chars } from './chars.js';
import type { Word } from './word.js';

/** Which options take no value; every other one takes the next word, or what is joined to it. */
export interface Grammar {
  readonly flags: ReadonlySet<string>;
}

export interface OptionUse {
  /** With its dashes. */
  readonly name: string;
  /** `undefined` for a flag, and where the value is missing. */
  readonly value: Chars | undefined;
  readonly at: number;
  /** How many words it takes. */
  readonly words: number;
  readonly index: number;
}

export interface Arguments {
  readonly options: readonly OptionUse[];
  readonly positionals: readonly Word[];
  /** The word `--`, after which nothing is an option. */
  readonly end: Word | undefined;
}

/** Splits arguments as click does: `--name value`, `--name=value`, `-n value`, `-nvalue`, and flags in one cluster. */
export function parseArguments(args: readonly Word[], grammar: Grammar): Arguments {
  const options: OptionUse[] = [];
  const positionals: Word[] = [];
  let index = 0;
  for (let word = args[index]; word !== undefined; word = args[index]) {
    if (word.text === '--') break;
    const used = word.text.startsWith('--')
      ? [longOption(args, index, grammar)]
      : /^-./.test(word.text)
        ? shortOptions(args, index, grammar)
        : [];
    if (used.length === 0) positionals.push(word);
    options.push(...used);
    index += used.reduce((most, option) => Math.max(most, option.words), 1);
  }
  return { options, positionals: [...positionals, ...args.slice(index + 1)], end: args[index] };
}

function longOption(args: readonly Word[], index: number, grammar: Grammar): OptionUse {
  const word = args[index] as Word;
  const equals = word.text.indexOf('=');
  const at = word.start;
  if (equals > 0) {
    return { name: word.text.slice(0, equals), value: word.chars.slice(equals + 1), at, words: 1, index };
  }
  return { name: word.text, ...following(args, index, grammar.flags.has(word.text)), at, index };
}

function shortOptions(args: readonly Word[], index: number, grammar: Grammar): OptionUse[] {
  const word = args[index] as Word;
  const found: OptionUse[] = [];
  for (let offset = 1; offset < word.text.length; offset += 1) {
    const name = `-${word.text.charAt(offset)}`;
    const flag = grammar.flags.has(name);
    const joined = word.chars.slice(offset + 1);
    const apart = flag || joined.length === 0;
    const taken = apart ? following(args, index, flag) : { value: joined, words: 1 };
    found.push({ name, ...taken, at: word.start, index });
    if (!flag) break;
  }
  return found;
}

/** The next word as a value, unless it is plainly an option itself. */
function following(args: readonly Word[], index: number, flag: boolean): { value: Chars | undefined; words: number } {
  const next = args[index + 1];
  if (flag || next === undefined || next.text.startsWith('--')) return { value: undefined, words: 1 };
  return { value: next.chars, words: 2 };
}
