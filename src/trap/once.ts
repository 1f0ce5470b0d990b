import type { Node } from 'web-tree-sitter';
import type { Source } from '../edit/python/source.js';

/** The same answers, each worked out once for a node: what many places lead to would be looked through by each of them. */
export function once<T>(work: (source: Source, node: Node) => T): (source: Source, node: Node) => T {
  const answers = new WeakMap<Source, Map<number, T>>();
  return (source, node) => {
    const known = answers.get(source) ?? new Map<number, T>();
    answers.set(source, known);
    const before = known.get(node.id);
    if (before !== undefined) return before;
    const answer = work(source, node);
    known.set(node.id, answer);
    return answer;
  };
}
