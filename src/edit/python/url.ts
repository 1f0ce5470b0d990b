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

function contentOf(string: Node): string {
  const contents = string.namedChildren.filter(({ type }) => type === 'string_content');
  return contents.map(({ text }) => text).join('');
}
