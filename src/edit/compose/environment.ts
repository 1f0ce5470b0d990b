import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { type Chars, plainChars, rangeOf, textOf } from '../command/chars.js';
import type { Environment, Variable } from '../command/environment.js';
import { neighbourText } from '../command/neighbour.js';
import { VARIABLES } from '../command/role.js';
import { inEnvFile } from '../environment/dotenv.js';
import { assignmentsIn } from '../environment/envfile.js';
import { plainly, type Spot, valueOfText } from '../spot.js';
import type { Surroundings } from '../types.js';
import { below } from './below.js';
import { type Field, fieldOf, keyOf, keysOf } from './fields.js';
import { isSetByImage } from './ground.js';
import { dotenvOf, type Layer, projectFolder } from './layer.js';
import { scalarChars } from './scalar.js';

/** One variable that a service is given. */
export interface Entry {
  readonly name: string;
  /** `null` where the name alone passes on what surrounds compose. */
  readonly value: Chars | null;
  readonly at: number;
}

/** The `environment` of a service, in order. Other than its names, nothing is read before it is asked for. */
export function entriesOf(
  text: string,
  document: Document.Parsed,
  map: YAMLMap,
  isWanted: (name: string) => boolean,
): readonly Entry[] {
  const node = fieldOf(document, map, 'environment')?.node;
  if (isSeq(node)) return node.items.flatMap((item) => itemEntry(text, item as Node, isWanted));
  return isMap(node) ? mapEntries(text, document, node, isWanted) : [];
}

function mapEntries(
  text: string,
  document: Document.Parsed,
  node: YAMLMap,
  isWanted: (name: string) => boolean,
): readonly Entry[] {
  return [...new Set(keysOf(document, node).filter(isWanted))].flatMap((name) => {
    const key = node.items.find((pair) => keyOf(pair) === name)?.key;
    const field = fieldOf(document, node, name);
    if (field === undefined && key === undefined) return [];
    const start = isScalar(key) ? key.range?.[0] : undefined;
    return [{ name, value: charsOf(text, field), at: field?.node.range?.[0] ?? start ?? 0 }];
  });
}

function charsOf(text: string, field: Field | undefined): Chars | null {
  const node = field?.node;
  if (!isScalar(node) || node.value === null) return null;
  return scalarChars(text, node);
}

function itemEntry(text: string, node: Node, isWanted: (name: string) => boolean): Entry[] {
  if (!isScalar(node)) return [];
  const source = node.source ?? '';
  const equals = source.indexOf('=');
  const name = equals < 0 ? source : source.slice(0, equals);
  if (!isWanted(name)) return [];
  const at = node.range?.[0] ?? 0;
  return [{ name, value: equals < 0 ? null : scalarChars(text, node).slice(equals + 1), at }];
}

/**
 * What a service runs in, as far as its start command is concerned: every file of the stack adds to it, variables beat
 * environment files, and the later file beats the earlier.
 */
export function environmentOf(own: Layer, layers: readonly Layer[]): Environment {
  const { text, document, map, around } = own;
  const variables = new Map<string, Variable>();
  const files = layers.flatMap((layer) => envFilesOf(layer.document, layer.map, layer.around));
  const at = fieldOf(document, map, 'env_file')?.at ?? 0;
  for (const path of files) addFile(variables, neighbourText(around, path) ?? '', at);
  for (const layer of layers) addEntries(variables, layer, layer.text === text ? undefined : (map.range?.[0] ?? 0));
  const unread = files.some((path) => around.textOf(path) === null);
  return {
    variables,
    complete: !unread,
    behind: (value) => behind(text, value, around),
    given: (name) => givenTo(layers, files, name),
  };
}

/** `elsewhere`: where the own file speaks of the service, for what stands in another one. */
function addEntries(variables: Map<string, Variable>, layer: Layer, elsewhere: number | undefined): void {
  const { text, document, map, around } = layer;
  for (const { name, value, at } of entriesOf(text, document, map, (one) => VARIABLES.includes(one))) {
    const spot = value === null ? undefined : behind(text, value, around);
    variables.set(name, { value: literal(value) ?? numberOf(spot), at: elsewhere ?? at });
  }
}

/** The last file that names a variable, and what it says there. */
export function entryIn(
  layers: readonly Layer[],
  isWanted: (name: string) => boolean,
): { readonly entry: Entry; readonly layer: Layer } | undefined {
  return layers
    .flatMap((layer) => {
      const entry = entriesOf(layer.text, layer.document, layer.map, isWanted).at(-1);
      return entry === undefined ? [] : [{ entry, layer }];
    })
    .at(-1);
}

/** Where a variable of the container is written down; `null` where it is set in a way that can't be followed. */
function givenTo(layers: readonly Layer[], files: readonly string[], name: string): Spot | null | undefined {
  const [last] = layers.slice(-1);
  if (last === undefined) return undefined;
  const found = entryIn(layers, (one) => one === name);
  if (found !== undefined) {
    const { entry, layer } = found;
    return (entry.value === null ? undefined : behind(layer.text, entry.value, layer.around)) ?? null;
  }
  const inFile = files.flatMap((path) => inEnvFile(last.around, path, { names: [name], exact: true }) ?? []).at(-1);
  if (inFile !== undefined) return inFile;
  return isSetByImage(layers, name) ? null : undefined;
}

function addFile(variables: Map<string, Variable>, content: string, at: number): void {
  for (const { name, value, plain } of assignmentsIn(content)) {
    if (VARIABLES.includes(name)) variables.set(name, { value: plain ? value : null, at });
  }
}

function literal(value: Chars | null): string | null {
  const text = value === null ? '$' : textOf(value);
  return text.includes('$') ? null : text;
}

function numberOf(spot: Spot | undefined): string | null {
  return typeof spot?.known === 'number' ? String(spot.known) : null;
}

/** The environment files of a service, by their absolute paths, in the order in which they come to force, each once. */
export function envFilesOf(document: Document.Parsed, map: YAMLMap, around: Surroundings): readonly string[] {
  const node = fieldOf(document, map, 'env_file')?.node;
  const items = isSeq(node) ? (node.items as Node[]) : node === undefined ? [] : [node];
  const paths = items.flatMap((item) => {
    const named = isMap(item) ? item.get('path', true) : item;
    return isScalar(named) && typeof named.value === 'string' ? [below(projectFolder(around), named.value)] : [];
  });
  return [...new Set(paths.toReversed())].toReversed();
}

const WHOLE_VARIABLE = /^\$(?:\{([A-Za-z_]\w*)(?::?(?:-([^${}]*)|\?[^${}]*))?\}|([A-Za-z_]\w*))$/;

/**
 * Where the number behind characters is written down: here; in the `.env` beside the compose file, which is what
 * compose itself takes for `${W:-2}` and `${W:?}`; or, where that does not set it, in the default.
 */
export function behind(text: string, value: Chars, around: Surroundings): Spot | undefined {
  const written = textOf(value);
  const match = WHOLE_VARIABLE.exec(written);
  if (match === null) return written.includes('$') ? undefined : here(text, value, around);
  const dollar = value[0];
  // `$$` is for the container: it spells one dollar with two.
  if (dollar === undefined || dollar.end - dollar.start !== 1) return undefined;
  const name = match[1] ?? match[3] ?? '';
  const set = inEnvFile(around, dotenvOf(around), { names: [name], exact: true });
  if (set !== undefined) return set;
  const [from, to] = [written.length - 1 - (match[2]?.length ?? 0), written.length - 1];
  return match[2] === undefined ? undefined : here(text, value.slice(from, to), around);
}

function here(text: string, value: Chars, around: Surroundings): Spot | undefined {
  const range = rangeOf(value);
  if (range === undefined) return undefined;
  // `value` may be opaque to the command, but here it is known what it says.
  const known = valueOfText(textOf(plainChars(textOf(value), 0)));
  return { path: around.path, text, ...range, known, written: plainly };
}
