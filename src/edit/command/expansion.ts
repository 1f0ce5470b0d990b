import type { Char, Chars } from './chars.js';
import { refuse, UnknownForm } from './refused.js';

const CLOSER: Readonly<Record<string, string>> = { '{': '}', '(': ')' };

/**
 * Where the shell expansion that begins with the `$` or backtick at `index` ends; `index` itself where the `$` is a plain one.
 * @throws {Refused} when it is never closed, or is bash's `$'...'`
 */
export function expansionEnd(chars: Chars, index: number): number {
  if (chars[index]?.text === '`') return closing(chars, index + 1, '`', '`');
  const next = chars[index + 1]?.text ?? '';
  const closer = CLOSER[next];
  if (closer !== undefined) return closing(chars, index + 2, next, closer);
  if (/^["']$/.test(next)) refuseQuoted(chars[index] as Char);
  if (/^[0-9@*#?$!-]$/.test(next)) return index + 2;
  if (!/^[A-Za-z_]$/.test(next)) return index;
  let end = index + 2;
  while (/^\w$/.test(chars[end]?.text ?? '')) end += 1;
  return end;
}

function closing(chars: Chars, from: number, opener: string, closer: string): number {
  let depth = 1;
  for (let index = from; index < chars.length; index += 1) {
    index = afterQuoted(chars, index);
    const text = chars[index]?.text ?? '';
    if (text === closer) depth -= 1;
    else if (text === opener) depth += 1;
    if (depth === 0) return index + 1;
  }
  return refuse({
    kind: 'unsupported',
    message: 'A substitution in the script is never closed',
    at: chars[from - 1]?.start ?? 0,
    found: opener,
    fix: `Close it with ${closer}`,
  });
}

/** Passes over the escapes and quoted texts that begin at `from`. */
function afterQuoted(chars: Chars, from: number): number {
  let index = from;
  for (let text = chars[index]?.text; text !== undefined; text = chars[index]?.text) {
    if (text === '\\') index += 2;
    else if (text === '"' || text === "'") index = quoteEnd(chars, index + 1, text);
    else break;
  }
  return index;
}

function quoteEnd(chars: Chars, from: number, quote: string): number {
  let index = from;
  while (index < chars.length && chars[index]?.text !== quote) {
    index += chars[index]?.text === '\\' && quote === '"' ? 2 : 1;
  }
  return index + 1;
}

function refuseQuoted(dollar: Char): never {
  throw new UnknownForm({
    kind: 'unsupported',
    message: "The script uses bash's own quotes",
    at: dollar.start,
    found: "$'",
    fix: 'Write the text with plain quotes',
  });
}
