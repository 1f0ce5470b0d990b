import { dirname } from 'node:path/posix';
import { type Document, isMap, type Node, type YAMLMap } from 'yaml';
import { neighbourText } from '../command/neighbour.js';
import { inside } from '../command/refused.js';
import type { Surroundings } from '../types.js';
import { composeDocument } from './document.js';
import { fieldOf, keyOf, resolve } from './fields.js';

/** What one of the compose files that override each other says of a service; `around` is seen from that file. */
export interface Layer {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly map: YAMLMap;
  readonly around: Surroundings;
}

/** A service in all files of its stack, in the order in which they override each other. */
export function layersOf(own: Layer, name: string): readonly Layer[] {
  const { around } = own;
  if (!around.compose.includes(around.path)) return [own];
  return around.compose.flatMap((path) => {
    if (path === around.path) return [own];
    return mapsIn(path, around).flatMap((one) => (one.name === name ? [one.layer] : []));
  });
}

/** Every service that any of the files speaks of, with what each of them says. */
export function allLayers(around: Surroundings): ReadonlyMap<string, readonly Layer[]> {
  const found = new Map<string, Layer[]>();
  for (const { name, layer } of around.compose.flatMap((path) => mapsIn(path, around))) {
    found.set(name, [...(found.get(name) ?? []), layer]);
  }
  return found;
}

/** Compose takes every relative path from the folder of the first file. */
export function projectFolder({ compose, path }: Surroundings): string {
  return dirname(compose.includes(path) ? (compose[0] ?? path) : path);
}

interface Named {
  readonly name: string;
  readonly layer: Layer;
}

const READ = new WeakMap<Surroundings['textOf'], Map<string, readonly Named[]>>();

/** Once for each state of the files. @throws {Refused} inside the file that can't be read */
function mapsIn(path: string, around: Surroundings): readonly Named[] {
  const known = READ.get(around.textOf) ?? new Map<string, readonly Named[]>();
  READ.set(around.textOf, known);
  const before = known.get(path);
  if (before !== undefined) return before;
  const text = neighbourText(around, path);
  const made = text === null ? [] : inside(path, text, () => servicesIn(text, { ...around, path }));
  if (text !== null) known.set(path, made);
  return made;
}

function servicesIn(text: string, around: Surroundings): readonly Named[] {
  const document = composeDocument(text);
  const root = document.contents as Node | null;
  const services = isMap(root) ? fieldOf(document, root, 'services')?.node : undefined;
  return (isMap(services) ? services.items : []).flatMap((pair) => {
    const node = pair.value as Node | null;
    const map = node === null ? undefined : resolve(document, node);
    return isMap(map) ? [{ name: keyOf(pair), layer: { text, document, map, around } }] : [];
  });
}
