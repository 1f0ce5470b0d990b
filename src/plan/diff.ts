import { createTwoFilesPatch } from 'diff';

const CONTEXT_LINES = 2;

/** A unified diff for reading, with the secrets of its context blanked. Not for applying: the edits are. */
export function diffOf(path: string, before: string | null, after: string): string {
  const from = before === null ? '/dev/null' : path;
  return createTwoFilesPatch(from, path, blankSecrets(before ?? ''), blankSecrets(after), undefined, undefined, {
    context: CONTEXT_LINES,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
}

/** Up to the last `@` of the word: a password may hold one itself. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*:)[^\s'"]*(@)/gi;
const SECRET_NAME =
  /(?:pass(?:word|wd|phrase)?|secret|token|api_?key|access_?key|private_?key|credential)\w*["']?\s*[:=]\s*/;
const SECRET_VALUE = /(?!None\b|os\.|settings\.|config\.|["']?\$)(?:"[^"\n]*"|'[^'\n]*'|[^\s"',)#]+)/;
const NAMED_SECRET = new RegExp(`(${SECRET_NAME.source})${SECRET_VALUE.source}`, 'gi');

/** Values that look like credentials become `***`; the names stay, so that a reader knows what stood there. */
export function blankSecrets(text: string): string {
  return text.replace(URL_PASSWORD, '$1***$2').replace(NAMED_SECRET, '$1***');
}
