/** A string literal or a comment of Python; `start` and `end` are the range of what is inside. */
export interface Token {
  readonly kind: 'string' | 'comment';
  readonly start: number;
  readonly end: number;
}

/**
 * Every string and comment of Python code, found without a parser, so that code with errors is masked as well. A string
 * that is never closed ends with its line. What is put into an f-string belongs to it, quotes and all.
 */
export function tokensOf(text: string): readonly Token[] {
  const found: Token[] = [];
  const next = /["'#]/g;
  for (let match = next.exec(text); match !== null; match = next.exec(text)) {
    const token = match[0] === '#' ? commentAt(text, match.index) : stringAt(text, match.index);
    found.push(token);
    next.lastIndex = Math.max(token.end + closingLength(text, token, match.index), match.index + 1);
  }
  return found;
}

function commentAt(text: string, at: number): Token {
  return { kind: 'comment', start: at, end: lineEnd(text, at) };
}

function stringAt(text: string, at: number): Token {
  const quote = text.charAt(at);
  const mark = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  const isFormatted = /[fF][rR]?$|[rR][fF]$/.test(text.slice(Math.max(0, at - 2), at));
  const start = at + mark.length;
  return { kind: 'string', start, end: endOf(text, start, mark, isFormatted) };
}

/** Where the closing quotes stand; the end of the line, or of the text, where there are none. */
function endOf(text: string, from: number, mark: string, isFormatted: boolean): number {
  const limit = mark.length === 3 ? text.length : lineEnd(text, from);
  const nested = isFormatted ? closing(text, from, limit, mark, true) : undefined;
  return nested ?? closing(text, from, limit, mark, false) ?? limit;
}

/** `braces`: what stands between braces is passed over, with its own quotes. */
function closing(text: string, from: number, limit: number, mark: string, braces: boolean): number | undefined {
  let depth = 0;
  for (let at = from; at < limit; at += 1) {
    const char = text.charAt(at);
    if (depth === 0 && text.startsWith(mark, at)) return at;
    if (char === '\\' || (depth === 0 && text.startsWith('{{', at))) at += 1;
    else if (braces) depth = Math.max(0, depth + braceStep(char));
  }
  return undefined;
}

function braceStep(char: string): number {
  if (char === '{') return 1;
  return char === '}' ? -1 : 0;
}

/** How many quotes close a string that does not end with its line. */
function closingLength(text: string, { kind, start, end }: Token, at: number): number {
  if (kind === 'comment') return 0;
  const mark = text.slice(at, start);
  return text.startsWith(mark, end) ? mark.length : 0;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
