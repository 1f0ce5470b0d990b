import { basename } from 'node:path/posix';
import type { Node } from 'web-tree-sitter';
import { moduleFile } from '../edit/python/modules.js';
import type { Source } from '../edit/python/source.js';
import { stringOf, stringsIn } from '../edit/python/strings.js';
import { symbolOfExpression } from '../edit/python/symbols.js';
import { settingsIn } from './celery-settings.js';
import { around, type Code, calledName, givenTo, lastName } from './code.js';
import type { Start } from './trap.js';

/** The files that celery loads before it forks: its application, what that imports, and the modules that it is told of. */
export function loadedByCelery(code: Code, starts: readonly Start[]): readonly Source[] {
  const roots = code.inFiles(/\bCelery\b/, (source) => (callsIn(source, 'Celery').length > 0 ? [source] : []));
  const told = [...namedBySettings(code), ...discovered(code), ...namedByCommand(roots, starts)];
  return roots.length === 0 ? [] : withImports(code, [...roots, ...told]);
}

function withImports(code: Code, first: readonly Source[]): readonly Source[] {
  const found = new Set(first);
  for (const source of found) {
    for (const imported of code.attempt(() => importsAtOnce(source), [])) found.add(imported);
  }
  return [...found];
}

/** What a file imports when it is itself imported: not in its functions, nor for type checkers only. */
function importsAtOnce(source: Source): readonly Source[] {
  return source.root.descendantsOfType(['import_statement', 'import_from_statement']).flatMap((node) => {
    if (node === null || !runsOnImport(node)) return [];
    const names = node.childrenForFieldName('name').map((name) => dotted(name?.childForFieldName('name') ?? name));
    const module = dotted(node.childForFieldName('module_name'));
    const all = module === '' ? names : [module, ...names.map((name) => `${module.replace(/\.$/, '')}.${name}`)];
    return all.flatMap((name) => withPackages(source, name));
  });
}

function dotted(name: Node | null): string {
  return (name?.text ?? '').replace(/[\s\\]+/g, '');
}

/** A module, and the packages that it lies in, which are loaded first. */
function withPackages(source: Source, name: string): readonly Source[] {
  const segments = name.split('.');
  const names = name.startsWith('.') ? [name] : segments.map((_, index) => segments.slice(0, index + 1).join('.'));
  return names.flatMap((each) => moduleFile(source, each) ?? []);
}

/** Whether a node runs when its file is imported. */
export function runsOnImport(node: Node): boolean {
  const isLater = ({ type }: Node) => type === 'function_definition' || type === 'lambda';
  return around(node, (parent) => isLater(parent) || isElsewhere(parent)) === null;
}

/** `if __name__ == '__main__'` and `if TYPE_CHECKING`. */
function isElsewhere(node: Node): boolean {
  const condition = node.type === 'if_statement' ? (node.childForFieldName('condition')?.text ?? '') : '';
  return /\b__name__\b|\bTYPE_CHECKING\b/.test(condition);
}

function callsIn(source: Source, name: string): readonly Node[] {
  return source.root.descendantsOfType('call').filter((call): call is Node => calledName(call as Node) === name);
}

/** `include` and `imports`, wherever they stand as settings of celery. */
function namedBySettings(code: Code): readonly Source[] {
  return settingsIn(code, ['include', 'imports']).flatMap(({ source, value }) => {
    const target = value.parent?.type === 'assignment' ? value.parent.childForFieldName('left') : null;
    const isOther = target?.type === 'attribute' && lastName(target.childForFieldName('object')) !== 'conf';
    const isPlain = target?.type === 'identifier' && !target.text.startsWith('CELERY');
    return isOther || isPlain ? [] : modulesOf(source, stringsBehind(source, value) ?? []);
  });
}

function modulesOf(source: Source, names: readonly string[]): readonly Source[] {
  return names.flatMap((name) => withPackages(source, name));
}

function stringsBehind(source: Source, value: Node): readonly string[] | null {
  const meaning = value.type === 'identifier' || value.type === 'attribute' ? symbolOfExpression(source, value) : null;
  if (meaning === null) return stringsIn(value);
  return meaning.kind === 'value' ? stringsIn(meaning.node) : null;
}

/** What `autodiscover_tasks` leads to. */
function discovered(code: Code): readonly Source[] {
  return code.inFiles(/\bautodiscover_tasks\b/, (source) =>
    callsIn(source, 'autodiscover_tasks').flatMap((call) => discoveredBy(code, source, call)),
  );
}

/** A module of one name in each package; where nobody can tell the packages, every module of the name. */
function discoveredBy(code: Code, source: Source, call: Node): readonly Source[] {
  const { positional, named } = givenTo(call);
  const [packages, name] = [named.get('packages') ?? positional[0], named.get('related_name') ?? positional[1]];
  const related = name === undefined ? 'tasks' : stringOf(name);
  const known = packages === undefined ? null : stringsBehind(source, packages);
  if (known === null) return related === null ? [] : everywhere(code, related);
  const modules = related === null ? [] : known.map((each) => `${each}.${related}`);
  return modulesOf(source, [...known, ...modules]);
}

function everywhere(code: Code, name: string): readonly Source[] {
  const paths = code.paths.filter((path) => basename(path) === `${name}.py` || path.endsWith(`/${name}/__init__.py`));
  return paths.flatMap((path) => code.open(path) ?? []);
}

/** `-I` and `--include` of the command. */
function namedByCommand(roots: readonly Source[], starts: readonly Start[]): readonly Source[] {
  const names = starts
    .filter(({ service }) => service === 'celery')
    .flatMap(({ command }) => /(?:^|\s)(?:-I|--include)[=\s]\s*([\w.,]+)/.exec(command)?.[1]?.split(',') ?? []);
  return roots.flatMap((source) => modulesOf(source, names));
}
