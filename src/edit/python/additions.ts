import type { Node } from 'web-tree-sitter';
import type { SettingValue } from '../../settings.js';
import type { PlacedEdit, TextEdit } from '../types.js';
import { type Addition, appendArguments, appendEntries, indentOf, itemsBetween, newlineOf } from './append.js';
import { printed } from './literal.js';
import type { Slot, Target } from './slots.js';
import { fileOf, type Project, refuseAt, type Source } from './source.js';
import type { Filling, Table } from './tables.js';

/** A setting that stands nowhere yet, and what it is added to: a dict, or the call itself. */
export interface Missing {
  readonly slot: Slot;
  readonly value: SettingValue;
  readonly where: Table | null;
}

/** The edits that add settings, in the style of what they are added to. */
export function additionsOf(project: Project, target: Target, missing: readonly Missing[]): PlacedEdit[] {
  const toCall = missing.filter(({ where }) => where === null).map(additionOf);
  const edits: PlacedEdit[] = toCall.length === 0 ? [] : appendArguments(project.own.text, target.args, toCall);
  const tables = new Map<Node['id'], { readonly filling: Filling; readonly additions: Addition[] }>();
  for (const one of missing) {
    const filling = one.where === null ? undefined : fillingOf(one.where, target);
    if (filling === undefined) continue;
    const group = tables.get(filling.node.id) ?? { filling, additions: [] };
    group.additions.push(additionOf(one));
    tables.set(filling.node.id, group);
  }
  for (const { filling, additions } of tables.values()) {
    const where = fileOf(filling.source);
    edits.push(...intoFilling(filling, additions).map((edit) => ({ ...edit, ...where })));
  }
  return edits;
}

function additionOf({ slot, value }: Missing): Addition {
  return { name: slot.keyword, value: printed(value) };
}

/** The last place that fills in a setting of the kind. */
function fillingOf({ entries }: Table, { slots }: Target): Filling | undefined {
  return entries.findLast(({ key }) => slots.some(({ keyword }) => keyword === key))?.filling;
}

function intoFilling({ source, kind, node }: Filling, additions: readonly Addition[]): TextEdit[] {
  if (kind === 'dictionary') return appendEntries(source.text, itemsBetween(node), additions);
  if (kind === 'statement') return [afterStatement(source, node, additions)];
  const list = node.childForFieldName('arguments');
  return list === null ? [] : appendArguments(source.text, itemsBetween(list), additions);
}

/** One more `d["key"] = value` for each, on lines of their own. */
function afterStatement(source: Source, node: Node, additions: readonly Addition[]): TextEdit {
  const { text } = source;
  const indent = indentOf(text, node.startIndex);
  const newline = text.indexOf('\n', node.endIndex);
  const lineEnd = newline === -1 ? text.length : newline;
  const rest = text.slice(node.endIndex, lineEnd);
  const subscript = node.childForFieldName('left');
  const [object, key] = [subscript?.childForFieldName('value'), subscript?.childForFieldName('subscript')];
  if (indent === null || !/^[ \t]*(?:#.*)?\r?$/.test(rest) || !object || !key) {
    return refuseAt(source, node, {
      kind: 'unsafe',
      message: 'nothing can be added after this statement, which shares its line',
      fix: `Add by hand: ${additions.map(({ name, value }) => `${name}=${value}`).join(', ')}`,
    });
  }
  const quote = key.text.startsWith("'") ? "'" : '"';
  const end = rest.endsWith('\r') ? lineEnd - 1 : lineEnd;
  const gap = newlineOf(text, { start: 0, end: text.length }) + indent;
  const lines = additions.map(({ name, value }) => `${gap}${object.text}[${quote}${name}${quote}] = ${value}`);
  return { start: end, end, text: lines.join('') };
}
