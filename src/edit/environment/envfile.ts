import { lengthWithout } from '../command/blanks.js';

/** One assignment of an environment file; `start` and `end` are the range of the value without its quotes. */
export interface Assigned {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** False where the value is more than the plain text: escapes, expansions, several lines. */
  readonly plain: boolean;
}

const BLANK = /^[ \t\r\v\f]$/;
const ASSIGNMENT = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/y;

/** The assignments of an environment file, in order; the last of a name is the one that counts. */
export function assignmentsIn(text: string): readonly Assigned[] {
  const found: Assigned[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    ASSIGNMENT.lastIndex = at;
    const match = ASSIGNMENT.exec(text);
    const from = at + (match?.[0].length ?? 0);
    const assigned = match === null ? undefined : valueAt(text, match[1] ?? '', from);
    if (assigned !== undefined) found.push(assigned);
    at = lineEnd(text, assigned?.end ?? at) + 1;
  }
  return found;
}

function valueAt(text: string, name: string, from: number): Assigned {
  const quote = text.charAt(from);
  if (quote === '"' || quote === "'") {
    const end = closing(text, from + 1, quote);
    if (end !== -1) return assigned(text, name, from + 1, end);
  }
  const line = text.slice(from, lineEnd(text, from));
  const length = lengthWithout(BLANK, line.slice(0, remarkIn(line)));
  // An empty value stands before the blanks: what is written behind them would run into a remark.
  const start = length === 0 ? text.lastIndexOf('=', from) + 1 : from;
  return assigned(text, name, start, start + length);
}

/** A `#` at the start, or after a blank. */
function remarkIn(line: string): number {
  let at = line.indexOf('#');
  while (at > 0 && !/[ \t]/.test(line.charAt(at - 1))) at = line.indexOf('#', at + 1);
  return at === -1 ? line.length : at;
}

function assigned(text: string, name: string, start: number, end: number): Assigned {
  const value = text.slice(start, end);
  return { name, value, start, end, plain: !/[\\$\n"'`]/.test(value) };
}

function closing(text: string, from: number, quote: string): number {
  let at = text.indexOf(quote, from);
  while (at > 0 && quote === '"' && isEscaped(text, at)) at = text.indexOf(quote, at + 1);
  return at;
}

function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text.charAt(start - 1) === '\\') start -= 1;
  return (at - start) % 2 === 1;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
