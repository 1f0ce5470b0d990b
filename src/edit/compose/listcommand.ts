import { type CST, isScalar, type Node, type Scalar, type YAMLSeq } from 'yaml';
import { asOpaque } from '../command/chars.js';
import type { Command, Tail } from '../command/command.js';
import { refuse } from '../command/refused.js';
import { type Word, wordOf } from '../command/word.js';
import { interpolate } from './interpolate.js';
import { scalarChars } from './scalar.js';

/**
 * A command that is a list: every item is one word, whatever it holds.
 * @throws {Refused} at items that compose would not take
 */
export function listCommand(text: string, list: YAMLSeq): Command {
  const items = list.items as Node[];
  return { words: items.map((item) => wordOfItem(text, item)), tail: tailOf(text, list, items) };
}

function wordOfItem(text: string, item: Node): Word {
  const [start, end] = item.range ?? [0, 0];
  if (!isScalar(item)) {
    // What an alias stands for is shared, so it may be passed over but never changed.
    const chars = [{ text: text.slice(start, end), start, end, opaque: false }];
    return wordOf(asOpaque(chars), start, end);
  }
  if (typeof item.value !== 'string') refuseItem(item, start);
  return wordOf(interpolate(scalarChars(text, item)), start, end);
}

function refuseItem(item: Scalar, at: number): never {
  refuse({
    kind: 'unsupported',
    message: 'Compose takes only text in a list, and this item is none',
    at,
    found: item.source ?? '',
    fix: 'Put the item in quotes',
  });
}

function tailOf(text: string, list: YAMLSeq, items: readonly Node[]): Tail | null {
  const last = items[items.length - 1];
  const quote = quoteOf(last);
  const end = last?.range?.[1];
  if (quote === undefined || end === undefined) return null;
  const where = list.flow ? afterFlowItem(text, items, end) : afterBlockItem(text, list, end);
  return { ...where, quote, numberQuote: quote === '' ? '"' : quote };
}

const QUOTES = new Map<Scalar['type'], string>([
  ['PLAIN', ''],
  ['QUOTE_SINGLE', "'"],
  ['QUOTE_DOUBLE', '"'],
]);

/** `undefined` where nothing can follow in the same style: a block scalar, an alias. */
function quoteOf(item: Node | undefined): string | undefined {
  return isScalar(item) ? QUOTES.get(item.type) : undefined;
}

function afterBlockItem(text: string, list: YAMLSeq, end: number): Pick<Tail, 'at' | 'before'> {
  const newline = text.indexOf('\n', end);
  const lineEnd = newline < 0 ? text.length : newline;
  const at = text.charAt(lineEnd - 1) === '\r' ? lineEnd - 1 : lineEnd;
  const token: CST.Token | undefined = list.srcToken;
  const indent = token?.type === 'block-seq' ? token.indent : 0;
  return { at, before: `${lineBreakOf(text)}${' '.repeat(indent)}- ` };
}

/** One item a line where the last item has a line of its own. */
function afterFlowItem(text: string, items: readonly Node[], end: number): Pick<Tail, 'at' | 'before'> {
  const last = items[items.length - 1]?.range?.[0] ?? 0;
  const lead = text.slice(text.lastIndexOf('\n', last) + 1, last);
  const alone = items.length > 1 && /^[ \t]*$/.test(lead);
  return { at: end, before: alone ? `,${lineBreakOf(text)}${lead}` : ', ' };
}

function lineBreakOf(text: string): string {
  return /\r\n/.test(text) ? '\r\n' : '\n';
}
