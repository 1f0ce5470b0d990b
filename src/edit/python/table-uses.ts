import type { Node } from 'web-tree-sitter';

/** What fills a dict where its name is used: `d["k"] = v`, `d.update(...)`; `null` where the use does something else. */
export function mutationsOf(use: Node): readonly Node[] | null {
  const { parent } = use;
  if (parent?.type === 'subscript' && isTargetOf(parent, 'assignment'))
    return parent.parent === null ? [] : [parent.parent];
  if (methodOf(use) !== 'update') return null;
  const call = parent?.parent;
  const items = call?.childForFieldName('arguments')?.namedChildren.filter(({ isExtra }) => !isExtra) ?? [];
  const given = items.filter(({ type }) => type !== 'keyword_argument');
  if (call === null || call === undefined) return null;
  if (given.length === 0) return [call];
  return items.length === 1 && given[0]?.type === 'dictionary' ? given : null;
}

function isTargetOf(node: Node, type: string): boolean {
  return node.parent?.type === type && node.parent.childForFieldName('left')?.id === node.id;
}

/** The method that is called on a name. */
function methodOf(use: Node): string | undefined {
  const attribute = use.parent;
  const isCalled =
    attribute?.type === 'attribute' && attribute.parent?.childForFieldName('function')?.id === attribute.id;
  return isCalled ? attribute.childForFieldName('attribute')?.text : undefined;
}

const READING_METHODS: ReadonlySet<string> = new Set(['get', 'items', 'keys', 'values', 'copy']);
const READING_CALLS = /^(?:print|len|repr|str|dict|sorted|bool|(?:self\.)?_?log(?:ger|ging)?\.\w+)$/i;

/** A use that leaves the dict as it is. */
export function isReading(use: Node): boolean {
  const { parent } = use;
  if (parent === null) return false;
  if (
    [
      'dictionary_splat',
      'comparison_operator',
      'if_statement',
      'not_operator',
      'return_statement',
      'interpolation',
    ].includes(parent.type)
  ) {
    return true;
  }
  if (parent.type === 'subscript') return !isWritten(parent);
  const method = methodOf(use);
  if (method !== undefined) return READING_METHODS.has(method);
  const called = parent.type === 'argument_list' ? parent.parent?.childForFieldName('function')?.text : undefined;
  return called !== undefined && READING_CALLS.test(called);
}

function isWritten(subscript: Node): boolean {
  const type = subscript.parent?.type ?? '';
  return (
    type === 'delete_statement' ||
    (/assignment$/.test(type) && subscript.parent?.childForFieldName('left')?.id === subscript.id)
  );
}
