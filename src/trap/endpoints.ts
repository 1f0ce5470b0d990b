import type { Node } from 'web-tree-sitter';
import type { Source } from '../edit/python/source.js';
import { stringOf } from '../edit/python/strings.js';
import { symbolOfExpression } from '../edit/python/symbols.js';
import { around, calledName, givenTo, lineOf } from './code.js';
import { sessionParameters } from './dependencies.js';
import { isAsync, opensSession, ownCalls, usesDatabase } from './sessions.js';
import type { Check } from './trap.js';

/** A blocking query in the event loop stops every other request of the worker. */
export const syncSessionInAsync: Check = (_input, code) =>
  code.inFiles(/\basync\s+def\b/, (source) =>
    functionsIn(source)
      .filter((definition) => isAsync(definition) && blocks(source, definition))
      .map((definition) => ({
        code: 'sync-session-in-async',
        message: `async def ${nameOf(definition)} uses a synchronous session, which stops every other request of its worker while it waits`,
        file: source.path,
        line: lineOf(definition),
        fix: `Write def ${nameOf(definition)}, which FastAPI runs in a thread, or use an AsyncSession`,
      })),
  );

function blocks(source: Source, definition: Node): boolean {
  if (ownCalls(definition).some((call) => opensSession(source, call) && !isInThread(call))) return true;
  const given = sessionParameters(source, definition);
  const used = definition.childForFieldName('body')?.descendantsOfType('identifier') ?? [];
  return used.some((name) => name !== null && given.includes(name.text) && !isInThread(name));
}

const THREADS = /^(?:run_in_threadpool|to_thread|run_sync|run_in_executor)$/;

/** Given to what runs it in a thread. */
function isInThread(node: Node): boolean {
  return around(node, (parent) => parent.type === 'call' && THREADS.test(calledName(parent))) !== null;
}

const HEALTH = /(?:^|\/)(?:health(?:z|[-_]?checks?)?|live(?:z|ness)?|ping|heartbeat)\/?$/i;
const ROUTES = /^(?:get|head|api_route|route)$/;

/** A health check that waits for a connection takes a busy service for a dead one, and restarts it. */
export const healthTouchesDatabase: Check = (_input, code) =>
  code.inFiles(/health|live|ping|heartbeat/i, (source) =>
    functionsIn(source)
      .filter((definition) => isHealthCheck(source, definition) && touchesDatabase(source, definition))
      .map((definition) => ({
        code: 'health-touches-database',
        message: `the health check ${nameOf(definition)} uses the database: when the pool is used up, a busy service is taken for a dead one`,
        file: source.path,
        line: lineOf(definition),
        fix: 'Answer the health check without the database, and give the database a readiness check of its own',
      })),
  );

function touchesDatabase(source: Source, definition: Node): boolean {
  return (
    sessionParameters(source, definition).length > 0 || ownCalls(definition).some((call) => usesDatabase(source, call))
  );
}

function isHealthCheck(source: Source, { parent }: Node): boolean {
  if (parent?.type !== 'decorated_definition') return false;
  const calls = parent.namedChildren.flatMap((child) =>
    child.type === 'decorator' ? (child.firstNamedChild ?? []) : [],
  );
  return calls.some(
    (call) => call.type === 'call' && ROUTES.test(calledName(call)) && HEALTH.test(pathOf(source, call)),
  );
}

/** The path of a route, behind the prefix of its router. */
function pathOf(source: Source, route: Node): string {
  const router = route.childForFieldName('function')?.childForFieldName('object');
  const meaning = router?.type === 'identifier' ? symbolOfExpression(source, router) : null;
  const made = meaning?.kind === 'value' && meaning.node.type === 'call' ? meaning.node : null;
  return `${made === null ? '' : textOf(givenTo(made).named.get('prefix'))}${textOf(pathIn(route))}`;
}

function pathIn(route: Node): Node | undefined {
  const { positional, named } = givenTo(route);
  return named.get('path') ?? positional[0];
}

function textOf(node: Node | undefined): string {
  return node === undefined ? '' : (stringOf(node) ?? '');
}

function functionsIn(source: Source): readonly Node[] {
  return source.root.descendantsOfType('function_definition').filter((node): node is Node => node !== null);
}

function nameOf(definition: Node): string {
  return definition.childForFieldName('name')?.text ?? '';
}
