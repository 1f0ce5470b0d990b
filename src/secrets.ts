/** Up to the last `@` of the word: a password may hold one itself. A path that was made of a URL keeps one slash. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/?[^\s:/@'"]*:)[^\s'"]*(@)/gi;
/** `user:password@host`, as some programs take it. */
const BARE_PASSWORD = /(^|[\s"'=])([^\s:/@"'=]+:)[^\s:@/"']+(@)(?!sha256:)/gm;
const KINDS = 'pass(?:word|wd|phrase)?|secret|token|api_?key|access_?key|private_?key|credential';
const SECRET_VALUE = /(?!None\b|os\.|settings\.|config\.|["']?\$)(?:"[^"\n]*"|'[^'\n]*'|[^\s"',)#]+)/;
const NAMED_SECRET = new RegExp(`((?:${KINDS})\\w*["']?\\s*[:=]\\s*)${SECRET_VALUE.source}`, 'gi');
/** Bounded, and only from the start of a word: a line that was made to be slow must not be. */
const OPTION = `(?<![\\w-])--[\\w-]{0,40}?(?:${KINDS}|key|auth)[\\w-]{0,40}`;
const OPTION_SECRET = new RegExp(`(${OPTION}(?:=|[ \\t]+))(?!-)${SECRET_VALUE.source}`, 'gi');
const KEY_BODY = /(-----BEGIN [^-\n]+-----)[\s\S]*?(?=-----END|$)/g;

/** Values that look like credentials become `***`; the names stay, so that a reader knows what stood there. */
export function blankSecrets(text: string): string {
  return blankUrlPasswords(text)
    .replace(KEY_BODY, (body, begin: string) => `${begin}${body.slice(begin.length).replace(/[^\s].*/g, '***')}`)
    .replace(OPTION_SECRET, '$1***')
    .replace(NAMED_SECRET, '$1***')
    .replace(BARE_PASSWORD, '$1$2***$3');
}

/** Only what stands between the colon and the host of a URL: for messages, whose words must stay. */
export function blankUrlPasswords(text: string): string {
  return text.replace(URL_PASSWORD, '$1***$2');
}
