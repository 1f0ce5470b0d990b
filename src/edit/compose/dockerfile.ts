import { isMap, isScalar } from 'yaml';
import { LARGEST_UNIT } from '../bounds.js';
import { type Chars, plainChars, spelled, textOf } from '../command/chars.js';
import { neighbourText } from '../command/neighbour.js';
import type { InFile } from '../command/refused.js';
import type { Surroundings } from '../types.js';
import { below } from './below.js';
import { fieldOf } from './fields.js';
import { type Layer, projectFolder } from './layer.js';

/** How the image of a service is made: the stage of its Dockerfile that becomes the image. */
export interface Dockerfile extends InFile {
  /** The folder that `COPY` takes its files from. */
  readonly context: string;
  readonly stage: readonly Instruction[];
}

export interface Instruction {
  readonly name: string;
  readonly rest: Chars;
}

/** The Dockerfile of the image that a service builds; `undefined` where it builds none, or the file is not there. */
export function dockerfileOf(layers: readonly Layer[]): Dockerfile | undefined {
  const [layer] = layers.filter(({ document, map }) => fieldOf(document, map, 'build') !== undefined).slice(-1);
  if (layer === undefined) return undefined;
  const { document, map, around } = layer;
  const build = fieldOf(document, map, 'build')?.node;
  const folder = isScalar(build) ? String(build.value) : isMap(build) ? String(build.get('context') ?? '.') : undefined;
  if (folder === undefined) return undefined;
  const name = isMap(build) ? String(build.get('dockerfile') ?? 'Dockerfile') : 'Dockerfile';
  const context = below(projectFolder(around), folder);
  const path = below(context, name);
  const target = isMap(build) ? build.get('target') : undefined;
  return openAs({ path, context, target: typeof target === 'string' ? target : undefined }, around);
}

interface Named {
  readonly path: string;
  readonly context: string;
  readonly target: string | undefined;
}

const READ = new WeakMap<Surroundings['textOf'], Map<string, Dockerfile>>();

/** Once for each state of the files: many services may build the same. */
function openAs({ path, context, target }: Named, around: Surroundings): Dockerfile | undefined {
  const text = neighbourText(around, path, LARGEST_UNIT);
  if (text === null) return undefined;
  const known = READ.get(around.textOf) ?? new Map<string, Dockerfile>();
  READ.set(around.textOf, known);
  const key = JSON.stringify([path, context, target]);
  const made = known.get(key) ?? { path, text, context, stage: stageOf(text, target) };
  known.set(key, made);
  return made;
}

function stageOf(text: string, target: string | undefined): readonly Instruction[] {
  let stage: Instruction[] = [];
  for (const instruction of instructionsOf(text)) {
    const isOver = instruction.name === 'FROM' && target !== undefined && isStage(stage[0], target);
    if (isOver) break;
    if (instruction.name === 'FROM') stage = [];
    stage.push(instruction);
  }
  return stage;
}

function isStage(from: Instruction | undefined, name: string): boolean {
  return /\sas\s+(\S+)/i.exec(textOf(from?.rest ?? []))?.[1]?.toLowerCase() === name.toLowerCase();
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
