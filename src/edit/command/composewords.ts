import type { Char, Chars } from './chars.js';
import { fused } from './chars.js';
import { refuse } from './refused.js';
import { type Word, WordBuilder } from './word.js';

const COMPOSE = 'Compose';
const BLANK = /^[ \t\r\n]$/;
const SHELL_ONLY = /^[;&|<>()`]$/;
const UNCLEAR_ESCAPE = /^[ \t\r\nnt]$/;

/**
 * The words of a compose `command` that is one string. Compose splits it by itself: quotes and backslashes count, no shell runs.
 * @throws {Refused} where a shell would be needed, or where compose 1 and 2 read the same text differently
 */
export function composeWords(chars: Chars, reader = COMPOSE): readonly Word[] {
  const builder = new WordBuilder();
  let [quote, opener] = ['', chars[0]];
  for (let index = 0; index < chars.length; index += 1) {
    const char = chars[index] as Char;
    if (char.text === '\\' && !char.opaque && quote !== "'") {
      index += 1;
      builder.add(escaped(char, chars[index], reader));
    } else {
      const next = step(builder, char, quote, reader);
      if (quote === '') opener = char;
      quote = next;
    }
  }
  if (quote !== '') refuseUnclosed(opener, quote);
  builder.finish();
  return builder.words;
}

/** Takes one character in, and returns the quote that is open after it. */
function step(builder: WordBuilder, char: Char, quote: string, reader: string): string {
  if (char.opaque) builder.add(char);
  else if (quote === char.text || (quote === '' && /^["']$/.test(char.text))) {
    builder.mark(char);
    return quote === '' ? char.text : '';
  } else if (quote !== '') builder.add(char);
  else if (BLANK.test(char.text)) builder.finish();
  else if (SHELL_ONLY.test(char.text)) refuseShell(char, reader);
  else builder.add(char);
  return quote;
}

function escaped(backslash: Char, next: Char | undefined, reader: string): Char {
  if (next !== undefined && !UNCLEAR_ESCAPE.test(next.text)) return fused(next.text, [backslash, next]);
  const isCompose = reader === COMPOSE;
  refuse({
    kind: 'unsafe',
    message: isCompose
      ? 'A backslash before a blank, a line end, n or t is read differently by compose 1 and compose 2'
      : `A backslash before a blank, a line end, n or t means nothing to ${reader} by itself, and is easily misread`,
    at: backslash.start,
    found: `\\${next?.text.trim() ?? ''}`,
    fix: isCompose
      ? 'Leave the backslash out (a folded scalar, `command: >-`, joins lines by itself), or write the command as a list'
      : 'Leave the backslash out: an indented line goes on with the one above, and quotes keep blanks',
  });
}

function refuseShell(char: Char, reader: string): never {
  refuse({
    kind: 'unsupported',
    message: `${reader} starts this command without a shell, so what follows the shell operator never runs as meant`,
    at: char.start,
    found: char.text,
    fix: `Wrap the whole command as \`sh -c "..."\`${reader === COMPOSE ? ', or write it as a list' : ''}`,
  });
}

function refuseUnclosed(opener: Char | undefined, quote: string): never {
  refuse({
    kind: 'unsupported',
    message: 'A quote in the command is never closed',
    at: opener?.start ?? 0,
    found: quote,
    fix: `Close it with ${quote}`,
  });
}
