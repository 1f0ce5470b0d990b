import type { Node } from 'web-tree-sitter';
import { importsOf } from '../edit/python/imports.js';
import type { Source } from '../edit/python/source.js';
import { symbolOfExpression } from '../edit/python/symbols.js';
import { around, calledName, givenTo, lastName } from './code.js';
import { once } from './once.js';

/** A function of the application, and the file that it stands in. */
export interface FoundFunction {
  readonly source: Source;
  readonly node: Node;
}

const FACTORIES = /^(?:sessionmaker|scoped_session)$/;
const SESSION = /^(?:sqlalchemy\.orm(?:\.session)?|sqlmodel)\.Session$/;
const ASKS_ENGINE = /^(?:connect|begin|execute|raw_connection|scalars?)$/;
/** Functions of the application are called after what they make. */
const ENGINES = /^(?!create_async_engine$|async_).*engine/i;
const MAKES_TABLES = /^(?:create_all|drop_all)$/;
/** Functions that call each other further than this are not followed. */
const DEEPEST = 4;

/** Whether a call opens a synchronous session: of a factory, of `Session` itself, or of a factory's `begin`. */
export function opensSession(source: Source, call: Node): boolean {
  const called = call.childForFieldName('function');
  if (called === null) return false;
  if (
    importsOf(source)
      .originsOf(called)
      .some((origin) => SESSION.test(origin))
  )
    return true;
  const object = called.type === 'attribute' ? called.childForFieldName('object') : null;
  return isFactory(source, called) || (object !== null && lastName(called) === 'begin' && isFactory(source, object));
}

function isFactory(source: Source, expression: Node): boolean {
  const made = madeBy(source, expression);
  return made !== null && makesFactory(source, made);
}

const makesFactory = once((_source, made) => {
  if (!FACTORIES.test(calledName(made))) return false;
  const { positional, named } = givenTo(made);
  return ![...positional, ...named.values()].some((value) =>
    /\bAsyncSession\b|\basync_sessionmaker\b/.test(value.text),
  );
});

/** The call that a name stands for. */
function madeBy(source: Source, expression: Node): Node | null {
  if (expression.type !== 'identifier' && expression.type !== 'attribute') return null;
  const meaning = symbolOfExpression(source, expression);
  return meaning.kind === 'value' && meaning.node.type === 'call' ? meaning.node : null;
}

/** Whether a call uses the database, itself or in the functions of the application that it leads to. */
export function usesDatabase(source: Source, call: Node, depth = 0): boolean {
  const called = call.childForFieldName('function');
  if (called === null) return false;
  if (opensSession(source, call) || asksEngine(source, called)) return true;
  const found = depth < DEEPEST ? functionOf(source, called) : null;
  return found !== null && !isGenerator(found.node) && runs(found, depth);
}

const RUN = new WeakMap<Source, Map<number, boolean>>();

/** Each function is looked through once: functions that call each other multiply. */
function runs({ source, node }: FoundFunction, depth: number): boolean {
  const known = RUN.get(source) ?? new Map<number, boolean>();
  RUN.set(source, known);
  const before = known.get(node.startIndex);
  if (before !== undefined) return before;
  known.set(node.startIndex, false);
  try {
    const result = ownCalls(node).some((inner) => usesDatabase(source, inner, depth + 1));
    known.set(node.startIndex, result);
    return result;
  } catch (error) {
    // A file could not be read: without it there is another answer.
    known.delete(node.startIndex);
    throw error;
  }
}

function asksEngine(source: Source, called: Node): boolean {
  const object = called.type === 'attribute' ? called.childForFieldName('object') : null;
  if (object === null) return false;
  if (MAKES_TABLES.test(lastName(called))) return true;
  if (!ASKS_ENGINE.test(lastName(called))) return false;
  const made = madeBy(source, object);
  return made === null ? lastName(object) === 'engine' : ENGINES.test(calledName(made));
}

export function functionOf(source: Source, expression: Node): FoundFunction | null {
  if (expression.type !== 'identifier' && expression.type !== 'attribute') return null;
  const meaning = symbolOfExpression(source, expression);
  return meaning.kind === 'function' ? { source: meaning.source, node: meaning.node } : null;
}

export function isAsync(definition: Node): boolean {
  return definition.firstChild?.type === 'async';
}

/** A generator does nothing when it is called, unless it is made a context manager, whose body runs in the `with`. */
function isGenerator(definition: Node): boolean {
  const decorated = definition.parent?.type === 'decorated_definition' ? definition.parent.text : '';
  return own(definition, 'yield').length > 0 && !/^@(?:contextlib\.)?contextmanager\b/m.test(decorated);
}

/** A dependency that gives a synchronous session: it opens one, and yields or returns. */
export function givesSession({ source, node }: FoundFunction): boolean {
  return gives(source, node);
}

const gives = once((source, node) => {
  const hands = own(node, 'yield').length > 0 || own(node, 'return_statement').length > 0;
  return hands && ownCalls(node).some((call) => opensSession(source, call));
});

/** The calls that run when the function runs: not those of functions in it. */
export function ownCalls(definition: Node): readonly Node[] {
  return own(definition, 'call');
}

function own(definition: Node, type: string): readonly Node[] {
  const body = definition.childForFieldName('body');
  return (body?.descendantsOfType(type) ?? []).filter((node): node is Node => isOwn(definition, node));
}

const FUNCTIONS = /^(?:function_definition|lambda)$/;

function isOwn(definition: Node, node: Node | null): boolean {
  return node !== null && around(node, ({ type }) => FUNCTIONS.test(type))?.id === definition.id;
}
