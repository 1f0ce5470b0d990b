import type { Node } from 'web-tree-sitter';
import { branchesAround, isWithin } from './apart.js';
import { type Binder, bindersAt, usesOf } from './binders.js';
import type { KnownCall } from './calls.js';
import { scopeOf } from './imports.js';
import { refuse, shown } from './refusal.js';
import { placeOf, type Source } from './source.js';

/** What a call is looked at beside. */
export interface Beside {
  readonly role: 'database' | 'redis';
  /** The name of the call that the user gave: then it is the one that counts. */
  readonly picked: string | undefined;
  /** Every known call of the file: they are no others. */
  readonly calls: readonly KnownCall<unknown>[];
}

/**
 * Refuses a call that may never be the one that counts: its name is imported as well, as in `try: from local import
 * engine` and `except ImportError: engine = create_engine(...)`, or another branch, or a later line, gives it something else.
 */
export function refuseElsewhere(source: Source, { node }: KnownCall<unknown>, beside: Beside): void {
  const assignment = beside.picked === undefined ? assignmentAround(node) : undefined;
  const name = assignment?.childForFieldName('left');
  if (assignment === undefined || name?.type !== 'identifier') return;
  const others = bindersAt(source, name.text, name).filter((binder) => binder.name.id !== name.id);
  const imported = others.find(
    (binder) =>
      binder.kind === 'import' && !isOwnModule(source, binder.origin) && isImportedInstead(binder, assignment),
  );
  if (imported !== undefined) refuseRival(source, node, name, statementOf(imported.name), beside);
  if (beside.role === 'redis') return;
  const instead = insteadOf(assignment);
  const rivals = others.filter(
    (binder) => instead.some((block) => isWithin(binder.name, block)) || isGivenLater(binder, assignment),
  );
  const given = rivals.slice(0, MOST_VALUES).find((binder) => isGivenInstead(source, binder, beside.calls));
  if (given !== undefined) refuseRival(source, node, name, statementOf(given.name), beside);
  const arm = armsInstead(node, assignment).find((value) => isOtherValue(source, { name, value }, beside.calls));
  if (arm !== undefined) refuseRival(source, node, name, arm, beside);
}

/** In code that a person wrote there are two or three. */
const MOST_VALUES = 20;

/** The assignment whose value a call is, or is part of. */
function assignmentAround(call: Node): Node | undefined {
  for (let node = call.parent; node !== null; node = node.parent) {
    if (node.type === 'assignment') return node;
    if (/_definition$|^lambda$|^block$/.test(node.type)) return undefined;
  }
  return undefined;
}

/** What a file imports from itself is what it made. */
function isOwnModule({ path }: Source, origin: string): boolean {
  const module = origin
    .replace(/\.\w+$/, '')
    .replace(/^\.(?!\.)/, '')
    .replaceAll('.', '/');
  return ['.py', '/__init__.py'].some((end) => `/${path}`.endsWith(`/${module}${end}`));
}

const LIBRARIES = /^(?:sqlalchemy|sqlmodel|redis)(?:\.|$)/;

/** What is imported first and then always assigned only shares its name: `import redis` and `redis = redis.Redis()`. */
function isImportedInstead(binder: Extract<Binder, { kind: 'import' }>, assignment: Node): boolean {
  if (LIBRARIES.test(binder.origin)) return false;
  return binder.name.startIndex > assignment.startIndex || isConditional(assignment);
}

function isConditional(statement: Node): boolean {
  for (let node = statement.parent; node !== null; node = node.parent) {
    if (/_definition$/.test(node.type)) return false;
    if (/^(?:if|try|match)_statement$/.test(node.type)) return true;
  }
  return false;
}

/** In the same scope, always or under a condition: then what the call made is gone. Where the call failed, nothing was made. */
function isGivenLater({ name, scope }: Binder, assignment: Node): boolean {
  if (name.startIndex < assignment.endIndex || scope?.id !== scopeOf(assignment)?.id) return false;
  for (let node = name.parent; node !== null; node = node.parent) if (node.type === 'except_clause') return false;
  return true;
}

/** Another value than nothing, one of the known calls, what it makes of itself, or what somebody hands in. */
function isGivenInstead(source: Source, binder: Binder, calls: readonly KnownCall<unknown>[]): boolean {
  return binder.kind === 'assignment' && isOtherValue(source, binder, calls);
}

function isOtherValue(
  source: Source,
  { name, value }: { readonly name: Node; readonly value: Node },
  calls: readonly KnownCall<unknown>[],
): boolean {
  if (value.type === 'none') return false;
  const isKnown = calls.some(({ node }) => isWithin(node, value));
  const isOwn = usesOf(source, name.text).some((use) => isWithin(use, value));
  return !(isKnown || isOwn || isParameter(source, value));
}

function isParameter(source: Source, value: Node): boolean {
  if (value.type !== 'identifier') return false;
  const binders = bindersAt(source, value.text, value);
  return binders.length > 0 && binders.every(({ kind }) => kind === 'parameter');
}

/** What a call in `a if b else c` is not taken for, down to the assignment. */
function armsInstead(call: Node, assignment: Node): readonly Node[] {
  const around = branchesAround(call).filter(({ statement }) => isWithin(statement, assignment));
  return around.flatMap(({ others }) => others);
}

/** The blocks of which one may run instead of a statement: other branches, and what its `except` is the way out of. */
function insteadOf(statement: Node): readonly Node[] {
  const found = branchesAround(statement).flatMap(({ others }) => others);
  for (let node = statement.parent; node !== null; node = node.parent) {
    const tried = node.type === 'except_clause' ? node.parent?.childForFieldName('body') : null;
    if (tried) found.push(tried);
  }
  return found;
}

function statementOf(name: Node): Node {
  let node = name;
  while (node.parent !== null && !/_statement$|^assignment$/.test(node.type)) node = node.parent;
  return node;
}

function refuseRival(source: Source, call: Node, name: Node, rival: Node, { role }: Beside): never {
  const [here, there] = [placeOf(source, call), placeOf(source, rival)];
  return refuse({
    kind: 'unsafe',
    message: `${name.text} is made on line ${here.line}, and comes from elsewhere on line ${there.line}: which one counts is only known where the program runs`,
    at: there,
    found: shown(rival.text),
    candidates: [
      { name: name.text, at: here },
      { name: shown(rival.text), at: there },
    ],
    fix: `Say --file ${role}=PATH#${name.text} if the one on line ${here.line} counts, else name the file that makes the other with --file ${role}=PATH`,
  });
}
