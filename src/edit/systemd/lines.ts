import { lengthWithout } from '../command/blanks.js';
import { type Char, type Chars, plainChars, spelled } from '../command/chars.js';
import { refuse } from '../command/refused.js';

/** One assignment of a unit file, with its continuation lines joined as systemd joins them. */
export interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly value: Chars;
  /** Where the key stands. */
  readonly at: number;
}

interface Line {
  readonly text: string;
  readonly start: number;
}

/**
 * The assignments of a unit file, in order. Comments are skipped, also between continuation lines; lines that mean nothing too.
 * @throws {Refused} where systemd would not load the file
 */
export function assignmentsOf(text: string): readonly Assignment[] {
  const found: Assignment[] = [];
  let section = '';
  for (const chars of logicalLines(text)) {
    const line = chars.map((char) => char.text).join('');
    const equals = line.indexOf('=');
    if (line.startsWith('[')) section = headerIn(line, chars[0]?.start ?? 0);
    else if (equals > 0) found.push(assignment(section, chars, line, equals));
  }
  return found;
}

const BLANK = /^[ \t\r\n]$/;

/** What a section may not be called: it then loads nothing of the file. */
const UNSAFE = /[\p{Cc}"'\\]/u;

function headerIn(line: string, at: number): string {
  const header = /^\[(.*)\][ \t]*$/.exec(line)?.[1];
  if (header !== undefined && !UNSAFE.test(header)) return header;
  return refuse({
    kind: 'unsupported',
    message: 'This is no section header, and systemd does not load the file',
    at,
    found: line.slice(0, 60),
    fix: 'Correct it first; systemd-analyze verify FILE names the error',
  });
}

function assignment(section: string, chars: Chars, line: string, equals: number): Assignment {
  const raw = line.slice(equals + 1);
  const lead = /^[ \t\r\n]*/.exec(raw)?.[0].length ?? 0;
  const value = chars.slice(equals + 1 + lead, equals + 1 + Math.max(lead, lengthWithout(BLANK, raw)));
  return { section, key: line.slice(0, equals).trim(), value, at: chars[0]?.start ?? 0 };
}

/** Lines with their continuations, each continuation mark read as a blank. */
function logicalLines(text: string): Chars[] {
  const done: Chars[] = [];
  let pending: Char[] = [];
  for (const line of physicalLines(text)) {
    if (/^[#;]/.test(line.text)) continue;
    const continues = /(?:^|[^\\])(?:\\\\)*\\$/.test(line.text);
    const kept = continues ? line.text.slice(0, -1) : line.text;
    for (const char of plainChars(kept, line.start)) pending.push(char);
    const mark = line.start + kept.length;
    if (continues) pending.push(spelled(' ', mark, mark + 1));
    else {
      done.push(pending);
      pending = [];
    }
  }
  return [...done, pending];
}

/** Without the blanks in front, as systemd reads them. */
function physicalLines(text: string): Line[] {
  const lines: Line[] = [];
  const pattern = /[^\r\n]*(?:\r\n|\n\r|\r|\n|$)/g;
  const begin = text.startsWith('\uFEFF') ? 1 : 0;
  for (const match of text.slice(begin).matchAll(pattern)) {
    const whole = match[0].replace(/[\r\n]+$/, '');
    const trimmed = whole.replace(/^[ \t]+/, '');
    lines.push({ text: trimmed, start: begin + match.index + whole.length - trimmed.length });
  }
  return lines;
}
