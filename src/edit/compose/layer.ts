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
  /** The service that this is said of, where another one extends it. */
  readonly base?: string;
}

/** Compose takes every relative path from the folder of the first file, and in a file that is only extended from its own. */
export function projectFolder({ compose, path }: Surroundings): string {
  return dirname(compose.includes(path) ? (compose[0] ?? path) : path);
}

/** The `.env` that compose fills variables in from, wherever they stand. */
export function dotenvOf({ compose, path }: Surroundings): string {
  return `${dirname(compose[0] ?? path).replace(/\/$/, '')}/.env`;
}

export interface Named {
  readonly name: string;
  readonly layer: Layer;
}

type Reading = () => readonly Named[];

const READ = new WeakMap<Surroundings['textOf'], Map<string, Reading>>();

/** Once for each state of the files. @throws {Refused} inside the file that can't be read */
export function mapsIn(path: string, around: Surroundings): readonly Named[] {
  const known = READ.get(around.textOf) ?? new Map<string, Reading>();
  READ.set(around.textOf, known);
  const before = known.get(path);
  if (before !== undefined) return before();
  const text = neighbourText(around, path);
  if (text === null) return [];
  const reading = readingOf(() => inside(path, text, () => servicesIn(text, { ...around, path })));
  known.set(path, reading);
  return reading();
}

/** A file that can't be read takes the longest to find out. */
function readingOf(read: Reading): Reading {
  try {
    const made = read();
    return () => made;
  } catch (error) {
    return () => {
      throw error;
    };
  }
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
