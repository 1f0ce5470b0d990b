import type { Node } from 'web-tree-sitter';
import type { Imports } from './imports.js';
import { keywordsOf } from './settings-class.js';
import { stringOf } from './strings.js';

/** `os.getenv("X", "5")` in its forms. */
export interface Lookup {
  readonly name: string;
  readonly fallback: Node | null;
}

const GETTERS: ReadonlySet<string> = new Set(['os.getenv', 'os.environ.get']);

/** What a call or subscript looks up in the environment; `undefined` where it is something else. */
export function lookupOf(imports: Imports, expression: Node): Lookup | undefined {
  if (expression.type === 'subscript') return subscriptLookup(imports, expression);
  const called = expression.type === 'call' ? expression.childForFieldName('function') : null;
  if (called === null || !isKnown(imports, called, GETTERS)) return undefined;
  const list = expression.childForFieldName('arguments');
  const items = list?.namedChildren.filter(({ isExtra }) => !isExtra) ?? [];
  const positional = items.filter(({ type }) => type !== 'keyword_argument');
  const keywords = new Map(keywordsOf(list));
  const key = positional[0] ?? keywords.get('key');
  const name = key === undefined ? null : stringOf(key);
  return name === null ? undefined : { name, fallback: positional[1] ?? keywords.get('default') ?? null };
}

function subscriptLookup(imports: Imports, expression: Node): Lookup | undefined {
  const [value, key] = [expression.childForFieldName('value'), expression.childForFieldName('subscript')];
  if (value === null || key === null || !isKnown(imports, value, new Set(['os.environ']))) return undefined;
  const name = stringOf(key);
  return name === null ? undefined : { name, fallback: null };
}

function isKnown(imports: Imports, expression: Node, known: ReadonlySet<string>): boolean {
  const origins = imports.originsOf(expression);
  return origins.length > 0 && origins.every((origin) => known.has(origin));
}

const CASTS: ReadonlySet<string> = new Set(['int', 'float']);

/** The one argument of `int(...)` or `float(...)`. */
export function castOf(imports: Imports, expression: Node): Node | undefined {
  const called = expression.type === 'call' ? expression.childForFieldName('function') : null;
  if (called?.type !== 'identifier' || !CASTS.has(called.text) || imports.originsOf(called).length > 0)
    return undefined;
  const items = expression.childForFieldName('arguments')?.namedChildren.filter(({ isExtra }) => !isExtra) ?? [];
  const [item] = items;
  return items.length === 1 && item?.type !== 'keyword_argument' ? item : undefined;
}
