import { attempted } from '../command/refused.js';
import type { Surroundings } from '../types.js';
import { basesOf } from './bases.js';
import { type Layer, mapsIn } from './layer.js';

/**
 * A service in all files of its stack, in the order in which they override each other; what a file extends comes before it.
 * @throws {Refused} where what it extends can't be told
 */
export function layersOf(own: Layer, name: string): readonly Layer[] {
  const { around } = own;
  if (!around.compose.includes(around.path)) return [...basesOf(own, name, around.path), own];
  return around.compose.flatMap((path) => {
    const found = path === around.path ? [own] : mapsIn(path, around).flatMap((one) => layersNamed(one, name));
    return found.flatMap((layer) => [...basesOf(layer, name, around.path), layer]);
  });
}

function layersNamed(one: { readonly name: string; readonly layer: Layer }, name: string): readonly Layer[] {
  return one.name === name ? [one.layer] : [];
}

/** What a service extends, as far as it can be told. */
export function basesTold(...of: Parameters<typeof basesOf>): readonly Layer[] {
  return attempted(() => basesOf(...of)) ?? [];
}

/** Every service that any of the files speaks of, with what each of them says. `bases`: what a service extends. */
export function allLayers(around: Surroundings, bases = basesOf): ReadonlyMap<string, readonly Layer[]> {
  const found = new Map<string, Layer[]>();
  for (const { name, layer } of around.compose.flatMap((path) => mapsIn(path, around))) {
    found.set(name, [...(found.get(name) ?? []), ...bases(layer, name, around.path), layer]);
  }
  return found;
}
