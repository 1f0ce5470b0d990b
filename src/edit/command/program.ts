import type { Word } from './word.js';
import { type Behind, behindWrapper } from './wrappers.js';

/** What a command runs in the end, seen through assignments, `exec`, `env`, `uv run` and their like, and `python -m`. */
export interface Program {
  /** Without its folder. */
  readonly name: string;
  /** As it is written, with its folder. */
  readonly word: Word;
  /** It is a module that `python -m` runs. */
  readonly module: boolean;
  readonly args: readonly Word[];
  /** The `NAME=value` words in front of it. */
  readonly assigned: readonly Word[];
}

const ASSIGNMENT = /^[A-Za-z_]\w*=/;
const BEFORE_A_COMMAND = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '!', '{', 'time']);
const SHELL = /^(?:ba|da|a|k|z)?sh$/;

export function isAssignment(word: Word): boolean {
  return ASSIGNMENT.test(word.text);
}

export function baseName(word: Word): string {
  return word.text.slice(word.text.lastIndexOf('/') + 1);
}

/** `undefined` where the words start no program. */
export function programOf(words: readonly Word[]): Program | undefined {
  const assigned: Word[] = [];
  let [index, module] = [0, false];
  for (let word = words[index]; word !== undefined && !module; word = words[index]) {
    const next = isAssignment(word) ? { index: index + 1, module } : passed(words, word, index);
    if (next === undefined) break;
    if (isAssignment(word)) assigned.push(word);
    ({ index, module } = next);
  }
  const first = words[index];
  if (first === undefined) return undefined;
  const args = words.slice(index + 1);
  return module ? { name: first.text, word: first, module, args, assigned } : named(first, args, assigned);
}

/** What stands behind a word that only starts another command; `undefined` where it is the program itself. */
function passed(words: readonly Word[], word: Word, index: number): Behind | undefined {
  const name = baseName(word);
  if (BEFORE_A_COMMAND.has(word.text)) return { index: index + 1, module: false };
  if (name !== 'env') return behindWrapper(words, index, name);
  return isPlainEnv(words[index + 1]) ? { index: afterEnvOptions(words, index + 1), module: false } : undefined;
}

function isPlainEnv(next: Word | undefined): boolean {
  return next === undefined || /^(?:[^-]|-i$|-u$|$)/.test(next.text);
}

function afterEnvOptions(words: readonly Word[], from: number): number {
  let index = from;
  while (/^-[iu]$/.test(words[index]?.text ?? '')) index += words[index]?.text === '-u' ? 2 : 1;
  return index;
}

function named(first: Word, args: readonly Word[], assigned: readonly Word[]): Program {
  const name = baseName(first);
  const module = /^python[\d.]*$/.test(name) ? moduleIndex(args) : -1;
  const started = args[module];
  return started === undefined
    ? { name, word: first, module: false, args, assigned }
    : { name: started.text, word: started, module: true, args: args.slice(module + 1), assigned };
}

/** Where the name after `-m` stands among python's arguments, or -1. */
function moduleIndex(args: readonly Word[]): number {
  let index = 0;
  while (index < args.length) {
    const text = args[index]?.text ?? '';
    if (text === '-m') return index + 1 < args.length ? index + 1 : -1;
    if (!text.startsWith('-')) return -1;
    index += /^-[XW]$/.test(text) ? 2 : 1;
  }
  return -1;
}

/** The script of `sh -c SCRIPT`, whatever the shell is called; `undefined` for any other program. */
export function shellScript(program: Program): Word | undefined {
  if (!SHELL.test(program.name)) return undefined;
  let index = 0;
  let inline = false;
  for (let text = program.args[index]?.text; text?.startsWith('-'); text = program.args[index]?.text) {
    inline ||= /^-\w*c\w*$/.test(text);
    index += /^-\w*o$/.test(text) ? 2 : 1;
  }
  return inline ? program.args[index] : undefined;
}
