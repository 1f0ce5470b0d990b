import { type Char, type Chars, plainChars, spelled } from '../command/chars.js';

interface Line {
  readonly text: string;
  /** Where `text` begins in the source. */
  readonly start: number;
  /** The range of the line break. */
  readonly breakStart: number;
  readonly breakEnd: number;
}

/**
 * The body of a block scalar as YAML decodes it, with every line break at its end kept.
 * The chomping indicator takes some of those away, which is left to the caller.
 * @param indent the explicit indentation, or `undefined` to take the first line's
 */
export function blockChars(raw: string, offset: number, style: '|' | '>', indent: number | undefined): Chars {
  const lines = linesOf(raw, offset, indent ?? firstIndent(raw));
  return style === '|' ? literal(lines) : folded(lines);
}

function firstIndent(raw: string): number {
  return /^(?: *\r?\n)*( *)/.exec(raw)?.[1]?.length ?? 0;
}

function linesOf(raw: string, offset: number, indent: number): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < raw.length) {
    const newline = raw.indexOf('\n', start);
    const end = newline < 0 ? raw.length : newline;
    const textEnd = newline > start && raw.charAt(newline - 1) === '\r' ? newline - 1 : end;
    const textStart = Math.min(start + indent, textEnd);
    const breakEnd = newline < 0 ? end : newline + 1;
    const text = raw.slice(textStart, textEnd);
    lines.push({ text, start: offset + textStart, breakStart: offset + textEnd, breakEnd: offset + breakEnd });
    start = breakEnd;
  }
  return lines;
}

function content(line: Line): Char[] {
  return plainChars(line.text, line.start);
}

function newline(line: Line, text = '\n'): Char {
  return spelled(text, line.breakStart, line.breakEnd);
}

function literal(lines: readonly Line[]): Chars {
  return lines.flatMap((line) => [...content(line), newline(line)]);
}

function folded(lines: readonly Line[]): Chars {
  return lines.flatMap((line, index) => [...content(line), ...breakAfter(lines, index)]);
}

/** A break folds only between two lines of the base indentation: into a blank, or into the empty lines between them. */
function breakAfter(lines: readonly Line[], index: number): Char[] {
  const line = lines[index] as Line;
  if (line.text === '' || isIndented(line)) return [newline(line)];
  let next = index + 1;
  while (lines[next]?.text === '') next += 1;
  const following = lines[next];
  if (following === undefined || isIndented(following)) return [newline(line)];
  return next === index + 1 ? [newline(line, ' ')] : [];
}

function isIndented(line: Line): boolean {
  return /^[ \t]/.test(line.text);
}
