import { dirname } from 'node:path/posix';
import { type Document, isMap, isScalar, type YAMLMap } from 'yaml';
import { type Chars, plainChars, spelled, textOf } from '../command/chars.js';
import { type Command, commandsOf, lineCommand } from '../command/command.js';
import { neighbourText } from '../command/neighbour.js';
import { inside } from '../command/refused.js';
import { scriptCommands } from '../command/script.js';
import { type Word, wordOf } from '../command/word.js';
import type { Surroundings } from '../types.js';
import { fieldOf } from './fields.js';

/** What an image starts, as its Dockerfile says. */
export interface ImageCommand {
  readonly path: string;
  readonly text: string;
  readonly commands: readonly Command[];
}

/** The start command of the image that a service builds; `undefined` where its Dockerfile is not there or does not say. */
export function imageCommandOf(
  document: Document.Parsed,
  map: YAMLMap,
  around: Surroundings,
): ImageCommand | undefined {
  const build = fieldOf(document, map, 'build')?.node;
  const context = isScalar(build)
    ? String(build.value)
    : isMap(build)
      ? String(build.get('context') ?? '.')
      : undefined;
  if (context === undefined) return undefined;
  const name = isMap(build) ? String(build.get('dockerfile') ?? 'Dockerfile') : 'Dockerfile';
  const path = below(below(dirname(around.path), context), name);
  const text = neighbourText(around, path);
  if (text === null) return undefined;
  const target = isMap(build) ? build.get('target') : undefined;
  const commands = inside(path, text, () => startOf(text, typeof target === 'string' ? target : undefined));
  return commands === undefined ? undefined : { path, text, commands };
}

function below(folder: string, name: string): string {
  if (name.startsWith('/')) return name;
  const parts = `${folder}/${name}`.split('/').filter((part) => part !== '' && part !== '.');
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else kept.push(part);
  }
  return `/${kept.join('/')}`;
}

interface Instruction {
  readonly name: string;
  readonly rest: Chars;
}

/** The last CMD, behind the last ENTRYPOINT, of the stage that is built. */
function startOf(text: string, target: string | undefined): readonly Command[] | undefined {
  let stage: Instruction[] = [];
  for (const instruction of instructionsOf(text)) {
    const isOver = instruction.name === 'FROM' && target !== undefined && isStage(stage[0], target);
    if (isOver) break;
    if (instruction.name === 'FROM') stage = [];
    stage.push(instruction);
  }
  const last = (name: string) => stage.findLast((one) => one.name === name)?.rest;
  const [entrypoint, command] = [last('ENTRYPOINT'), last('CMD')];
  if (entrypoint === undefined) return command === undefined ? undefined : commandsIn(command);
  const [fixed, more] = [wordsIn(entrypoint), command === undefined ? [] : wordsIn(command)];
  if (fixed === undefined) return commandsIn(entrypoint);
  return more === undefined ? undefined : commandsOf(lineCommand([...fixed, ...more]));
}

function isStage(from: Instruction | undefined, name: string): boolean {
  return /\sas\s+(\S+)/i.exec(textOf(from?.rest ?? []))?.[1]?.toLowerCase() === name.toLowerCase();
}

/** A list is started as it stands, anything else by a shell. */
function commandsIn(rest: Chars): readonly Command[] {
  const words = wordsIn(rest);
  if (words !== undefined) return commandsOf(lineCommand(words));
  return scriptCommands(rest).flatMap((found) => commandsOf(lineCommand(found)));
}

function wordsIn(rest: Chars): readonly Word[] | undefined {
  const at = rest[0]?.start ?? 0;
  const list = listIn(textOf(rest));
  return list?.map((item) => wordOf(plainChars(item, at), at, at + item.length));
}

function listIn(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Lines with their continuations joined, comments left out. */
function instructionsOf(text: string): readonly Instruction[] {
  const found: Instruction[] = [];
  let pending: Chars[number][] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  for (const written of text.slice(at).split('\n')) {
    const line = written.replace(/\r$/, '');
    const start = at;
    at += written.length + 1;
    if (/^\s*(?:#|$)/.test(line)) continue;
    const continues = line.endsWith('\\');
    const kept = continues ? line.slice(0, -1) : line;
    for (const char of plainChars(kept, start)) pending.push(char);
    if (continues) pending.push(spelled(' ', start + kept.length, start + line.length));
    else {
      found.push(...instructionIn(pending));
      pending = [];
    }
  }
  return [...found, ...instructionIn(pending)];
}

function instructionIn(chars: Chars): Instruction[] {
  const match = /^\s*([A-Za-z]+)\s+/.exec(textOf(chars.slice(0, 64)));
  if (match === null) return [];
  return [{ name: match[1]?.toUpperCase() ?? '', rest: chars.slice(match[0].length) }];
}
