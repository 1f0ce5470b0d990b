import { type Char, type Chars, fused, textOf } from '../command/chars.js';
import { type Command, commandsOf, lineCommand } from '../command/command.js';
import { inside } from '../command/refused.js';
import { scriptCommands } from '../command/script.js';
import { type Word, wordOf } from '../command/word.js';
import type { Dockerfile } from './dockerfile.js';

/** What an image starts: the last CMD, behind the last ENTRYPOINT. `undefined` where its Dockerfile does not say. */
export function imageCommands({ path, text, stage }: Dockerfile): readonly Command[] | undefined {
  const last = (name: string) => stage.findLast((one) => one.name === name)?.rest;
  const [entrypoint, command] = [last('ENTRYPOINT'), last('CMD')];
  return inside(path, text, () => {
    if (entrypoint === undefined) return command === undefined ? undefined : commandsIn(command);
    const [fixed, more] = [wordsIn(entrypoint), command === undefined ? [] : wordsIn(command)];
    if (fixed === undefined) return commandsIn(entrypoint);
    return more === undefined ? undefined : commandsOf(listed([...fixed, ...more]));
  });
}

/** A list is started as it stands, anything else by a shell. */
function commandsIn(rest: Chars): readonly Command[] {
  const words = wordsIn(rest);
  if (words !== undefined) return commandsOf(listed(words));
  return scriptCommands(rest).flatMap((found) => commandsOf(lineCommand(found)));
}

function listed(words: readonly Word[]): Command {
  const last = words.at(-1);
  return { words, tail: last === undefined ? null : { at: last.end, before: ', ', quote: '"', numberQuote: '"' } };
}

const STRING = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/g;

/** The words of a JSON list, each with its quotes; `undefined` where it is none, and a shell reads it. */
function wordsIn(rest: Chars): readonly Word[] | undefined {
  const text = textOf(rest);
  if (!isList(text)) return undefined;
  return [...text.matchAll(STRING)].map((match) => {
    const chars = rest.slice(match.index, match.index + match[0].length);
    return wordOf(unescaped(chars.slice(1, -1)), chars[0]?.start ?? 0, chars.at(-1)?.end ?? 0);
  });
}

function isList(text: string): boolean {
  if (!text.startsWith('[')) return false;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === 'string');
  } catch {
    return false;
  }
}

function unescaped(chars: Chars): Chars {
  const result: Char[] = [];
  for (let index = 0; index < chars.length; index += 1) {
    const char = chars[index] as Char;
    const length = char.text !== '\\' ? 1 : chars[index + 1]?.text === 'u' ? 6 : 2;
    const taken = chars.slice(index, index + length);
    result.push(length === 1 ? char : fused(JSON.parse(`"${textOf(taken)}"`) as string, taken));
    index += length - 1;
  }
  return result;
}
