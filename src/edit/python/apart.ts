import type { Node } from 'web-tree-sitter';
import { scopeOf } from './imports.js';
import type { Filling } from './tables.js';

/**
 * Whether other places never fill a dict together with this one: each gives its name another dict, or only one of two
 * branches runs.
 */
export function apartFrom(one: Filling): (other: Filling) => boolean {
  const name = assignedName(one.node);
  return (other) => {
    if (one.source !== other.source || one.node.id === other.node.id) return false;
    return (name !== undefined && name === assignedName(other.node)) || isInOtherBranch(one, other);
  };
}

/** Whether only one of two places ever runs. */
export function isInOtherBranch(one: Filling, other: Filling): boolean {
  const others = one.source === other.source ? branchesAround(one.node).flatMap((branch) => branch.others) : [];
  return others.some((block) => isWithin(other.node, block));
}

/** The name that a dict is given as a whole. */
function assignedName(literal: Node): string | undefined {
  let node = literal;
  while (node.parent?.type === 'parenthesized_expression') node = node.parent;
  const assignment = node.parent?.type === 'assignment' ? node.parent : null;
  return assignment?.childForFieldName('right')?.id === node.id
    ? assignment.childForFieldName('left')?.text
    : undefined;
}

/** Whether a call never sees what fills a dict: it stands in another branch, or behind one that is left for good. */
export function isBeyond(call: Node, filling: Node): boolean {
  return branchesAround(filling).some(({ statement, own, others }) => {
    if (others.some((block) => isWithin(call, block))) return true;
    const isBehind = call.startIndex >= statement.endIndex && scopeOf(call)?.id === scopeOf(filling)?.id;
    return isBehind && /^(?:return|raise)_statement$/.test(own.namedChildren.at(-1)?.type ?? '');
  });
}

interface Branch {
  readonly statement: Node;
  readonly own: Node;
  readonly others: readonly Node[];
}

/** Each `if` and `match` that a place stands in: the block it is in, and those that run instead; also of `a if b else c`. */
export function branchesAround(place: Node): readonly Branch[] {
  const found = [];
  for (let node = place.parent; node !== null; node = node.parent) {
    const blocks = blocksOf(node);
    const own = blocks.find((block) => isWithin(place, block));
    if (own !== undefined) found.push({ statement: node, own, others: blocks.filter(({ id }) => id !== own.id) });
  }
  return found;
}

function blocksOf(node: Node): readonly Node[] {
  if (node.type === 'if_statement') return [node, ...node.childrenForFieldName('alternative')].flatMap(blockOf);
  if (node.type === 'match_statement') return node.childForFieldName('body')?.namedChildren.flatMap(blockOf) ?? [];
  if (node.type !== 'conditional_expression') return [];
  const [yes, , no] = node.namedChildren.filter(({ isExtra }) => !isExtra);
  return [yes, no].filter((one) => one !== undefined);
}

function blockOf(clause: Node): Node[] {
  return [clause.childForFieldName('consequence') ?? clause.childForFieldName('body')].filter(
    (block) => block !== null,
  );
}

export function isWithin(node: Node, block: Node): boolean {
  return block.startIndex <= node.startIndex && node.endIndex <= block.endIndex;
}
