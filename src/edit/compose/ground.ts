import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { textOf } from '../command/chars.js';
import type { Ground } from '../start/ground.js';
import type { Surroundings } from '../types.js';
import { below } from './below.js';
import { type Dockerfile, dockerfileOf } from './dockerfile.js';
import { fieldOf } from './fields.js';
import { type Layer, projectFolder } from './layer.js';

/** Where the files of a container lie on the target: in the folders that are mounted, else where its image copies them from. */
export function groundOf(layers: readonly Layer[], around: Surroundings): Ground {
  const image = dockerfileOf(layers);
  const mounts = layers.flatMap(mountsOf);
  return {
    folder: folderOf(layers, image),
    around,
    places: (path) => {
      const covering = mounts.filter(({ target }) => covers(target, path));
      const mount = covering.reduce<Mount | undefined>(
        (best, one) => (best !== undefined && best.target.length > one.target.length ? best : one),
        undefined,
      );
      if (mount === undefined) return image === undefined ? [] : copiedFrom(path, image);
      return mount.source === null ? [] : [`${mount.source}${path.slice(mount.target.length)}`];
    },
  };
}

function covers(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder === '/' ? '' : folder}/`);
}

function folderOf(layers: readonly Layer[], image: Dockerfile | undefined): string | null {
  const own = layers.flatMap(({ document, map }) => fieldOf(document, map, 'working_dir')?.node ?? []).at(-1);
  if (own !== undefined) return isScalar(own) && isPlain(own.value) ? below('/', String(own.value)) : null;
  return image === undefined ? null : (workdirsOf(image).at(-1) ?? null);
}

/**
 * The folders that an image's instructions work in, and what comes behind them. An image that is built on may have set
 * one before.
 */
function workdirsOf({ stage }: Dockerfile): readonly (string | null)[] {
  const folders: (string | null)[] = [null];
  for (const { name, rest } of stage) {
    const folder: string | null = folders.at(-1) ?? null;
    folders.push(name === 'WORKDIR' ? workdirBelow(folder, textOf(rest).trim()) : folder);
  }
  return folders;
}

/** A quarter of what Linux takes, and more than anybody writes. */
const LONGEST_PATH = 1024;

function workdirBelow(folder: string | null, written: string): string | null {
  if (written.includes('$') || (folder === null && !written.startsWith('/'))) return null;
  return (folder ?? '').length > LONGEST_PATH ? null : below(folder ?? '/', written);
}

interface Mount {
  /** The folder on the target; `null` for a volume that can't be looked into. */
  readonly source: string | null;
  readonly target: string;
}

function mountsOf({ document, map, around }: Layer): readonly Mount[] {
  const node = fieldOf(document, map, 'volumes')?.node;
  const items = isSeq(node) ? (node.items as Node[]) : [];
  return items.flatMap((item) => {
    const [source, target] = isMap(item) ? [item.get('source'), item.get('target')] : shortMount(item);
    if (!isPlain(target)) return [];
    const isFolder = isPlain(source) && /^[./]/.test(String(source));
    return [
      { source: isFolder ? below(projectFolder(around), String(source)) : null, target: below('/', String(target)) },
    ];
  });
}

/** The folders and files of the machine that one layer mounts into its container. */
export function bindMountsOf(layer: Layer): readonly string[] {
  return mountsOf(layer).flatMap(({ source }) => source ?? []);
}

function shortMount(item: Node): readonly [unknown, unknown] {
  const [source, target] = isScalar(item) ? String(item.value).split(':') : [];
  return target === undefined ? [undefined, source] : [source, target];
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !/[$~]/.test(value);
}

/** The places in the build's folder that the last `COPY` over a path may have taken it from. */
function copiedFrom(path: string, image: Dockerfile): readonly string[] {
  const folders = workdirsOf(image);
  for (const [index, { name, rest }] of [...image.stage.entries()].reverse()) {
    if (name !== 'COPY' && name !== 'ADD') continue;
    const written = textOf(rest);
    const words = written.trim().startsWith('[') ? [] : written.trim().split(/\s+/);
    const named = words.filter((word) => !word.startsWith('--'));
    const target = targetOf(named, folders[index] ?? null);
    if (target === null || !covers(target, path)) continue;
    if (words.some((word) => word.startsWith('--from'))) return [];
    return named.slice(0, -1).flatMap((source) => sourcesOf(source, target, path, image.context));
  }
  return [];
}

function targetOf(words: readonly string[], folder: string | null): string | null {
  const last = words.at(-1);
  if (words.length < 2 || last === undefined || last.includes('$')) return null;
  if (last.startsWith('/')) return below('/', last);
  return folder === null ? null : below(folder, last);
}

/** A folder's content goes into the target, a file goes into it or becomes it. */
function sourcesOf(source: string, target: string, path: string, context: string): readonly string[] {
  if (/[*?$]|^[a-z]+:\/\//.test(source)) return [];
  const from = below(context, `./${source}`);
  if (path === target) return [from];
  const rest = path.slice(target === '/' ? 1 : target.length + 1);
  const isFile = rest === from.slice(from.lastIndexOf('/') + 1);
  return [...(isFile ? [from] : []), below(from, rest)];
}

/** Whether the image itself sets a variable. */
export function isSetByImage(layers: readonly Layer[], name: string): boolean {
  const stage = dockerfileOf(layers)?.stage ?? [];
  return stage.some((one) => one.name === 'ENV' && new RegExp(`(?:^|\\s)${name}[=\\s]`).test(textOf(one.rest)));
}
