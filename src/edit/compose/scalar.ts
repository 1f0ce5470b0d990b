import type { CST, Scalar } from 'yaml';
import { type Chars, textOf } from '../command/chars.js';
import { refuse } from '../command/refused.js';
import { blockChars } from './blockscalar.js';
import { flowChars } from './flowscalar.js';

/** Longer commands are not written by people, and would only cost memory here. */
const LONGEST = 64 * 1024;

/**
 * The text of a scalar, each character with the source that spells it.
 * @throws {Refused} where this does not agree with what the parser decoded
 */
export function scalarChars(text: string, node: Scalar): Chars {
  const [start, end] = node.range ?? [0, 0];
  const decoded = node.source ?? '';
  if (end - start > LONGEST) refuseScalar('The command is longer than 64 KiB', start);
  const chars = charsBetween(text, node, start, end).slice(0, decoded.length);
  if (textOf(chars) !== decoded) refuseScalar('This text is written in a way that is not understood exactly', start);
  return chars;
}

function charsBetween(text: string, node: Scalar, start: number, end: number): Chars {
  const raw = text.slice(start, end);
  if (node.type === 'QUOTE_DOUBLE') return flowChars(raw.slice(1, -1), start + 1, '"');
  if (node.type === 'QUOTE_SINGLE') return flowChars(raw.slice(1, -1), start + 1, "'");
  if (node.type === 'PLAIN') return flowChars(raw, start, '');
  const header = /^[^\n]*(?:\n|$)/.exec(raw)?.[0] ?? '';
  const digit = /^[|>][+-]?([1-9])/.exec(header)?.[1];
  const indent = digit === undefined ? undefined : parentIndent(node) + Number(digit);
  return blockChars(raw.slice(header.length), start + header.length, header.startsWith('|') ? '|' : '>', indent);
}

function parentIndent(node: Scalar): number {
  const token: CST.Token | undefined = node.srcToken;
  return token !== undefined && 'indent' in token ? token.indent : 0;
}

function refuseScalar(message: string, at: number): never {
  refuse({ kind: 'unsupported', message, at, fix: 'Write the command on one line, plain or in quotes' });
}
