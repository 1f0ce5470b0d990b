import type { Node } from 'web-tree-sitter';
import type { PythonParser } from '../edit/python/grammar.js';
import { answered } from '../edit/python/refusal.js';
import { type Source, withProject } from '../edit/python/source.js';

interface Text {
  readonly path: string;
  readonly text: string;
}

/** The application's own Python, as trees. What can't be read is passed over: a trap is only said where it was seen. */
export interface Code {
  /** What `find` finds in the files whose text has one of the words. */
  inFiles<T>(words: RegExp, find: (source: Source) => readonly T[]): readonly T[];
  /** What `work` finds without the files that can't be read, or `otherwise` where it is about one of them. */
  attempt<T>(work: () => T, otherwise: T): T;
  readonly paths: readonly string[];
  open(path: string): Source | null;
}

/** Parses files when they are first looked at. No node outlives the call. */
export function withCode<T>(python: PythonParser, sources: readonly Text[], use: (code: Code) => T): T {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const unreadable = new Set<string>();
  const textOf = (path: string) => (unreadable.has(path) ? null : (texts.get(path) ?? null));
  return withProject(python, '', { path: '', root: '/', compose: [], units: [], textOf }, (project) => {
    // A file that can't be read is as one that is not there, for whatever leads to it.
    const attempt = <R>(work: () => R, otherwise: R): R => {
      const found = answered(work);
      if (found.ok) return found.value;
      const { file } = found.refusal;
      if (file === undefined || unreadable.has(file)) return otherwise;
      unreadable.add(file);
      return attempt(work, otherwise);
    };
    const open = (path: string): Source | null =>
      attempt(() => (textOf(path) === null ? null : project.open(path)), null);
    const inFile = <R>(path: string, find: (source: Source) => readonly R[]): readonly R[] => {
      const source = open(path);
      return source === null ? [] : attempt(() => find(source), []);
    };
    return use({
      attempt,
      open,
      paths: [...texts.keys()],
      inFiles: (words, find) =>
        sources.filter(({ text }) => words.test(text)).flatMap(({ path }) => inFile(path, find)),
    });
  });
}

export function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

/** `task` of `app.task` and of `task`. */
export function lastName(expression: Node | null): string {
  const name = expression?.type === 'attribute' ? expression.childForFieldName('attribute') : expression;
  return name?.type === 'identifier' ? name.text : '';
}

/** The name that a call is made by, without what stands before it. */
export function calledName(call: Node): string {
  return lastName(call.childForFieldName('function'));
}

/** The values that a call is given by position, and those by name. */
export function givenTo(call: Node): {
  readonly positional: readonly Node[];
  readonly named: ReadonlyMap<string, Node>;
} {
  const items = call.childForFieldName('arguments')?.namedChildren.filter(({ isExtra }) => !isExtra) ?? [];
  const named = new Map<string, Node>();
  for (const item of items.filter(({ type }) => type === 'keyword_argument')) {
    const [name, value] = [item.childForFieldName('name'), item.childForFieldName('value')];
    if (name !== null && value !== null) named.set(name.text, value);
  }
  return { positional: items.filter(({ type }) => type !== 'keyword_argument'), named };
}

const DEEPEST = 250;

/** The nearest node around one for which `is` holds, `node` itself not among them. */
export function around(node: Node, is: (node: Node) => boolean): Node | null {
  let parent = node.parent;
  for (let depth = 0; parent !== null && depth < DEEPEST; depth += 1) {
    if (is(parent)) return parent;
    parent = parent.parent;
  }
  return null;
}
