import { type Char, type Chars, fused, plainChars } from '../command/chars.js';

const BREAK = /^[ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*/;
const ESCAPED: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  '\t': '\t',
};
const CODED = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;

/** A plain scalar, or the inside of a quoted one, as YAML decodes it. `quote` is empty for a plain one. */
export function flowChars(raw: string, offset: number, quote: '' | "'" | '"'): Chars {
  const source = plainChars(raw, offset);
  const chars: Char[] = [];
  let index = 0;
  while (index < raw.length) {
    const taken = piece(raw, source, index, quote);
    chars.push(...taken.chars);
    index += taken.length;
  }
  return chars;
}

interface Piece {
  readonly chars: Chars;
  readonly length: number;
}

function piece(raw: string, source: Chars, index: number, quote: string): Piece {
  const char = raw.charAt(index);
  if (/[ \t\r\n]/.test(char)) return lineBreak(raw, source, index);
  if (quote === "'" && raw.startsWith("''", index))
    return { chars: [fused("'", source.slice(index, index + 2))], length: 2 };
  if (quote === '"' && char === '\\') return escapeAt(raw, source, index);
  return { chars: source.slice(index, index + 1), length: 1 };
}

/** One line break folds into a blank; more of them into one less. Blanks around them vanish, others stay. */
function lineBreak(raw: string, source: Chars, index: number): Piece {
  const run = raw.slice(index, runEnd(raw, index));
  const match = BREAK.exec(run)?.[0];
  if (match === undefined) return { chars: source.slice(index, index + run.length), length: run.length };
  const from = source.slice(index, index + match.length);
  const newlines = match.split('\n').length - 1;
  return { chars: folded(from, newlines === 1 ? ' ' : '\n'.repeat(newlines - 1)), length: match.length };
}

/** Where the blanks and line breaks that begin at `index` end. */
function runEnd(raw: string, index: number): number {
  let end = index;
  while (/[ \t\r\n]/.test(raw.charAt(end))) end += 1;
  return end;
}

function folded(from: Chars, text: string): Chars {
  const whole = fused(text.charAt(0), from);
  const rest = text
    .slice(1)
    .split('')
    .map((unit) => ({ ...whole, text: unit, start: whole.end }));
  return [whole, ...rest];
}

function escapeAt(raw: string, source: Chars, index: number): Piece {
  const joined = /^\\\r?\n[ \t]*/.exec(raw.slice(index, runEnd(raw, index + 1)))?.[0];
  if (joined !== undefined) return { chars: [], length: joined.length };
  const simple = ESCAPED[raw.charAt(index + 1)];
  if (simple !== undefined) return { chars: [fused(simple, source.slice(index, index + 2))], length: 2 };
  const match = CODED.exec(raw.slice(index + 1, index + 10));
  const hex = match?.[1] ?? match?.[2] ?? match?.[3];
  const length = 1 + (match?.[0].length ?? 0);
  const from = source.slice(index, index + length);
  if (hex === undefined) return { chars: from, length };
  return { chars: folded(from, String.fromCodePoint(Number.parseInt(hex, 16))), length };
}
