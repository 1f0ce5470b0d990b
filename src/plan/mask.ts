import { blankSecrets } from '../secrets.js';
import { tokensOf } from './python-strings.js';

/** A word so long says nothing to a reader, and may be a key. */
const LONG_WORD = /\S{20,}/g;
/** What a setting may be where it stands in quotes, as in `os.getenv("X", "5")`. */
const PLAIN_VALUE = /^(?:-?\d{1,6}(?:\.\d{1,3})?|[Tt]rue|[Ff]alse)$/;
const QUOTED = /"[^"\n]*"|'[^'\n]*'/g;

/**
 * Python with the content of every string blanked, but for plain values at the places that are `changed`. Lines stay
 * lines, so that a diff of it is one of the file.
 */
export function maskPython(text: string, changed: readonly number[] = []): string {
  let [result, done] = ['', 0];
  for (const { kind, start, end } of tokensOf(text)) {
    const inside = text.slice(start, end);
    const isChanged = changed.some((at) => start <= at && at <= end) && PLAIN_VALUE.test(inside);
    const blank = kind === 'comment' ? maskComment(inside) : maskString(inside);
    result += text.slice(done, start) + (isChanged ? inside : blank);
    done = end;
  }
  return result + text.slice(done);
}

/** Of a URL the one part that may be changed stays. */
function maskString(content: string): string {
  const query = /^rediss?:\/\/.*[?&](max_connections=\d{1,6})(?:&|$)/.exec(content)?.[1];
  return query === undefined ? content.replace(/[^\n\r]+/g, '…') : `…${query}…`;
}

/** Code that was commented out has strings as well. */
function maskComment(comment: string): string {
  return maskWords(comment.replace(QUOTED, (quoted) => `${quoted.charAt(0)}…${quoted.charAt(0)}`));
}

/** An option for a secret and its value as two items of a list. */
const LISTED_SECRET =
  /(--[\w-]{0,40}(?:pass|secret|token|key|auth)[\w-]{0,40}["']?[ \t]*,[ \t]*)(?:"[^"\n]*"|'[^'\n]*'|[^\s,\]]+)/gi;

/** A line that is changed, which must be read to be agreed to: without what looks like a secret. */
export function maskChanged(line: string): string {
  return blankSecrets(line).replace(LISTED_SECRET, '$1***');
}

/** A line of a compose file or a unit that stays as it is: its key is enough to see where one is. */
export function maskContext(line: string): string {
  if (/^\s*[#;]/.test(line)) return maskWords(line);
  const [, key = '', value = ''] = /^(\s*(?:- +)?[^\s:=#][^:=]*?(?::(?=\s|$)|=))\s*(.*?)\s*$/.exec(line) ?? [];
  if (key === '') return maskKeyless(line);
  return value === '' || /^[|>][-+\d]*$/.test(value) ? line : `${key}${key.endsWith('=') ? '' : ' '}…`;
}

/** A list item, or a line of a longer text: only where it stands is shown. */
function maskKeyless(line: string): string {
  if (/^\s*(?:\[\w+\]|-{3})?\s*$/.test(line)) return line;
  return line.replace(/^(\s*(?:- +)?).*$/s, '$1…');
}

function maskWords(line: string): string {
  return blankSecrets(line).replace(LONG_WORD, '…');
}
