import { blankSecrets } from '../secrets.js';

/** What a string of a program holds may be anything, and nothing that is changed stands in one. */
const PYTHON_STRING = /("""|''')([\s\S]*?)\1|"((?:\\.|[^"\\\n])*)"|'((?:\\.|[^'\\\n])*)'|#[^\n]*/g;
/** A word so long says nothing to a reader, and may be a key. */
const LONG_WORD = /\S{20,}/g;

/** Python with the content of every string blanked. Lines stay lines, so that a diff of it is one of the file. */
export function maskPython(text: string): string {
  return text.replace(PYTHON_STRING, (token: string) => {
    if (token.startsWith('#')) return maskWords(token);
    const quote = /^("""|'''|"|')/.exec(token)?.[0] ?? '"';
    return `${quote}${token.slice(quote.length, -quote.length).replace(/[^\n\r]+/g, '…')}${quote}`;
  });
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
