import type { Node } from 'web-tree-sitter';
import { refuseAt, type Source } from './source.js';

/** Every identifier of a file that is called `name`, in order. Much faster than a walk through the whole tree. */
export function occurrencesOf(source: Source, name: string): readonly Node[] {
  const known = source.found.get(name);
  if (known !== undefined) return known;
  const found = [...offsetsOf(source.text, name)].flatMap((at, index) => {
    const node = nodeAt(source, at, at + name.length);
    if (index === MOST_USES) refuseGenerated(source, node, `\`${name}\` stands there more than ${MOST_USES} times`);
    return node?.type === 'identifier' && node.startIndex === at && node.endIndex === at + name.length ? [node] : [];
  });
  source.found.set(name, found);
  return found;
}

/** In a file of 2,000 lines that would be one in each. */
const MOST_USES = 2000;
/** Nobody nests so much by hand. Each look at what is around a node takes as many steps as the node is deep. */
const DEEPEST = 250;

/** The smallest node around a stretch of the text. Refuses where it is nested too deeply to be followed. */
export function nodeAt(source: Source, start: number, end: number): Node | null {
  const node = source.root.descendantForIndex(start, end);
  let around: Node | null = source.root;
  for (let depth = 0; node !== null && around !== null && around.id !== node.id; depth += 1) {
    if (depth > DEEPEST) refuseGenerated(source, node, `this is nested more than ${DEEPEST} levels deep`);
    around = around.childWithDescendant(node);
  }
  return node;
}

function refuseGenerated(source: Source, node: Node | null, what: string): void {
  refuseAt(source, node ?? source.root, {
    kind: 'unsupported',
    message: `${what}, as only in generated code`,
    fix: 'Name the file that really makes the connection with --file ROLE=PATH',
  });
}

/** Whether a text has a word at all, also in strings and comments. */
export function namesWord(text: string, word: string): boolean {
  return offsetsOf(text, word).next().done !== true;
}

const PART_OF_A_NAME = /[\p{L}\p{N}_]/u;

function* offsetsOf(text: string, name: string): Generator<number> {
  if (name === '') return;
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + name.length)];
    if (!(PART_OF_A_NAME.test(before) || PART_OF_A_NAME.test(after))) yield at;
  }
}
