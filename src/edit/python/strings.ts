import type { Node } from 'web-tree-sitter';

/** What a string literal says; `null` for one with a prefix, escapes or parts that are put in, and for anything else. */
export function stringOf(node: Node): string | null {
  const content = contentOf(node);
  return content === null ? null : node.text.slice(content.start - node.startIndex, content.end - node.startIndex);
}

/** The range between the quotes of a plain string literal. */
export function contentOf(node: Node): { readonly start: number; readonly end: number } | null {
  if (node.type !== 'string') return null;
  const parts = node.namedChildren;
  const [start, end] = [
    parts.find(({ type }) => type === 'string_start'),
    parts.find(({ type }) => type === 'string_end'),
  ];
  if (!(start && end) || /[a-zA-Z]/.test(start.text)) return null;
  const inner = parts.filter(({ type }) => type !== 'string_start' && type !== 'string_end');
  if (inner.some((part) => part.type !== 'string_content' || part.namedChildCount > 0)) return null;
  return { start: start.endIndex, end: end.startIndex };
}

/** One string, or a tuple, list or argument list of strings; `null` where anything else is among them. */
export function stringsIn(node: Node): readonly string[] | null {
  if (node.type === 'string') {
    const one = stringOf(node);
    return one === null ? null : [one];
  }
  if (!['tuple', 'list', 'argument_list', 'parenthesized_expression'].includes(node.type)) return null;
  const all = node.namedChildren.filter(({ isExtra }) => !isExtra).map(stringOf);
  return all.some((one) => one === null) ? null : (all as string[]);
}
