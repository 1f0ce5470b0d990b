import type { Node } from 'web-tree-sitter';
import { LARGEST } from '../bounds.js';
import { namesWord, occurrencesOf } from './occurrences.js';
import type { Source } from './source.js';
import { symbolOfExpression } from './symbols.js';

/** In UTF-16 units: some 40 files of 200 lines. */
const MOST_CODE = LARGEST;
const MOST_USES = 500;

/** One place in another file. */
export interface Caller {
  readonly source: Source;
  readonly node: Node;
}

/**
 * The calls of a function or class in the project's other code; or a place where it is used in another way. `null` where
 * more code names it than is looked through.
 */
export function callersOf(source: Source, name: Node): readonly Caller[] | Caller | null {
  const files = otherFiles(source, name.text);
  const named = files?.flatMap((file) =>
    usesIn(file, name.text).map((node) => ({ source: file, node: wholeName(node) })),
  );
  if (named === undefined || named.length > MOST_USES) return null;
  const uses = named.filter((use) => isMeant(source, name, use.source, use.node));
  const other = uses.find(({ node }) => callOf(node) === null);
  return other ?? uses.flatMap(({ source: file, node }) => ({ source: file, node: callOf(node) ?? node }));
}

/** The files that name it; `undefined` where they are too many. */
function otherFiles({ path, project }: Source, name: string): readonly Source[] | undefined {
  const all = [...(project.around.code ?? [])].filter(([file, text]) => file !== path && namesWord(text, name));
  if (all.reduce((sum, [, text]) => sum + text.length, 0) > MOST_CODE) return undefined;
  return all.flatMap(([file]) => project.open(file) ?? []);
}

function isMeant(source: Source, name: Node, file: Source, expression: Node): boolean {
  const meaning = symbolOfExpression(file, expression);
  if (meaning.kind !== 'function' && meaning.kind !== 'class') return false;
  return meaning.source === source && meaning.node.id === name.parent?.id;
}

function callOf(expression: Node): Node | null {
  const { parent } = expression;
  return parent?.type === 'call' && parent.childForFieldName('function')?.id === expression.id ? parent : null;
}

/** Where the name is used, under whatever other name an import gives it. */
function usesIn(file: Source, name: string): readonly Node[] {
  const nodes = occurrencesOf(file, name);
  const aliases = nodes.flatMap((node) => {
    const alias = node.parent?.parent?.type === 'aliased_import' ? node.parent.parent.childForFieldName('alias') : null;
    return alias === null || alias.id === node.id ? [] : occurrencesOf(file, alias.text);
  });
  return [...nodes, ...aliases].filter((node) => !isBinding(node));
}

function isBinding({ parent }: Node): boolean {
  return parent?.type === 'dotted_name' || parent?.type === 'aliased_import' || parent?.type === 'keyword_argument';
}

/** `engines.make` for the `make` in it. */
function wholeName(node: Node): Node {
  const { parent } = node;
  return parent?.type === 'attribute' && parent.childForFieldName('attribute')?.id === node.id ? parent : node;
}
