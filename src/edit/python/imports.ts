import type { Node } from 'web-tree-sitter';
import { nodeAt, occurrencesOf } from './occurrences.js';
import type { Source } from './source.js';

/** One name that an import, a `def` or a `class` binds, and the stretch of the file in which it holds. */
export interface Binding {
  readonly name: string;
  /** The full dotted name behind it, e.g. `sqlalchemy.create_engine`; it begins with dots where the import is relative. */
  readonly origin: string;
  readonly scope: Node | null;
}

export interface Imports {
  /** Every full dotted name that `expression` may stand for; empty where it is not an imported name. */
  originsOf(expression: Node): readonly string[];
  /** The names under which something below one of these full names may be called in the file. */
  namesFor(origins: Iterable<string>): ReadonlySet<string>;
  /** The modules whose every name is imported. */
  readonly starred: readonly string[];
}

const EVERYTHING = '*';

const READ = new WeakMap<Source, Imports>();

/** Reads what a file's imports call things, once a file. */
export function importsOf(source: Source): Imports {
  const known = READ.get(source) ?? readImports(source);
  READ.set(source, known);
  return known;
}

function readImports(source: Source): Imports {
  const bindings = new Map<string, Binding[]>();
  for (const node of importStatements(source)) {
    for (const binding of importedBy(node)) {
      const same = bindings.get(binding.name);
      if (same === undefined) bindings.set(binding.name, [binding]);
      else same.push(binding);
    }
  }
  const defined = new Map<string, readonly Binding[]>();
  const all = (name: string): readonly Binding[] => {
    const imported = bindings.get(name) ?? [];
    if (imported.length === 0) return imported;
    const own = defined.get(name) ?? definitionsOf(source, name);
    defined.set(name, own);
    return [...imported, ...own];
  };
  const starred = bindings.get(EVERYTHING) ?? [];
  return {
    originsOf: (expression) => originsOf(all, starred, expression),
    namesFor: (origins) => namesFor(bindings, starred, origins),
    starred: starred.map(({ origin }) => origin),
  };
}

/** Found by their keyword: a walk through the whole tree would take much longer. */
function importStatements(source: Source): readonly Node[] {
  const { text } = source;
  const found = new Map<number, Node>();
  for (let at = text.indexOf('import'); at !== -1; at = text.indexOf('import', at + 6)) {
    const statement = nodeAt(source, at, at + 6)?.parent;
    if (statement?.type === 'import_statement' || statement?.type === 'import_from_statement') {
      found.set(statement.startIndex, statement);
    }
  }
  return [...found.values()];
}

/** A `def` or `class` that gives an imported name another meaning. */
function definitionsOf(source: Source, name: string): readonly Binding[] {
  return occurrencesOf(source, name).flatMap((node) => {
    const { parent } = node;
    if (parent?.type !== 'function_definition' && parent?.type !== 'class_definition') return [];
    if (parent.childForFieldName('name')?.id !== node.id) return [];
    return [{ name, origin: `the ${name} of this file`, scope: scopeOf(parent) }];
  });
}

function namesFor(
  bindings: ReadonlyMap<string, readonly Binding[]>,
  starred: readonly Binding[],
  origins: Iterable<string>,
): ReadonlySet<string> {
  const wanted = [...origins];
  const names = new Set<string>();
  for (const [name, all] of bindings) {
    const leads = all.some(({ origin }) => wanted.some((full) => full === origin || full.startsWith(`${origin}.`)));
    if (leads && name !== EVERYTHING) names.add(name);
  }
  for (const { origin } of starred) {
    for (const full of wanted)
      if (full.startsWith(`${origin}.`)) names.add(full.slice(origin.length + 1).split('.')[0] ?? '');
  }
  return names;
}

export function importedBy(node: Node): Binding[] {
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
  // `from . import a` has nothing between the dots and the name.
  const prefix = module.endsWith('.') ? module : `${module}.`;
  if (name.type === 'aliased_import') return aliased(name, prefix);
  return { name: dotted(name), origin: `${prefix}${dotted(name)}` };
}

function aliased(name: Node, prefix: string): Omit<Binding, 'scope'> {
  return { name: dotted(name.childForFieldName('alias')), origin: prefix + dotted(name.childForFieldName('name')) };
}

function dotted(name: Node | null): string {
  return (name?.text ?? '').replace(/[\s\\]+/g, '');
}

export function scopeOf(node: Node): Node | null {
  let scope = node.parent;
  while (scope !== null && scope.type !== 'function_definition' && scope.type !== 'class_definition') {
    scope = scope.parent;
  }
  return scope;
}

function originsOf(
  all: (name: string) => readonly Binding[],
  everything: readonly Binding[],
  expression: Node,
): readonly string[] {
  const [first, ...rest] = segmentsOf(expression);
  if (first === undefined) return [];
  const named = innermost(all(first).filter(({ scope }) => reaches(scope, expression))).map(({ origin }) => origin);
  const starred = everything
    .filter(({ scope }) => reaches(scope, expression))
    .map(({ origin }) => `${origin}.${first}`);
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
export function reaches(scope: Node | null, expression: Node): boolean {
  if (scope === null) return true;
  if (scope.type === 'class_definition') return scopeOf(expression)?.id === scope.id;
  return scope.startIndex <= expression.startIndex && expression.endIndex <= scope.endIndex;
}

export function innermost<T extends { readonly scope: Node | null }>(bindings: readonly T[]): readonly T[] {
  const start = bindings.reduce((most, { scope }) => Math.max(most, scope?.startIndex ?? -1), -1);
  return bindings.filter(({ scope }) => (scope?.startIndex ?? -1) === start);
}
