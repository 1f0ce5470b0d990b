import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Environment } from '../command/environment.js';
import { refuse } from '../command/refused.js';
import { ALONE, type Surroundings } from '../types.js';
import { basesOf } from './bases.js';
import { environmentOf } from './environment.js';
import { type Field, fieldOf, keyOf, keysOf, resolve } from './fields.js';
import { inheritedField } from './inherited.js';
import type { Layer } from './layer.js';
import { layersOf } from './layers.js';
import type { Service } from './service.js';

/** @throws {Refused} where the file has no services */
export function servicesOf(text: string, document: Document.Parsed, around: Surroundings = ALONE): readonly Service[] {
  const root = document.contents as Node | null;
  const services = isMap(root) ? fieldOf(document, root, 'services')?.node : undefined;
  if (!isMap(services) || services.items.length === 0) refuseEmpty();
  if (services.items.length > MOST_SERVICES) refuseMany();
  const known = services.items.flatMap((pair) => {
    const node = pair.value as Node | null;
    const map = node === null ? undefined : resolve(document, node);
    const at = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    return isMap(map)
      ? [{ name: keyOf(pair), at, map, command: commandOf(inheritedField(document, map, 'command', around)) }]
      : [];
  });
  const users = usersOf(known);
  const made = new Map<YAMLMap, Layer>();
  const layerOf = (map: YAMLMap): Layer => {
    const layer = made.get(map) ?? { text, document, map, around };
    made.set(map, layer);
    return layer;
  };
  const inheriting = new Set(
    known.filter(({ map }) => !keysOf(document, map).includes('command')).map(({ name }) => name),
  );
  return known.map(({ name, at, map, command }) => ({
    name,
    at,
    command,
    entrypoint: inheritedField(document, map, 'entrypoint', around),
    sharedWith: (users.get(command?.node) ?? []).filter((other) => command !== undefined && other !== name),
    heirs: (users.get(command?.node) ?? []).filter((other) => other !== name && inheriting.has(other)),
    extended: fieldOf(document, map, 'extends') !== undefined,
    map,
    document,
    around,
    layers: () => layersOf(layerOf(map), name),
    bases: () => basesOf(layerOf(map), name, around.path),
    environment: () => environmentFor(layerOf(map), name),
  }));
}

function environmentFor(own: Layer, name: string): Environment {
  return environmentOf(own, layersOf(own, name));
}

/** A command that is null, empty or `!reset` is none: the image's own runs then. */
export function commandOf(field: Field | undefined): Field | undefined {
  if (field === undefined || field.node.tag === '!reset') return undefined;
  if (isScalar(field.node)) return (field.node.source ?? '') === '' || field.node.value === null ? undefined : field;
  return isSeq(field.node) && field.node.items.length > 0 ? field : undefined;
}

/** The names of the services that each command node belongs to. */
function usersOf(services: readonly Pick<Service, 'name' | 'command'>[]): ReadonlyMap<Node | undefined, string[]> {
  const users = new Map<Node | undefined, string[]>();
  for (const { name, command } of services) {
    if (command === undefined) continue;
    const same = users.get(command.node);
    if (same === undefined) users.set(command.node, [name]);
    else same.push(name);
  }
  return users;
}

/** More than any machine runs. */
const MOST_SERVICES = 1000;

function refuseMany(): never {
  refuse({
    kind: 'unsupported',
    message: `The file has more than ${MOST_SERVICES} services`,
    at: 0,
    fix: 'Name the compose file that starts the services, with --file compose=PATH',
  });
}

function refuseEmpty(): never {
  refuse({
    kind: 'unsupported',
    message: 'The file has no services',
    at: 0,
    fix: 'Name the compose file that starts the services, with --file compose=PATH',
  });
}
