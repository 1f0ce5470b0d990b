/**
 * One UTF-16 unit as a program will see it, with the source range `[start, end)` that spells it.
 * An opaque one stands for something that is only known where the command runs: a variable, a substitution.
 */
export interface Char {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly opaque: boolean;
}

export type Chars = readonly Char[];

/** Text that spells itself, from `offset` of the source on. */
export function plainChars(text: string, offset: number): Char[] {
  return text.split('').map((unit, index) => spelled(unit, offset + index, offset + index + 1));
}

export function spelled(text: string, start: number, end: number): Char {
  return { text, start, end, opaque: false };
}

export function textOf(chars: Chars): string {
  return chars.map((char) => char.text).join('');
}

/** Several characters of the source that mean one, such as an escape. */
export function fused(text: string, from: Chars): Char {
  const first = from[0];
  const last = from[from.length - 1];
  if (first === undefined || last === undefined) throw new RangeError('nothing to fuse');
  return { text, start: first.start, end: last.end, opaque: from.some((char) => char.opaque) };
}

export function asOpaque(chars: Chars): Char[] {
  return chars.map((char) => ({ ...char, opaque: true }));
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The source range of some characters; `undefined` when there are none, or when something else stands between them. */
export function rangeOf(chars: Chars): Range | undefined {
  const first = chars[0];
  const last = chars[chars.length - 1];
  if (first === undefined || last === undefined) return undefined;
  const whole = chars.every((char, index) => index === 0 || chars[index - 1]?.end === char.start);
  return whole ? { start: first.start, end: last.end } : undefined;
}

/** As `push(...)`, for any number of characters. */
export function addAll(chars: Char[] | undefined, more: Chars): void {
  for (const char of more) chars?.push(char);
}

/** Characters in which every match of a pattern is opaque, but for the one that spells a plain character. */
export function withKnown(
  chars: Chars,
  pattern: RegExp,
  plain: { readonly written: string; readonly means: string },
): Chars {
  const result: Char[] = [];
  let done = 0;
  for (const match of textOf(chars).matchAll(pattern)) {
    const here = chars.slice(match.index, match.index + match[0].length);
    addAll(result, chars.slice(done, match.index));
    addAll(result, match[0] === plain.written ? [fused(plain.means, here)] : asOpaque(here));
    done = match.index + match[0].length;
  }
  addAll(result, chars.slice(done));
  return result;
}
