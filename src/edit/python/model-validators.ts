import type { Node } from 'web-tree-sitter';
import { stringOf } from './strings.js';

/**
 * Whether a `model_validator` or `root_validator` plainly leaves a field alone: it never names it, uses what it is given
 * (`self`, `data`, `values`) only one attribute or key at a time, and gives just that back.
 */
export function modelValidatorLeaves(definition: Node, names: readonly string[]): boolean {
  const given = parametersOf(definition);
  const returns = definition.childForFieldName('body')?.descendantsOfType('return_statement') ?? [];
  const isPassedOn = returns.every((one) => given.includes(one.firstNamedChild?.text ?? ''));
  return isPassedOn && given.length > 0 && leaves(definition, given, names, new Set());
}

/** `given`: what holds the values; `met`: what was looked at already, since methods may call each other. */
function leaves(definition: Node, given: readonly string[], names: readonly string[], met: Set<number>): boolean {
  const body = definition.childForFieldName('body');
  if (met.has(definition.id)) return true;
  if (body === null || names.some((name) => hasWord(body.text, name))) return false;
  met.add(definition.id);
  const uses = body.descendantsOfType('identifier').filter(({ text }) => given.includes(text));
  return uses.every((use) => isNamedArgument(use) || isPartly(use) || isPartlyByMethod(use, definition, names, met));
}

/** The names of its parameters but for the class, which holds no values. */
function parametersOf(definition: Node): readonly string[] {
  const list = definition.childForFieldName('parameters')?.namedChildren ?? [];
  return list
    .filter(({ isExtra }) => !isExtra)
    .map(
      (one) => (one.type === 'identifier' ? one : (one.childForFieldName('name') ?? one.firstNamedChild))?.text ?? '',
    )
    .filter((name) => name !== 'cls');
}

/** Variables of the environment reach a class in any case. */
function hasWord(text: string, word: string): boolean {
  return new RegExp(`(?<!\\w)${word.replace(/\W/g, '\\$&')}(?!\\w)`, 'i').test(text);
}

/** `other.data`, `f(data=1)`: the same name for something else. */
function isNamedArgument({ parent, id }: Node): boolean {
  return (
    (parent?.type === 'attribute' && parent.childForFieldName('attribute')?.id === id) ||
    (parent?.type === 'keyword_argument' && parent.childForFieldName('name')?.id === id)
  );
}

const OF_ONE_KEY = /^(?:get|pop|setdefault)$/;

function isPartly(use: Node): boolean {
  const { parent } = use;
  if (parent?.type === 'return_statement' || parent?.type === 'not_operator') return true;
  // `"url" in data`
  if (parent?.type === 'comparison_operator') return true;
  if (parent?.type === 'subscript') return isWrittenOut(parent.childForFieldName('subscript'));
  if (parent?.type === 'if_statement') return true;
  if (parent?.type === 'argument_list') return isPartlyByFunction(parent);
  if (parent?.type !== 'attribute') return false;
  const call = callOf(parent);
  if (call === undefined) return !attributeOf(parent).startsWith('__');
  return (
    OF_ONE_KEY.test(attributeOf(parent)) && isWrittenOut(call.childForFieldName('arguments')?.firstNamedChild ?? null)
  );
}

const OF_ONE_ATTRIBUTE = /^(?:setattr|getattr|hasattr|object\.__setattr__)$/;

/** `isinstance(data, dict)`, `setattr(self, "url", url)`. */
function isPartlyByFunction(list: Node): boolean {
  const called = list.parent?.childForFieldName('function')?.text ?? '';
  const [, named = null] = list.namedChildren.filter(({ isExtra }) => !isExtra);
  if (called === 'isinstance') return true;
  return OF_ONE_ATTRIBUTE.test(called) && isWrittenOut(named) && !/^["']__/.test(named?.text ?? '');
}

/** `self.check("SECRET", self.SECRET)`, where the class has that method and it leaves the field alone as well. */
function isPartlyByMethod({ parent }: Node, definition: Node, names: readonly string[], met: Set<number>): boolean {
  if (parent?.type !== 'attribute' || callOf(parent) === undefined) return false;
  const siblings = (definition.parent?.type === 'decorated_definition' ? definition.parent : definition).parent;
  const methods = siblings?.namedChildren.map((one) => one.childForFieldName('definition') ?? one) ?? [];
  const found = methods.filter(
    (one) => one.type === 'function_definition' && one.childForFieldName('name')?.text === attributeOf(parent),
  );
  return found.length > 0 && found.every((method) => leaves(method, parametersOf(method).slice(0, 1), names, met));
}

function attributeOf(attribute: Node): string {
  return attribute.childForFieldName('attribute')?.text ?? '';
}

function callOf({ parent, id }: Node): Node | undefined {
  return parent?.type === 'call' && parent.childForFieldName('function')?.id === id ? parent : undefined;
}

function isWrittenOut(key: Node | null): boolean {
  return key !== null && stringOf(key) !== null;
}
