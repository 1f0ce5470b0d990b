import { attempted } from '../command/refused.js';
import type { Surroundings } from '../types.js';
import { fieldOf } from './fields.js';
import { allLayers } from './layers.js';

/** Whether the compose files of a stack, or what they extend, say how the image of a service is built. Files that can't be read say nothing. */
export function buildsImage(around: Surroundings, service: string): boolean {
  const layers = attempted(() => allLayers(around).get(service)) ?? [];
  return layers.some(({ document, map }) => fieldOf(document, map, 'build') !== undefined);
}
