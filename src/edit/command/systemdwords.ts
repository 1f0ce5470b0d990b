import { asOpaque, type Char, type Chars, fused, textOf } from './chars.js';
import { refuse } from './refused.js';
import { type Word, WordBuilder, wordOf } from './word.js';

const BLANK = /^[ \t\r\n]$/;
const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
const NUMBERED = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/;

/**
 * The words of a systemd command or assignment, after quotes and C-style escapes.
 * @throws {Refused} when a quote stays open, as systemd does
 */
export function systemdWords(chars: Chars): readonly Word[] {
  const builder = new WordBuilder();
  let [quote, opener] = ['', chars[0]];
  for (let index = 0; index < chars.length; index += 1) {
    const char = chars[index] as Char;
    if (char.text === '\\') index += escapeAt(builder, chars, index) - 1;
    else {
      if (quote === '') opener = char;
      quote = step(builder, char, quote);
    }
  }
  if (quote !== '') {
    const at = opener?.start ?? 0;
    refuse({
      kind: 'unsupported',
      message: 'A quote is never closed',
      at,
      found: quote,
      fix: `Close it with ${quote}`,
    });
  }
  builder.finish();
  return builder.words;
}

function step(builder: WordBuilder, char: Char, quote: string): string {
  if (quote === char.text || (quote === '' && /^["']$/.test(char.text))) {
    builder.mark(char);
    return quote === '' ? char.text : '';
  }
  if (quote === '' && BLANK.test(char.text)) builder.finish();
  else builder.add(char);
  return quote;
}

/**
 * Adds what the escape at `index` means, and returns how many characters it is long. An unknown one stays as written,
 * with what follows the backslash, also where that is a blank: it then ends no word.
 */
function escapeAt(builder: WordBuilder, chars: Chars, index: number): number {
  const rest = textOf(chars.slice(index + 1, index + 10));
  const simple = SIMPLE[rest.charAt(0)];
  if (simple !== undefined) {
    builder.add(fused(simple, chars.slice(index, index + 2)));
    return 2;
  }
  const match = NUMBERED.exec(rest);
  const taken = chars.slice(index, index + 1 + (match?.[0].length ?? 1));
  if (match === null) builder.addAll(taken);
  else builder.addAll(coded(match, taken));
  return taken.length;
}

function coded(match: RegExpExecArray, from: Chars): Char[] {
  const hex = match[1] ?? match[2] ?? match[3];
  const code = hex === undefined ? Number.parseInt(match[0], 8) : Number.parseInt(hex, 16);
  // A byte above 0x7f is part of a UTF-8 sequence that other escapes complete: nothing here needs to know which.
  if (code > 0x10ffff || (code > 0x7f && match[2] === undefined && match[3] === undefined)) return asOpaque(from);
  return String.fromCodePoint(code)
    .split('')
    .map((unit) => fused(unit, from));
}

const EXPANSION = /%%|%[\s\S]?|\$\$|\$\{[^{}$]*\}/g;

/** What systemd still replaces in a word: specifiers, and variables unless `variables` is off (the `:` prefix). */
export function expandWord(word: Word, variables: boolean): Word {
  if (variables && /^\$[A-Za-z_]/.test(word.text)) return wordOf(asOpaque(word.chars), word.start, word.end);
  const chars: Char[] = [];
  let done = 0;
  for (const match of word.text.matchAll(EXPANSION)) {
    const here = word.chars.slice(match.index, match.index + match[0].length);
    for (const char of word.chars.slice(done, match.index)) chars.push(char);
    for (const char of expanded(match[0], here, variables)) chars.push(char);
    done = match.index + match[0].length;
  }
  return wordOf([...chars, ...word.chars.slice(done)], word.start, word.end);
}

function expanded(text: string, from: Chars, variables: boolean): Chars {
  if (text === '%%') return [fused('%', from)];
  if (text.startsWith('%')) return asOpaque(from);
  if (!variables) return from;
  return text === '$$' ? [fused('$', from)] : asOpaque(from);
}
