import type { Node } from 'web-tree-sitter';
import type { Trace } from '../spot.js';
import { type Binder, usesOf } from './binders.js';
import { callersOf } from './callers.js';
import { scopeOf } from './imports.js';
import { type Look, stuck } from './look.js';
import type { Source } from './source.js';

type Parameter = Extract<Binder, { kind: 'parameter' }>;

/** A parameter's default counts where somebody in the file calls the function, and nobody gives the argument. */
export function traceParameter(source: Source, parameter: Parameter, use: Node, look: Look): Trace {
  const { owner, value, name } = parameter;
  if (value === null) return stuck(source, use, 'is given by the caller');
  const called = calledName(owner);
  if (called === null) return stuck(source, use, 'is a parameter of a function without a name');
  const uses = usesOf(source, called.name.text);
  const passed = uses.find((node) => callOf(node) === null && !isAnnotation(node));
  if (passed !== undefined) return stuck(source, passed, `is handed on, and may be given ${name.text} there`);
  const calls = uses.flatMap((node) => callOf(node) ?? []);
  if (calls.length === 0) return traceCallers(source, parameter, use, look, called);
  const index = positionOf(owner, name) - (called.bound ? 1 : 0);
  const giving = calls.find((call) => gives(call, name.text, index));
  if (giving !== undefined) {
    return stuck(source, giving, `gives ${name.text}, or may give it, on line ${giving.startPosition.row + 1}`);
  }
  return look.trace(source, value, look);
}

interface Called {
  readonly name: Node;
  readonly bound: boolean;
}

/** Callers in other files: what the only one gives is followed there; where none gives it, the default counts. */
function traceCallers(source: Source, { owner, value, name }: Parameter, use: Node, look: Look, called: Called): Trace {
  const calls = callersOf(source, called.name);
  if (calls === null) {
    const why = `is a default of ${called.name.text}, which more code names than is looked through for its callers`;
    return stuck(source, use, why);
  }
  if ('node' in calls) return stuck(calls.source, calls.node, `is handed on, and may be given ${name.text} there`);
  const [only, second] = calls;
  if (only === undefined || value === null) {
    const why = `is a default of ${called.name.text}, and whether a caller in another file gives it can't be seen`;
    return stuck(source, use, why);
  }
  const index = positionOf(owner, name) - (called.bound ? 1 : 0);
  const giving = calls.find((call) => gives(call.node, name.text, index));
  if (giving === undefined) return look.trace(source, value, look);
  const argument = second === undefined ? argumentOf(only.node, name.text, index) : undefined;
  if (argument !== undefined) return look.trace(only.source, argument, look);
  return stuck(giving.source, giving.node, `gives ${name.text}, or may give it`);
}

/** What a call plainly gives. */
function argumentOf(call: Node, name: string, index: number): Node | undefined {
  const items = call.childForFieldName('arguments')?.namedChildren.filter(({ isExtra }) => !isExtra) ?? [];
  if (items.some(({ type }) => /splat$/.test(type))) return undefined;
  const named = items.find((item) => item.childForFieldName('name')?.text === name && item.type === 'keyword_argument');
  const positional = items.filter(({ type }) => type !== 'keyword_argument');
  return named?.childForFieldName('value') ?? positional[index];
}

/** What callers write: the function's name, or the class's where it is the constructor. */
function calledName(owner: Node): Called | null {
  const name = owner.childForFieldName('name');
  if (name === null) return null;
  const around = scopeOf(owner);
  if (around?.type !== 'class_definition') return { name, bound: false };
  const className = around.childForFieldName('name');
  return name.text === '__init__' && className !== null ? { name: className, bound: true } : null;
}

function callOf(use: Node): Node | null {
  const { parent } = use;
  return parent?.type === 'call' && parent.childForFieldName('function')?.id === use.id ? parent : null;
}

function isAnnotation(use: Node): boolean {
  return use.parent?.type === 'type';
}

function positionOf(owner: Node, name: Node): number {
  const list = owner.childForFieldName('parameters');
  const all = list?.namedChildren.filter(({ isExtra }) => !isExtra) ?? [];
  return all.findIndex((one) => one.startIndex <= name.startIndex && name.endIndex <= one.endIndex);
}

function gives(call: Node, name: string, index: number): boolean {
  const list = call.childForFieldName('arguments');
  const items = list?.namedChildren.filter(({ isExtra }) => !isExtra) ?? [];
  if (list?.type !== 'argument_list' || items.some(({ type }) => /splat$/.test(type))) return true;
  const named = items.some((item) => item.type === 'keyword_argument' && item.childForFieldName('name')?.text === name);
  return named || items.filter(({ type }) => type !== 'keyword_argument').length > index;
}
