import type { Node } from 'web-tree-sitter';
import { type ItemList, itemsBetween } from './append.js';
import { refuseAt, type Source } from './source.js';

/** The argument list of one call, in the pieces that reading and adding need. */
export interface ArgumentList extends ItemList {
  /** Keyword to its value. */
  readonly keywords: ReadonlyMap<string, Node>;
  /** Positional arguments whose index is certain. */
  readonly positional: readonly Node[];
  readonly star: Node | undefined;
  readonly doubleStars: readonly Node[];
}

/** Reads a call's arguments. Refuses what the grammar lets pass and Python does not, and a bare generator. */
export function argumentsOf(source: Source, call: Node): ArgumentList {
  const list = call.childForFieldName('arguments');
  if (list?.type !== 'argument_list') {
    return refuseAt(source, call, {
      kind: 'unsupported',
      message: 'the call is given a generator',
      fix: 'Write the arguments out by hand',
    });
  }
  const between = itemsBetween(list);
  const { items } = between;
  const extra = items[MOST_ARGUMENTS];
  if (extra !== undefined) refuseMany(source, extra);
  refuseMisplaced(source, items);
  const firstOther = items.findIndex(({ type }) => NOT_POSITIONAL.has(type));
  return {
    ...between,
    keywords: keywordsOf(source, items),
    positional: firstOther === -1 ? items : items.slice(0, firstOther),
    star: items.find(({ type }) => type === 'list_splat'),
    doubleStars: items.filter(({ type }) => type === 'dictionary_splat'),
  };
}

/** As many as any Python took until 3.7; each is looked up for each setting. */
const MOST_ARGUMENTS = 255;

function refuseMany(source: Source, item: Node): never {
  return refuseAt(source, item, {
    kind: 'unsupported',
    message: `the call has more than ${MOST_ARGUMENTS} arguments`,
    fix: 'Put them into a dict, or make the change by hand',
  });
}

const NOT_POSITIONAL: ReadonlySet<string> = new Set(['keyword_argument', 'list_splat', 'dictionary_splat']);

function keywordsOf(source: Source, items: readonly Node[]): ReadonlyMap<string, Node> {
  const keywords = new Map<string, Node>();
  for (const item of items.filter(({ type }) => type === 'keyword_argument')) {
    const name = item.childForFieldName('name')?.text ?? '';
    const value = item.childForFieldName('value');
    if (keywords.has(name)) refuseRepeated(source, item, name);
    if (value !== null) keywords.set(name, value);
  }
  return keywords;
}

function refuseRepeated(source: Source, item: Node, name: string): never {
  return refuseAt(source, item, {
    kind: 'unsupported',
    message: `${name} is given twice in one call, which Python does not accept`,
    fix: 'Delete one of the two',
  });
}

function refuseMisplaced(source: Source, items: readonly Node[]): void {
  const firstNamed = items.findIndex(({ type }) => type === 'keyword_argument' || type === 'dictionary_splat');
  if (firstNamed === -1) return;
  const misplaced = items.slice(firstNamed).find(({ type }) => !NOT_POSITIONAL.has(type));
  if (misplaced === undefined) return;
  refuseAt(source, misplaced, {
    kind: 'unsupported',
    message: 'a positional argument follows a keyword argument, which Python does not accept',
    fix: 'Correct the call first',
  });
}
