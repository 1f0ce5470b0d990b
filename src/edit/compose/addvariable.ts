import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { refuse } from '../command/refused.js';
import type { TextEdit } from '../types.js';
import { fieldOf, keyOf } from './fields.js';

/** The edit that gives a service one more variable, in the style in which it has others. */
export function addVariable(
  text: string,
  document: Document.Parsed,
  map: YAMLMap,
  { name, value }: { readonly name: string; readonly value: string },
): TextEdit {
  const field = fieldOf(document, map, 'environment');
  const [pair, item] = [`${name}: ${value}`, `${name}=${value}`];
  if (field === undefined) return intoService(text, map, { name, value });
  if (field.inherited || field.node.anchor) refuseShared(field.at);
  const { node } = field;
  if (isMap(node)) return node.flow ? intoFlow(node, pair) : beforePair(text, node, pair);
  if (isSeq(node)) return node.flow ? intoFlow(node, item) : beforeItem(text, node.items[0] as Node | undefined, item);
  return refuseShared(field.at);
}

function refuseShared(at: number): never {
  return refuse({
    kind: 'unsafe',
    message: 'The environment of this service is shared, or written in a way that nothing can be added to',
    at,
    fix: 'Give the service an `environment` of its own, with WEB_CONCURRENCY in it',
  });
}

function intoService(
  text: string,
  map: YAMLMap,
  variable: { readonly name: string; readonly value: string },
): TextEdit {
  if (map.flow) return intoFlow(map, `environment: {${variable.name}: ${variable.value}}`);
  const first = map.items.find((pair) => keyOf(pair) !== '<<') ?? map.items[0];
  const at = isScalar(first?.key) ? (first.key.range?.[0] ?? 0) : 0;
  const indent = indentAt(text, at);
  const newline = newlineOf(text);
  return insert(at, `environment:${newline}${indent}  ${variable.name}: ${variable.value}${newline}${indent}`);
}

function beforePair(text: string, map: YAMLMap, written: string): TextEdit {
  const key = map.items[0]?.key;
  const at = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
  return insert(at, `${written}${newlineOf(text)}${indentAt(text, at)}`);
}

function beforeItem(text: string, first: Node | undefined, written: string): TextEdit {
  const at = first?.range?.[0] ?? 0;
  const lead = indentAt(text, at, /^[ ]*- +$/);
  return insert(at, `${written}${newlineOf(text)}${lead}`);
}

function intoFlow(
  node: { readonly range?: readonly number[] | null | undefined; readonly items: readonly unknown[] },
  written: string,
): TextEdit {
  return insert((node.range?.[0] ?? 0) + 1, node.items.length === 0 ? written : `${written}, `);
}

function indentAt(text: string, at: number, shape = /^[ ]*$/): string {
  const lead = text.slice(text.lastIndexOf('\n', at - 1) + 1, at).replace(/^\uFEFF/, '');
  return shape.test(lead) ? lead : refuseShared(at);
}

function insert(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}

function newlineOf(text: string): string {
  return /\r\n/.test(text) ? '\r\n' : '\n';
}
