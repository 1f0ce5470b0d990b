import type { Node } from 'web-tree-sitter';
import type { ArgumentList } from './arguments.js';
import { occurrencesOf } from './occurrences.js';
import type { Source } from './source.js';

/** The contents of every string that goes into a call's URL, also where the URL is a name assigned in the same file. */
export function urlStringsOf(source: Source, args: ArgumentList): readonly string[] {
  const url = args.keywords.get('url') ?? args.positional[0];
  if (url === undefined) return [];
  const parts = url.type === 'identifier' ? assignedTo(source, url.text) : [url];
  return parts.flatMap((part) => part.descendantsOfType('string')).map(contentOf);
}

function assignedTo(source: Source, name: string): readonly Node[] {
  return occurrencesOf(source, name).flatMap((found) => {
    const assignment = found.parent;
    if (assignment?.type !== 'assignment' || assignment.childForFieldName('left')?.id !== found.id) return [];
    return assignment.childForFieldName('right') ?? [];
  });
}

/** Where a query has the value of a parameter, whose name may be percent-encoded: `max%5Fconnections=6` is the same to redis-py. */
export function parameterIn(
  text: string,
  name: string,
): { readonly start: number; readonly value: string } | undefined {
  for (const match of text.matchAll(/[?&]([^?&=#\s]*)=([^&#\s]*)/g)) {
    const [whole, key = '', value = ''] = match;
    if (decoded(key) === name) return { start: match.index + whole.length - value.length, value };
  }
  return undefined;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

const SCHEME = /^(?:rediss?|unix):\/\//;

/**
 * Whether a URL begins with its scheme in this file, also where it is put together of parts or is a name for such a text:
 * what it has of a query then stands here as well.
 */
export function isWrittenOut(source: Source, url: Node, follow = true): boolean {
  switch (url.type) {
    case 'string':
      return SCHEME.test(contentOf(url));
    case 'concatenated_string':
    case 'parenthesized_expression':
      return isFirstWrittenOut(source, url.firstNamedChild, follow);
    case 'binary_operator':
      return isFirstWrittenOut(source, url.childForFieldName('left'), follow);
    case 'call': {
      const called = url.childForFieldName('function');
      const isFormat = called?.type === 'attribute' && called.childForFieldName('attribute')?.text === 'format';
      return isFormat && isFirstWrittenOut(source, called.childForFieldName('object'), follow);
    }
    case 'identifier': {
      const values = follow ? assignedTo(source, url.text) : [];
      return values.length > 0 && values.every((value) => isWrittenOut(source, value, false));
    }
    default:
      return false;
  }
}

function isFirstWrittenOut(source: Source, first: Node | null, follow: boolean): boolean {
  return first !== null && isWrittenOut(source, first, follow);
}

function contentOf(string: Node): string {
  const contents = string.namedChildren.filter(({ type }) => type === 'string_content');
  return contents.map(({ text }) => text).join('');
}
