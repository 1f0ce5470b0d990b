import { isMap, isScalar } from 'yaml';
import { attempted } from '../../edit/command/refused.js';
import { fieldOf } from '../../edit/compose/fields.js';
import { type Layer, mapsIn } from '../../edit/compose/layer.js';
import { allLayers, basesTold } from '../../edit/compose/layers.js';
import type { Surroundings } from '../../edit/types.js';
import { cpusInList, fewest } from '../../target/cpulist.js';
import { NONE, type Written } from './written.js';

const MULTIPLES = 'bkmgt';

/** The limits that compose files, and what they extend, give a service. A variable is not followed; files that can't be read say nothing. */
export function composeLimits(around: Surroundings, name: string): Written {
  const compose = around.compose.filter((path) => attempted(() => mapsIn(path, around)) !== undefined);
  const layers = allLayers({ ...around, compose }, basesTold).get(name) ?? [];
  return layers.reduce((before, layer) => {
    const { cpus, memoryBytes } = attempted(() => limitsIn(layer)) ?? NONE;
    return { cpus: cpus ?? before.cpus, memoryBytes: memoryBytes ?? before.memoryBytes };
  }, NONE);
}

/** What both ways of writing a limit say counts as the less. */
function limitsIn(layer: Layer): Written {
  const limit = (key: string) => valueAt(layer, 'deploy', 'resources', 'limits', key);
  return {
    cpus: fewest(
      coresOf(limit('cpus')),
      coresOf(valueAt(layer, 'cpus')),
      cpusInList(String(valueAt(layer, 'cpuset') ?? '')),
    ),
    memoryBytes: fewest(bytesOf(limit('memory')), bytesOf(valueAt(layer, 'mem_limit'))),
  };
}

/** The plain value at the end of a path of keys. */
function valueAt({ document, map }: Pick<Layer, 'document' | 'map'>, key: string, ...rest: readonly string[]): unknown {
  const node = fieldOf(document, map, key)?.node;
  const [next, ...others] = rest;
  if (next === undefined) return isScalar(node) ? node.value : undefined;
  return isMap(node) ? valueAt({ document, map: node }, next, ...others) : undefined;
}

function coresOf(value: unknown): number | null {
  return /^\d*\.?\d+$/.test(String(value)) && Number(value) > 0 ? Number(value) : null;
}

/** `512m`, `1.5gb`, or bytes: all multiples are powers of 1024. */
function bytesOf(value: unknown): number | null {
  const [, amount, multiple] = /^(\d*\.?\d+)\s*([bkmgt]?)b?$/i.exec(String(value)) ?? [];
  if (amount === undefined) return null;
  const bytes = Math.floor(Number(amount) * 1024 ** Math.max(0, MULTIPLES.indexOf((multiple || 'b').toLowerCase())));
  return bytes > 0 ? bytes : null;
}
