import type { Node } from 'web-tree-sitter';
import type { Trace } from '../spot.js';
import { type Binder, bindersAt, moduleBinders, usesOf } from './binders.js';
import { fieldIn, instanceOf, returnOf } from './instances.js';
import { withoutParentheses } from './literal.js';
import { type Look, stuck } from './look.js';
import { rowsOf, type Source } from './source.js';
import { stringOf } from './strings.js';
import { symbolOfExpression } from './symbols.js';
import { isReading, mutationsOf } from './table-uses.js';

/** One place that fills a dict: its literal, a call with keywords, or a statement for one key. */
export interface Filling {
  readonly source: Source;
  readonly kind: 'dictionary' | 'call' | 'statement';
  readonly node: Node;
}

/** What is known of a dict. */
export interface Table {
  readonly entries: readonly { readonly key: string; readonly value: Node; readonly filling: Filling }[];
  readonly fillings: readonly Filling[];
  /** What may change it in a way that is not followed. */
  readonly open?: { readonly source: Source; readonly node: Node };
}

const DEEPEST = 6;

/** What fills the dict behind an expression; `undefined` where that is no dict that can be followed. */
export function tableOf(source: Source, expression: Node, depth = 0): Table | undefined {
  if (depth > DEEPEST) return undefined;
  const node = withoutParentheses(expression);
  if (isLiteral(node)) return filled(source, node);
  if (node.type === 'identifier') return namedTable(source, node, depth);
  if (node.type === 'call') return returnedTable(source, node, depth);
  if (node.type === 'conditional_expression') return eitherTable(source, node, depth);
  if (node.type !== 'attribute') return undefined;
  const symbol = symbolOfExpression(source, node);
  if (symbol.kind === 'value')
    return tableOfBinders(symbol.source, symbol.name.text, moduleBinders(symbol.source, symbol.name.text));
  const object = node.childForFieldName('object');
  const instance = object === null ? undefined : instanceOf(source, object);
  const field = instance === undefined ? undefined : fieldIn(instance, node.childForFieldName('attribute')?.text ?? '');
  return field?.single === true && field.value !== null ? tableOf(field.source, field.value, depth + 1) : undefined;
}

/** `{...} if testing else {...}`: together they say what the dict may hold. */
function eitherTable(source: Source, ternary: Node, depth: number): Table | undefined {
  const [yes, , no] = ternary.namedChildren.filter(({ isExtra }) => !isExtra);
  const tables = [yes, no].flatMap((one) => (one && tableOf(source, one, depth + 1)) ?? []);
  return tables.length === 2 ? joined(tables) : undefined;
}

function isLiteral(node: Node): boolean {
  return node.type === 'dictionary' || (node.type === 'call' && node.childForFieldName('function')?.text === 'dict');
}

function returnedTable(source: Source, call: Node, depth: number): Table | undefined {
  const called = call.childForFieldName('function');
  const symbol = called === null ? undefined : symbolOfExpression(source, called);
  const returned = symbol?.kind === 'function' ? returnOf(symbol.node) : undefined;
  return symbol?.kind === 'function' && returned !== undefined
    ? tableOf(symbol.source, returned, depth + 1)
    : undefined;
}

function namedTable(source: Source, name: Node, depth: number): Table | undefined {
  const binders = bindersAt(source, name.text, name);
  const [only] = binders;
  if (only?.kind === 'import' && binders.length === 1) {
    const symbol = symbolOfExpression(source, name);
    if (symbol.kind !== 'value') return undefined;
    return tableOfBinders(symbol.source, symbol.name.text, moduleBinders(symbol.source, symbol.name.text));
  }
  if (only?.kind === 'assignment' && binders.length === 1 && !isLiteral(withoutParentheses(only.value))) {
    return withUses(source, name.text, tableOf(source, only.value, depth + 1));
  }
  return tableOfBinders(source, name.text, binders);
}

/** Several assignments are branches: together they say what the dict may hold. */
function tableOfBinders(source: Source, name: string, binders: readonly Binder[]): Table | undefined {
  const merges = binders.flatMap((binder) => mergeOf(binder) ?? []);
  const literals = binders.flatMap((binder) =>
    binder.kind === 'assignment' && isLiteral(withoutParentheses(binder.value))
      ? [withoutParentheses(binder.value)]
      : [],
  );
  if (literals.length === 0 || literals.length + merges.length < binders.length) return undefined;
  return withUses(source, name, joined([...literals, ...merges].map((node) => filled(source, node))));
}

/** `d |= {...}` does what `d.update({...})` does. */
function mergeOf({ kind, name }: Binder): Node | undefined {
  const statement = kind === 'other' ? name.parent : null;
  const right = statement?.type === 'augmented_assignment' ? statement.childForFieldName('right') : null;
  if (right === null || statement?.childForFieldName('operator')?.text !== '|=') return undefined;
  return isLiteral(withoutParentheses(right)) ? withoutParentheses(right) : undefined;
}

function joined(tables: readonly Table[]): Table {
  const open = tables.find((table) => table.open !== undefined)?.open;
  return {
    entries: tables.flatMap(({ entries }) => entries),
    fillings: tables.flatMap(({ fillings }) => fillings),
    ...(open === undefined ? {} : { open }),
  };
}

/** What the rest of the file does to a dict by its name. */
function withUses(source: Source, name: string, table: Table | undefined): Table | undefined {
  if (table === undefined) return undefined;
  const tables = [table];
  for (const use of usesOf(source, name)) {
    const changed = mutationsOf(use);
    if (changed !== null) tables.push(...changed.map((node) => filled(source, node)));
    else if (!isReading(use)) tables.push({ entries: [], fillings: [], open: { source, node: use } });
  }
  return joined(tables);
}

/** The entries of a dict literal, of a call with keywords, or of `d["key"] = value`. */
function filled(source: Source, node: Node): Table {
  const kind = node.type === 'dictionary' ? 'dictionary' : node.type === 'call' ? 'call' : 'statement';
  const filling: Filling = { source, kind, node };
  const items = kind === 'statement' ? [node] : itemsOf(node);
  const entries = items.flatMap((item) => entryOf(item, filling));
  const strange = items.find((item) => entryOf(item, filling).length === 0);
  return { entries, fillings: [filling], ...(strange === undefined ? {} : { open: { source, node: strange } }) };
}

function itemsOf(node: Node): readonly Node[] {
  const list = node.type === 'call' ? node.childForFieldName('arguments') : node;
  return list?.namedChildren.filter(({ isExtra }) => !isExtra) ?? [];
}

function entryOf(item: Node, filling: Filling): Table['entries'] {
  if (item.type === 'assignment') {
    const subscript = item.childForFieldName('left')?.childForFieldName('subscript');
    return entry(
      subscript === null || subscript === undefined ? null : stringOf(subscript),
      item.childForFieldName('right'),
      filling,
    );
  }
  if (item.type === 'keyword_argument') {
    return entry(item.childForFieldName('name')?.text ?? null, item.childForFieldName('value'), filling);
  }
  const key = item.type === 'pair' ? item.childForFieldName('key') : null;
  return entry(key === null ? null : stringOf(key), item.childForFieldName('value'), filling);
}

function entry(key: string | null, value: Node | null, filling: Filling): Table['entries'] {
  return key === null || value === null ? [] : [{ key, value, filling }];
}

/** `CONFIG["pool_size"]`; `undefined` where what stands before the bracket is no dict that can be followed. */
export function traceItem(source: Source, subscript: Node, look: Look): Trace | undefined {
  const [object, index] = [subscript.childForFieldName('value'), subscript.childForFieldName('subscript')];
  const key = index === null ? null : stringOf(index);
  const table = object === null || key === null ? undefined : tableAt(source, object);
  return table === undefined || key === null ? undefined : traceKey(source, subscript, table, key, look);
}

/** The dict itself, or one that is a value in another one. */
function tableAt(source: Source, object: Node, depth = 0): Table | undefined {
  if (object.type !== 'subscript' || depth > DEEPEST) return tableOf(source, object);
  const [outer, index] = [object.childForFieldName('value'), object.childForFieldName('subscript')];
  const key = index === null ? null : stringOf(index);
  const table = outer === null ? undefined : tableAt(source, outer, depth + 1);
  const found = table?.entries.filter((one) => one.key === key) ?? [];
  const [only] = found;
  return found.length === 1 && only !== undefined ? tableOf(only.filling.source, only.value) : undefined;
}

export function traceKey(source: Source, use: Node, table: Table, key: string, look: Look): Trace {
  const found = table.entries.filter((one) => one.key === key);
  const [only, second] = found;
  if (table.open !== undefined) return stuck(table.open.source, table.open.node, `may set ${key}`);
  if (only === undefined) return stuck(source, use, `does not hold ${key}`);
  if (second === undefined) return look.trace(only.filling.source, only.value, look);
  const lines = rowsOf(found.map((one) => one.value));
  return stuck(second.filling.source, second.value, `is one of several values for ${key}, on lines ${lines}`);
}
