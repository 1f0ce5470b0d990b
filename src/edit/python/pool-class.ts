import type { Node } from 'web-tree-sitter';
import { apartFrom, isBeyond } from './apart.js';
import type { KnownCall } from './calls.js';
import { type Imports, importsOf } from './imports.js';
import { shown } from './refusal.js';
import { type Slot, tableBehind } from './slots.js';
import { refuseAt, type Source } from './source.js';
import type { Table } from './tables.js';

const SIZED_POOLS: ReadonlySet<string> = new Set(['QueuePool', 'AsyncAdaptedQueuePool']);

/** What no other pool takes: beside these, another one is an error when the program starts. */
const SIZES: ReadonlySet<string> = new Set(['pool_size', 'max_overflow', 'pool_timeout']);

type Entry = Table['entries'][number];

/**
 * Refuses where an engine may be given a pool that takes no size: by name, or in a dict that is unpacked, unless
 * what fills in such a pool never reaches the call, or never comes together with the sizes or what would be added to them.
 */
export function refuseOtherPool(source: Source, { node, args }: KnownCall<unknown>, slots: readonly Slot[]): void {
  const tables = args.doubleStars.flatMap((star) => tableBehind(source, star) ?? []);
  const isAlwaysSized = [...args.keywords.keys()].some((key) => SIZES.has(key));
  const beside = sizedIn(tables, slots);
  const reachesCall = ({ filling }: Entry) => filling.source !== source || !isBeyond(node, filling.node);
  for (const name of ['pool', 'poolclass']) {
    const given = args.keywords.get(name);
    if (given !== undefined) refuseUnsized(source, name, given);
    const filled = tables.flatMap(({ entries }) => entries.filter(({ key }) => key === name)).filter(reachesCall);
    for (const [index, { filling, value }] of filled.entries()) {
      const isLooked = !isAlwaysSized && beside.length > 0 && index < MOST_PLACES;
      const isApart = isLooked && beside.map((size) => size.filling).every(apartFrom(filling));
      if (!isApart) refuseUnsized(filling.source, name, value);
    }
  }
}

/** In code that a person wrote there are two or three. */
const MOST_PLACES = 20;

/** The sizes in dicts, and the last setting of the kind, beside which others are added; nothing where there is no size. */
function sizedIn(tables: readonly Table[], slots: readonly Slot[]): readonly Entry[] {
  const sizes = tables.flatMap(({ entries }) => entries.filter(({ key }) => SIZES.has(key)));
  const ours = tables.map(({ entries }) => entries.findLast(({ key }) => slots.some(({ keyword }) => keyword === key)));
  const [last] = ours.filter((entry) => entry !== undefined);
  return sizes.length === 0 || last === undefined ? [] : [...sizes, last];
}

function refuseUnsized(source: Source, name: string, value: Node): void {
  if (name === 'pool')
    refusePool(source, value, 'the engine is given a pool of its own, which ignores the pool arguments');
  if (value.type === 'none') return;
  const names = poolNames(importsOf(source), value);
  if (names.every((one) => SIZED_POOLS.has(one))) return;
  refusePool(source, value, `the engine's poolclass is ${names.join(' or ')}, not a QueuePool`);
}

function poolNames(imports: Imports, poolClass: Node): readonly string[] {
  const origins = imports.originsOf(poolClass);
  const names = origins.length > 0 ? origins : [shown(poolClass.text)];
  return names.map((name) => name.split('.').at(-1) ?? name);
}

function refusePool(source: Source, at: Node, message: string): never {
  return refuseAt(source, at, {
    kind: 'unsafe',
    message,
    fix: 'Remove that argument by hand if this engine is to have a pool of connections',
  });
}
