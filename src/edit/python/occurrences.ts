import type { Node } from 'web-tree-sitter';
import type { Source } from './source.js';

/** Every identifier of a file that is called `name`, in order. Much faster than a walk through the whole tree. */
export function occurrencesOf(source: Source, name: string): readonly Node[] {
  const known = source.found.get(name);
  if (known !== undefined) return known;
  const found = [...offsetsOf(source.text, name)].flatMap((at) => {
    const node = source.root.descendantForIndex(at, at + name.length);
    return node?.type === 'identifier' && node.startIndex === at && node.endIndex === at + name.length ? [node] : [];
  });
  source.found.set(name, found);
  return found;
}

const PART_OF_A_NAME = /[\p{L}\p{N}_]/u;

function* offsetsOf(text: string, name: string): Generator<number> {
  if (name === '') return;
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + name.length)];
    if (!(PART_OF_A_NAME.test(before) || PART_OF_A_NAME.test(after))) yield at;
  }
}
