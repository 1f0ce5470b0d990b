import type { Node } from 'web-tree-sitter';
import { importedBy, innermost, reaches, scopeOf } from './imports.js';
import { occurrencesOf } from './occurrences.js';
import type { Source } from './source.js';

/** One place that gives a name its meaning. `other` stands for loops, `with`, patterns, `del`: what is not followed. */
export type Binder = { readonly name: Node; readonly scope: Node | null } & (
  | { readonly kind: 'assignment'; readonly value: Node }
  | { readonly kind: 'parameter'; readonly value: Node | null; readonly owner: Node }
  | { readonly kind: 'definition'; readonly node: Node }
  | { readonly kind: 'import'; readonly origin: string }
  | { readonly kind: 'other' }
);

/** What gives `name` its meaning where `use` stands: the binders of the innermost scope that has any. */
export function bindersAt(source: Source, name: string, use: Node): readonly Binder[] {
  return innermost(bindersOf(source, name).filter(({ scope }) => reaches(scope, use)));
}

/** What gives `name` its meaning at the level of the module. */
export function moduleBinders(source: Source, name: string): readonly Binder[] {
  return bindersOf(source, name).filter(({ scope }) => scope === null);
}

const FOUND = new WeakMap<Source, Map<string, readonly Binder[]>>();

function bindersOf(source: Source, name: string): readonly Binder[] {
  const known = FOUND.get(source) ?? new Map<string, readonly Binder[]>();
  FOUND.set(source, known);
  const found = known.get(name) ?? occurrencesOf(source, name).flatMap((node) => binderOf(source, node));
  known.set(name, found);
  return found;
}

/** Where a name is read, and nothing is bound to it. */
export function usesOf(source: Source, name: string): readonly Node[] {
  return occurrencesOf(source, name).filter((node) => {
    const parent = node.parent;
    if (parent?.type === 'attribute' && parent.childForFieldName('attribute')?.id === node.id) return false;
    if (parent?.type === 'keyword_argument' && parent.childForFieldName('name')?.id === node.id) return false;
    return binderOf(source, node).length === 0 && !isAnnotationOnly(node);
  });
}

/** `x: int` alone binds nothing. */
function isAnnotationOnly(node: Node): boolean {
  return node.parent?.type === 'assignment' && isField(node, 'left');
}

const OTHER_FIELDS: readonly (readonly [type: string, field: string])[] = [
  ['augmented_assignment', 'left'],
  ['for_statement', 'left'],
  ['for_in_clause', 'left'],
  ['named_expression', 'name'],
];
const OTHER_PARENTS: ReadonlySet<string> = new Set([
  'as_pattern_target',
  'global_statement',
  'nonlocal_statement',
  'delete_statement',
  'type_alias_statement',
]);
const PATTERNS: ReadonlySet<string> = new Set([
  'pattern_list',
  'tuple_pattern',
  'list_pattern',
  'list_splat_pattern',
  'case_pattern',
  'splat_pattern',
]);

function binderOf(source: Source, name: Node): Binder[] {
  const { parent } = name;
  if (parent === null) return [];
  if (parent.type === 'assignment') return assigned(name, parent);
  if (parent.type === 'function_definition' || parent.type === 'class_definition') return defined(name, parent);
  if (parent.type === 'dotted_name' || parent.type === 'aliased_import') return imported(source, name);
  return parameter(name, parent) ?? other(name, parent);
}

function assigned(name: Node, assignment: Node): Binder[] {
  if (!isField(name, 'left')) return [];
  const value = assignment.childForFieldName('right');
  const scope = scopeOf(assignment);
  if (value === null) return [];
  const chained = value.type === 'assignment' || assignment.parent?.type === 'assignment';
  return chained ? [{ kind: 'other', name, scope }] : [{ kind: 'assignment', name, value, scope }];
}

function defined(name: Node, node: Node): Binder[] {
  return isField(name, 'name') ? [{ kind: 'definition', name, node, scope: scopeOf(node) }] : [];
}

function imported(source: Source, name: Node): Binder[] {
  let statement: Node | null = name.parent;
  while (statement !== null && !/^import_(from_)?statement$/.test(statement.type)) statement = statement.parent;
  if (statement === null) return [];
  const written = source.text.slice(name.startIndex, name.endIndex);
  const isLast = (alias: Node | null) => alias === null || alias.startIndex === name.startIndex;
  const aliased = name.parent?.type === 'aliased_import' ? name.parent : name.parent?.parent;
  if (aliased?.type === 'aliased_import' && !isLast(aliased.childForFieldName('alias'))) return [];
  if (statement.childForFieldName('module_name')?.id === name.parent?.id) return [];
  return importedBy(statement)
    .filter((binding) => binding.name === written)
    .slice(0, 1)
    .map(({ origin, scope }) => ({ kind: 'import', name, origin, scope }));
}

function parameter(name: Node, parent: Node): Binder[] | undefined {
  const isNamed = /^(?:typed_)?default_parameter$/.test(parent.type);
  if (isNamed && !isField(name, 'name')) return undefined;
  const isTyped = parent.type === 'typed_parameter' && parent.firstNamedChild?.id === name.id;
  const isBare = parent.type === 'parameters' || parent.type === 'lambda_parameters';
  if (!(isNamed || isTyped || isBare)) return undefined;
  const list = isBare ? parent : parent.parent;
  const owner = list?.parent;
  if (owner === null || owner === undefined) return undefined;
  const value = isNamed ? parent.childForFieldName('value') : null;
  return [{ kind: 'parameter', name, value, owner, scope: owner.type === 'lambda' ? scopeOf(owner) : owner }];
}

function other(name: Node, parent: Node): Binder[] {
  let [node, around]: [Node, Node | null] = [name, parent];
  while (around !== null && PATTERNS.has(around.type)) [node, around] = [around, around.parent];
  if (around === null) return [];
  const isTarget = OTHER_FIELDS.some(
    ([type, field]) => around?.type === type && around.childForFieldName(field)?.id === node.id,
  );
  const isLeft =
    around.type === 'assignment' && node.id !== name.id && around.childForFieldName('left')?.id === node.id;
  const isParameter = /splat_pattern$/.test(node.type) && /parameters$/.test(around.type);
  if (!(isTarget || isLeft || isParameter || OTHER_PARENTS.has(around.type))) return [];
  // What `global` names belongs to the module, wherever it is said.
  const scope = around.type === 'global_statement' ? null : scopeOf(name);
  return [{ kind: 'other', name, scope }];
}

function isField(node: Node, field: string): boolean {
  return node.parent?.childForFieldName(field)?.id === node.id;
}
