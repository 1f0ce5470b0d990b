import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { refuse } from '../command/refused.js';

/** What a key stands for, seen through aliases and merge keys. */
export interface Field {
  readonly node: Node;
  /** Where the service itself names it: the value, the alias, or the merge key. */
  readonly at: number;
  readonly inherited: boolean;
  /** The text that the value stands in, where that is another file. */
  readonly text?: string;
}

const DEEPEST_MERGE = 20;

/**
 * The value of `key` in a mapping; its own comes before what merge keys bring.
 * @throws {Refused} where merge keys lead in circles
 */
export function fieldOf(document: Document.Parsed, map: YAMLMap, key: string, depth = 0): Field | undefined {
  if (depth > DEEPEST_MERGE) refuseCircle(map);
  const own = map.items.find((pair) => keyOf(pair) === key)?.value as Node | null | undefined;
  if (own !== undefined) return own === null ? undefined : direct(document, own);
  for (const source of mergedInto(document, map)) {
    const found = fieldOf(document, source.map, key, depth + 1);
    if (found !== undefined) return { ...found, at: source.at, inherited: true };
  }
  return undefined;
}

function direct(document: Document.Parsed, node: Node): Field | undefined {
  const resolved = resolve(document, node);
  const at = node.range?.[0] ?? 0;
  return resolved === undefined ? undefined : { node: resolved, at, inherited: resolved !== node };
}

/** The node behind an alias, or the node itself. */
export function resolve(document: Document.Parsed, node: Node): Node | undefined {
  return isAlias(node) ? node.resolve(document) : node;
}

export function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : '';
}

/** The keys of a mapping, with those that merge keys bring. */
export function keysOf(document: Document.Parsed, map: YAMLMap, depth = 0): readonly string[] {
  if (depth > DEEPEST_MERGE) refuseCircle(map);
  const own = map.items.map(keyOf).filter((key) => key !== '<<');
  return [...own, ...mergedInto(document, map).flatMap((source) => keysOf(document, source.map, depth + 1))];
}

/** The service that one extends; without a file it is one of the same. */
export interface Extended {
  readonly service: string;
  readonly file: string | undefined;
  readonly at: number;
}

/** `extends: name`, or a mapping with `service` and maybe `file`; `undefined` where no service is named. */
export function extendedName(document: Document.Parsed, map: YAMLMap): Extended | undefined {
  const field = fieldOf(document, map, 'extends');
  if (field === undefined) return undefined;
  const { node, at } = field;
  const said = (key: string) => {
    const value = isMap(node) ? fieldOf(document, node, key)?.node : undefined;
    return isScalar(value) ? String(value.value) : undefined;
  };
  const service = isScalar(node) ? String(node.value) : said('service');
  return service === undefined ? undefined : { service, file: said('file'), at };
}

interface Source {
  readonly map: YAMLMap;
  readonly at: number;
}

function mergedInto(document: Document.Parsed, map: YAMLMap): Source[] {
  return map.items
    .filter((pair) => keyOf(pair) === '<<')
    .flatMap((pair) => {
      const value = pair.value as Node | null;
      const resolved = value === null ? undefined : resolve(document, value);
      const nodes = isSeq(resolved) ? (resolved.items as Node[]) : resolved === undefined ? [] : [resolved];
      const at = value?.range?.[0] ?? 0;
      return nodes.flatMap((node) => {
        const one = resolve(document, node);
        return isMap(one) ? [{ map: one, at }] : [];
      });
    });
}

function refuseCircle(map: YAMLMap): never {
  refuse({
    kind: 'unsupported',
    message: 'Merge keys lead in circles',
    at: map.range?.[0] ?? 0,
    fix: 'Write the service out without them',
  });
}
