import type { Node } from 'web-tree-sitter';
import type { TextEdit } from '../types.js';

/** What stands between brackets: arguments of a call, or entries of a dict. */
export interface ItemList {
  /** Just after the opening bracket. */
  readonly start: number;
  /** Just before the closing one. */
  readonly end: number;
  readonly items: readonly Node[];
  readonly comments: readonly Node[];
  /** Offsets of the commas between and after the items. */
  readonly commas: readonly number[];
}

/** Adds keyword arguments at the end of a call, in the call's own style. The list must hold no `**` that may hold them. */
export function appendArguments(text: string, list: ItemList, additions: readonly Addition[]): TextEdit[] {
  const equals = equalsOf(text, list);
  return append(
    text,
    list,
    additions.map(({ name, value }) => name + equals + value),
  );
}

/** Adds entries at the end of a dict, in its own style. */
export function appendEntries(text: string, list: ItemList, additions: readonly Addition[]): TextEdit[] {
  const pair = list.items.findLast(({ type }) => type === 'pair');
  const [key, value] = [pair?.childForFieldName('key'), pair?.childForFieldName('value')];
  const quote = key?.text.startsWith("'") === true ? "'" : '"';
  const between = key && value ? text.slice(key.endIndex, value.startIndex) : ': ';
  const colon = /^ ?: ?$/.test(between) ? between : ': ';
  return append(
    text,
    list,
    additions.map((one) => `${quote}${one.name}${quote}${colon}${one.value}`),
  );
}

/** One item to add: its name, and its value as Python writes it. */
export interface Addition {
  readonly name: string;
  readonly value: string;
}

function append(text: string, list: ItemList, written: readonly string[]): TextEdit[] {
  if (written.length === 0) return [];
  const last = list.items.at(-1);
  return last === undefined ? intoEmpty(text, list, written) : afterLast(text, list, last, written);
}

/** The items between the brackets of a node, and what stands around them. */
export function itemsBetween(node: Node): ItemList {
  return {
    start: node.startIndex + 1,
    end: node.endIndex - 1,
    items: node.namedChildren.filter((child) => !child.isExtra),
    comments: node.namedChildren.filter(({ type }) => type === 'comment'),
    commas: node.children.filter(({ type }) => type === ',').map(({ startIndex }) => startIndex),
  };
}

/**
 * A comment that shares the line of the last argument stays behind that argument,
 * so the comma that is missing goes before the comment and the new lines after it.
 */
function afterLast(text: string, list: ItemList, last: Node, written: readonly string[]): TextEdit[] {
  const comma = list.commas.find((at) => at >= last.endIndex);
  const anchor = comma === undefined ? last.endIndex : comma + 1;
  const remark = list.comments.find(({ startIndex }) => startIndex >= anchor && isOneLine(text, anchor, startIndex));
  const ownLines = remark !== undefined || indentOf(text, last.startIndex) !== null;
  const gap = ownLines ? newlineOf(text, list) + indentFor(text, list, last) : gapOf(text, list);
  const end = remark === undefined ? anchor : endOf(text, remark);
  if (comma !== undefined) return [insert(end, written.map((argument) => `${gap}${argument},`).join(''))];
  const lines = gap + written.join(`,${gap}`);
  return end === anchor ? [insert(anchor, `,${lines}`)] : [insert(anchor, ','), insert(end, lines)];
}

function intoEmpty(text: string, list: ItemList, written: readonly string[]): TextEdit[] {
  if (isOneLine(text, list.start, list.end)) return [insert(list.start, written.join(', '))];
  const remark = list.comments.at(-1);
  const indent = remark === undefined ? null : indentOf(text, remark.startIndex);
  const gap = newlineOf(text, list) + (indent ?? deeper(text, list));
  const at = remark === undefined ? list.start : endOf(text, remark);
  return [insert(at, written.map((argument) => `${gap}${argument},`).join(''))];
}

function insert(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}

/** The grammar counts the carriage return of a CRLF to the comment before it. */
function endOf(text: string, comment: Node): number {
  return text[comment.endIndex - 1] === '\r' ? comment.endIndex - 1 : comment.endIndex;
}

function isOneLine(text: string, start: number, end: number): boolean {
  return !text.slice(start, end).includes('\n');
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The white space before `offset` where nothing else stands before it on its line, else null. */
export function indentOf(text: string, offset: number): string | null {
  const before = text.slice(lineStart(text, offset), offset);
  return /^[ \t]*$/.test(before) ? before : null;
}

function indentFor(text: string, list: ItemList, last: Node): string {
  const start = lineStart(text, last.startIndex);
  return start > list.start ? leadingSpace(text, start) : deeper(text, list);
}

/** One step deeper than the line on which the call opens. */
function deeper(text: string, list: ItemList): string {
  const step = /^\t/m.test(text) ? '\t' : '    ';
  return leadingSpace(text, lineStart(text, list.start)) + step;
}

function leadingSpace(text: string, start: number): string {
  let end = start;
  while (text[end] === ' ' || text[end] === '\t') end += 1;
  return text.slice(start, end);
}

export function newlineOf(text: string, list: Pick<ItemList, 'start' | 'end'>): string {
  const inside = text.slice(list.start, list.end);
  const sample = inside.includes('\n') ? inside : text;
  return /\r\n|\n/.exec(sample)?.[0] ?? '\n';
}

/** `f(a,b)` goes on without a space, everything else with one. */
function gapOf(text: string, list: ItemList): string {
  const [last, previous] = [list.items.at(-1), list.items.at(-2)];
  if (last === undefined || previous === undefined) return ' ';
  return text.slice(previous.endIndex, last.startIndex) === ',' ? '' : ' ';
}

/** ` = ` where the call's last keyword argument is written so, else `=`. */
function equalsOf(text: string, list: ItemList): string {
  const keyword = list.items.findLast(({ type }) => type === 'keyword_argument');
  const [name, value] = [keyword?.childForFieldName('name'), keyword?.childForFieldName('value')];
  const between = name && value ? text.slice(name.endIndex, value.startIndex) : '=';
  return / ?= ?/.exec(between)?.[0] === between ? between : '=';
}
