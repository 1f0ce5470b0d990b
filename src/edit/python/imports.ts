import type { Node } from 'web-tree-sitter';

/** One name that an import, a `def` or a `class` binds, and the stretch of the file in which it holds. */
interface Binding {
  readonly name: string;
  /** The full dotted name behind it, e.g. `sqlalchemy.create_engine`. */
  readonly origin: string;
  readonly scope: Node | null;
}

export interface Imports {
  /** Every full dotted name that `expression` may stand for; empty where it is not an imported name. */
  originsOf(expression: Node): readonly string[];
}

const EVERYTHING = '*';

/** Reads what a file's imports call things. */
export function importsOf(root: Node): Imports {
  const imported = root.descendantsOfType(['import_statement', 'import_from_statement']).flatMap(importedBy);
  const names = new Set(imported.map(({ name }) => name));
  const defined = root.descendantsOfType(['function_definition', 'class_definition']).flatMap((node) => {
    const name = node.childForFieldName('name')?.text ?? '';
    return names.has(name) ? [definedBy(node, name)] : [];
  });
  const bindings = [...imported, ...defined];
  return { originsOf: (expression) => originsOf(bindings, expression) };
}

/** A `def` or `class` that gives an imported name another meaning. */
function definedBy(node: Node, name: string): Binding {
  return { name, origin: `the ${name} of this file`, scope: scopeOf(node) };
}

function importedBy(node: Node): Binding[] {
  const scope = scopeOf(node);
  const names = node.childrenForFieldName('name');
  if (node.type === 'import_statement') return names.map((name) => ({ ...importedModule(name), scope }));
  const module = dotted(node.childForFieldName('module_name'));
  if (node.namedChildren.some((child) => child.type === 'wildcard_import')) {
    return [{ name: EVERYTHING, origin: module, scope }];
  }
  return names.map((name) => ({ ...importedName(module, name), scope }));
}

/** `import a.b` binds `a`; `import a.b as c` binds `c` to the whole. */
function importedModule(name: Node): Omit<Binding, 'scope'> {
  if (name.type === 'aliased_import') return aliased(name, '');
  const top = dotted(name).split('.')[0] ?? '';
  return { name: top, origin: top };
}

function importedName(module: string, name: Node): Omit<Binding, 'scope'> {
  if (name.type === 'aliased_import') return aliased(name, `${module}.`);
  return { name: dotted(name), origin: `${module}.${dotted(name)}` };
}

function aliased(name: Node, prefix: string): Omit<Binding, 'scope'> {
  return { name: dotted(name.childForFieldName('alias')), origin: prefix + dotted(name.childForFieldName('name')) };
}

function dotted(name: Node | null): string {
  return (name?.text ?? '').replace(/[\s\\]+/g, '');
}

function scopeOf(node: Node): Node | null {
  let scope = node.parent;
  while (scope !== null && scope.type !== 'function_definition' && scope.type !== 'class_definition') {
    scope = scope.parent;
  }
  return scope;
}

function originsOf(bindings: readonly Binding[], expression: Node): readonly string[] {
  const [first, ...rest] = segmentsOf(expression);
  if (first === undefined) return [];
  const inReach = bindings.filter(
    ({ name, scope }) => (name === first || name === EVERYTHING) && reaches(scope, expression),
  );
  const named = innermost(inReach.filter(({ name }) => name === first)).map(({ origin }) => origin);
  const starred = inReach.filter(({ name }) => name === EVERYTHING).map(({ origin }) => `${origin}.${first}`);
  const origins = named.length > 0 ? named : starred;
  return [...new Set(origins.map((origin) => [origin, ...rest].join('.')))];
}

/** `redis.asyncio.connection.BlockingConnectionPool.from_url` has five; nothing that is known has more than this. */
const MOST_SEGMENTS = 8;

/** The segments of `a.b.c`; nothing where the expression is more than a dotted name. */
function segmentsOf(expression: Node): string[] {
  const segments: string[] = [];
  let node: Node | null = expression;
  while (node?.type === 'attribute' && segments.length < MOST_SEGMENTS) {
    segments.unshift(node.childForFieldName('attribute')?.text ?? '');
    node = node.childForFieldName('object');
  }
  return node?.type === 'identifier' ? [node.text, ...segments] : [];
}

/** What a class body binds is not seen by the functions inside the class. */
function reaches(scope: Node | null, expression: Node): boolean {
  if (scope === null) return true;
  if (scope.type === 'class_definition') return scopeOf(expression)?.id === scope.id;
  return scope.startIndex <= expression.startIndex && expression.endIndex <= scope.endIndex;
}

function innermost(bindings: readonly Binding[]): readonly Binding[] {
  const start = Math.max(...bindings.map(({ scope }) => scope?.startIndex ?? -1));
  return bindings.filter(({ scope }) => (scope?.startIndex ?? -1) === start);
}
