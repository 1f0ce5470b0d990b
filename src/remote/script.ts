import type { Call } from './remote.js';

/** Not in the base64 alphabet, so no input can end its own here-document. */
const END_OF_INPUT = 'end-of-input';
/** Long lines are read faster by every shell, and still far below any limit of `base64`. */
const BASE64_LINE = 1024;

/**
 * Feeds a function from a base64 here-document. The decoder's own status counts too: without it a target that lacks
 * `base64`, or is out of space for the here-document, would hand the function an empty input and call that success.
 */
const FEED = `_at_feed() {
  { _at_decoded=$({ { base64 -d; echo $? >&3; } | "$@" >&4 3>&- 4>&-; } 3>&1) || return $?; } 4>&1
  [ "$_at_decoded" = 0 ] && return 0
  echo "the input of $1 did not arrive whole (base64: \${_at_decoded:-not run})" >&2
  return 1
}
`;

const VERB = /^[A-Za-z_][A-Za-z0-9_]*$/;
const NONCE = /^[A-Za-z0-9]{16,}$/;

/** The two marks a shell prints around a request's output, on stdout and on stderr. The status follows `end`. */
export interface Marks {
  readonly begin: Buffer;
  readonly end: Buffer;
}

export function marksOf(nonce: string): Marks {
  if (!NONCE.test(nonce)) throw new Error('a nonce is at least 16 letters and digits');
  return { begin: Buffer.from(`${nonce} begin\n`), end: Buffer.from(`${nonce} end `) };
}

/**
 * One word of POSIX shell that stands for exactly `word`.
 * @throws Error for what no shell word can hold: NUL, and text that is not valid Unicode.
 */
export function quote(word: string): string {
  if (word.includes('\0')) throw new Error('a shell word can not hold NUL');
  if (/\p{Surrogate}/u.test(word)) throw new Error('a shell word can not hold half a surrogate pair');
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What a session is told once, before its first request. */
export function renderLibrary(library: string): string {
  return `${FEED}${library}\n`;
}

/**
 * A request as shell text. No part of it that lost its end runs anything: the calls stand in a function, and what
 * starts it is one compound command that the last character closes.
 * @throws Error when a verb is no plain name or an argument can not be a shell word.
 */
export function renderRequest(calls: readonly Call[], nonce: string): string {
  const { begin, end } = marksOf(nonce);
  const both = (text: string) => `printf '%s' '${text}'; printf '%s' '${text}' >&2`;
  const status = 'printf \'%s\\n\' "$_at_code"; printf \'%s\\n\' "$_at_code" >&2';
  return `_at_main() {
${renderCalls(calls)}
}
{ ${both(begin.toString())}
(_at_main) </dev/null; _at_code=$?
${both(end.toString())}; ${status}; }
`;
}

function renderCalls(calls: readonly Call[]): string {
  if (calls.length === 0) return ':';
  return calls.map((call, index) => renderCall(call, index < calls.length - 1 ? ' &&' : '')).join('\n');
}

/** One call as shell text, followed by what joins it to the next. For scripts that are kept on a target, too. */
export function renderCall(call: Call, then = ''): string {
  if (!VERB.test(call.verb)) throw new Error(`not the name of a shell function: ${JSON.stringify(call.verb)}`);
  const words = [call.verb, ...call.args.map(quote)].join(' ');
  if (call.input === undefined) return `${words}${then}`;
  return `_at_feed ${words} <<'${END_OF_INPUT}'${then}\n${base64Lines(call.input)}${END_OF_INPUT}`;
}

function base64Lines(input: Uint8Array): string {
  const text = Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('base64');
  return text.replace(new RegExp(`.{1,${BASE64_LINE}}`, 'g'), '$&\n');
}
