import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import { fail, type Place, type Problem, type ProblemCode } from '../errors.js';

/** Which file is read, and the code of its problems. */
export interface Source {
  readonly file: string;
  readonly code: Extract<ProblemCode, 'profile' | 'config'>;
}

export type Path = readonly PropertyKey[];

/** One YAML mapping that is well formed, and where each of its parts stands. */
export interface YamlMapping {
  readonly value: unknown;
  /** The place of the key or the value; of the nearest parent that exists where there is none. */
  place(path: Path, part: 'key' | 'value'): Place;
}

/** Reads exactly one mapping. Throws every syntax error at once, with line and column. */
export function parseMapping(text: string, source: Source): YamlMapping {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const documents: readonly Document.Parsed[] = 'empty' in parsed ? [] : parsed;
  const at = (offset: number): Place => placeAt(source.file, lines, offset);

  const broken = documents.flatMap((document) => [...document.errors, ...document.warnings]);
  if (broken.length > 0) fail(...broken.map((error) => syntaxProblem(source, at(error.pos[0]), error.message)));
  const [document, second] = documents;
  if (second !== undefined) fail(shapeProblem(source, at(second.range[0]), 'a second document'));
  if (document === undefined || document.contents === null) fail(shapeProblem(source, at(0), 'nothing'));
  if (!isMap(document.contents)) {
    const found = isSeq(document.contents) ? 'a list' : 'a single value';
    fail(shapeProblem(source, at(document.contents.range?.[0] ?? 0), found));
  }
  return {
    value: plainValue(document, source),
    place: (path, part) => at(offsetOf(document, path, part)),
  };
}

function placeAt(file: string, lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  // An empty text has no lines to count.
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

function plainValue(document: Document.Parsed, source: Source): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // The library reports unresolved and runaway aliases only here, without a position.
    return fail(syntaxProblem(source, { file: source.file, line: 1, column: 1 }, String((error as Error).message)));
  }
}

function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let value: unknown = document.contents;
  let key: unknown = value;
  for (const segment of path) {
    const next = child(document, value, segment);
    if (next === undefined) return startOf(key);
    key = next.key;
    value = next.value;
  }
  return startOf(part === 'value' && isNode(value) ? value : key);
}

function child(
  document: Document.Parsed,
  written: unknown,
  segment: PropertyKey,
): { key: unknown; value: unknown } | undefined {
  const node = isAlias(written) ? written.resolve(document) : written;
  if (isMap(node)) return pairIn(document, node, String(segment));
  if (!isSeq(node)) return undefined;
  const item = node.items[Number(segment)];
  return item === undefined ? undefined : { key: item, value: item };
}

const DEEPEST_MERGE = 20;

/** A mapping's own keys come before what merge keys bring, and of these the first. */
function pairIn(document: Document.Parsed, map: YAMLMap, name: string, depth = 0): Pair | undefined {
  const own = map.items.find(({ key }) => isScalar(key) && String(key.value) === name);
  if (own !== undefined || depth > DEEPEST_MERGE) return own;
  for (const source of mergedInto(document, map)) {
    const found = pairIn(document, source, name, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function mergedInto(document: Document.Parsed, map: YAMLMap): readonly YAMLMap[] {
  const resolved = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  return map.items
    .filter(({ key }) => isScalar(key) && key.source === '<<')
    .flatMap(({ value }) => {
      const source = resolved(value);
      return (isSeq(source) ? source.items : [source]).map(resolved).filter(isMap);
    });
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function syntaxProblem(source: Source, place: Place, message: string): Problem {
  return {
    code: source.code,
    message: `the file is not valid YAML: ${message.replace(/\.$/, '')}`,
    place,
    expected: 'valid YAML',
    fix: 'Correct the file at this place',
  };
}

function shapeProblem(source: Source, place: Place, found: string): Problem {
  return {
    code: source.code,
    message: `the file holds ${found} where one mapping is expected`,
    place,
    expected: 'one mapping of keys to values',
    found,
    fix:
      source.code === 'profile'
        ? 'Start from a shipped profile: `action-tune profiles department-20-50` prints one'
        : 'Start from a fresh file: `action-tune init` writes one',
  };
}
