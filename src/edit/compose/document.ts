import { type Alias, type Document, isScalar, Lexer, type Pair, parseDocument, visit, type YAMLMap } from 'yaml';
import { LARGEST } from '../bounds.js';
import { refuse } from '../command/refused.js';

/** Some five times what a file of 2,000 lines has. */
const MOST_TOKENS = 75_000;
const MOST_ALIASES = 100;
/** YAML 1.1 ends lines at these, and so do the readers of Python and Go; the library here does not. */
const READ_DIFFERENTLY = /\r(?!\n)|[\0\u0085\u2028\u2029]/;

/**
 * Parses a compose file, keeping where everything stands.
 * @throws {Refused} at YAML errors, more than one document, and files whose size or aliases would cost too much
 */
export function composeDocument(text: string): Document.Parsed {
  if (text.length > LARGEST) refuseFile('The file is larger than 256 KiB', 0);
  const strange = READ_DIFFERENTLY.exec(text);
  if (strange !== null)
    refuseFile('The file holds a line break, or a NUL, that YAML readers take differently', strange.index);
  checkTokens(text);
  const options = {
    keepSourceTokens: true,
    merge: true,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  } as const;
  const document = guarded(() => untraced(() => parseDocument(text, options)));
  const error = document.errors[0];
  if (error !== undefined) refuseFile(sentence(error.code, error.message), error.pos[0]);
  checkNodes(document);
  return document;
}

/** Counts before anything is built: what is parsed takes many times the room of the text. */
function checkTokens(text: string): void {
  if (text.length <= MOST_TOKENS) return;
  let count = 0;
  for (const _ of new Lexer().lex(text)) {
    count += 1;
    if (count > MOST_TOKENS) refuseFile(`The file has more than ${MOST_TOKENS} parts, as only generated files have`, 0);
  }
}

/**
 * One walk for all that the library leaves unchecked, or checks by comparing every key with every other.
 * @throws {Refused} at keys that stand twice, aliases without an anchor, and more aliases than are followed
 */
function checkNodes(document: Document.Parsed): void {
  const aliases: Alias[] = [];
  visit(document, {
    Map: (_key, map) => checkKeys(map),
    Alias: (_key, alias) => {
      aliases.push(alias);
    },
    // Nothing stands below them.
    Scalar: () => visit.SKIP,
  });
  if (aliases.length > MOST_ALIASES) refuseFile(`The file holds more than ${MOST_ALIASES} aliases`, 0);
  const loose = aliases.find((alias) => alias.resolve(document) === undefined);
  if (loose !== undefined) refuseFile('This alias has no anchor before it', loose.range?.[0] ?? 0);
}

function checkKeys({ items }: YAMLMap): void {
  const seen = new Set<string>();
  for (const pair of items) {
    const key = namedKey(pair);
    if (key === undefined) continue;
    if (seen.has(key.name)) refuseFile(DUPLICATE, key.at);
    seen.add(key.name);
  }
}

function namedKey({ key }: Pair): { readonly name: string; readonly at: number } | undefined {
  return isScalar(key) && key.value !== '<<' ? { name: String(key.value), at: key.range?.[0] ?? 0 } : undefined;
}

const DUPLICATE = 'The file has the same key twice in one place';

/** The plain value of a document. @throws {Refused} where aliases would blow it up */
export function treeOf(document: Document.Parsed): unknown {
  return guarded(() => document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown);
}

/** The library makes an error of each line that it can't read, and of these only the first is wanted: a trace each takes half the time. */
function untraced<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Nesting beyond the stack, and aliases beyond the limit, are the file's fault, not a bug. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) refuseFile('The file is nested too deeply', 0);
    if (error instanceof ReferenceError) refuseFile('The aliases of the file expand to too much', 0);
    if (error instanceof Error && error.message.startsWith('Merge sources')) {
      refuseFile('A merge key (`<<`) of the file has no mapping to merge', 0);
    }
    throw error;
  }
}

function sentence(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'The file holds more than one YAML document';
  if (code === 'RESOURCE_EXHAUSTION') return 'The file is nested too deeply';
  // What follows a colon in the parser's messages quotes the file, which may hold secrets.
  return `The file is no valid YAML: ${message.split(/:|\n/)[0]}`;
}

function refuseFile(message: string, at: number): never {
  return refuse({
    kind: 'unsupported',
    message,
    at,
    fix: 'Make it one plain compose file that `docker compose config` accepts',
  });
}
