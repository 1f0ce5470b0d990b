/**
 * The text with long rows of comments blanked out, character for character, for the grammar alone. At every comment
 * that stands on a line of its own it looks through all that follow: 2,000 of them in a row take it seconds. The first
 * and the last of a row stay, for what is added beside them.
 */
export function withoutLongRemarks(text: string): string {
  const blanks = rowsOf(text, remarksOf(text)).flatMap((row) => row.slice(KEPT, -KEPT));
  let at = 0;
  let result = '';
  for (const { start, end } of blanks) {
    result += text.slice(at, start) + ' '.repeat(end - start);
    at = end;
  }
  return result + text.slice(at);
}

const KEPT = 4;

interface Remark {
  readonly start: number;
  readonly end: number;
}

/** The comments that have a line of their own, outside of strings. */
function remarksOf(text: string): readonly Remark[] {
  const found: Remark[] = [];
  const next = /["'#]/g;
  for (let match = next.exec(text); match !== null; match = next.exec(text)) {
    const { index: start } = match;
    const end = match[0] === '#' ? lineEnd(text, start) : stringEnd(text, start);
    if (match[0] === '#' && isFirst(text, start)) found.push({ start, end });
    next.lastIndex = end;
  }
  return found;
}

function isFirst(text: string, at: number): boolean {
  return /^[ \t\f\uFEFF]*$/.test(text.slice(text.lastIndexOf('\n', at) + 1, at));
}

/** Remarks between which there is nothing but blanks. */
function rowsOf(text: string, remarks: readonly Remark[]): readonly Remark[][] {
  const rows: Remark[][] = [];
  let last: Remark | undefined;
  for (const remark of remarks) {
    const goesOn = last !== undefined && text.slice(last.end, remark.start).trim() === '';
    if (goesOn) rows.at(-1)?.push(remark);
    else rows.push([remark]);
    last = remark;
  }
  return rows;
}

/** A carriage return stays: it belongs to the line's end. */
function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  const end = newline === -1 ? text.length : newline;
  return text.charAt(end - 1) === '\r' ? end - 1 : end;
}

/** Behind the string that opens at `at`; one that never closes ends with its line, or with the file. */
function stringEnd(text: string, at: number): number {
  const mark = text.charAt(at);
  const quote = text.startsWith(mark.repeat(3), at) ? mark.repeat(3) : mark;
  let end = at + quote.length;
  while (end < text.length) {
    const char = text.charAt(end);
    if (char === mark && text.startsWith(quote, end)) return end + quote.length;
    if (char === '\n' && quote === mark) return end;
    end += char === '\\' ? 2 : 1;
  }
  return text.length;
}
