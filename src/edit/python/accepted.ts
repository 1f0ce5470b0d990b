import type { Node } from 'web-tree-sitter';
import type { SettingValue } from '../../settings.js';
import type { Spot } from '../spot.js';
import type { Field } from './instances.js';
import { keywordsOf } from './settings-class.js';
import { refuseAt } from './source.js';
import { stringOf } from './strings.js';

/** The bounds that a class itself puts on a value: beyond them it would not start. */
const BOUNDS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  le: (value, bound) => value <= bound,
  lt: (value, bound) => value < bound,
  ge: (value, bound) => value >= bound,
  gt: (value, bound) => value > bound,
};

/** A value as a field of pydantic takes it: what it would not take, or may change, is refused when it is written. */
export function bounded(spot: Spot, field: Field): Spot {
  const obstacle = validatorOf(field) ?? unknownTypeOf(field);
  if (obstacle !== undefined) return { ...spot, written: (value) => refuseUnsure(field, obstacle, value) };
  const options = field.value?.type === 'call' ? keywordsOf(field.value.childForFieldName('arguments')) : [];
  const annotated = field.type?.descendantsOfType('call') ?? [];
  const all = [...options, ...annotated.flatMap((call) => keywordsOf(call.childForFieldName('arguments')))];
  const rules = all.flatMap(([name, node]) => {
    const holds = BOUNDS[name];
    const bound = Number(node.text.replaceAll('_', ''));
    return holds === undefined || Number.isNaN(bound) ? [] : [{ says: `${name}=${node.text}`, holds, bound, node }];
  });
  if (rules.length === 0) return spot;
  return { ...spot, written: (value) => within(field, rules, value, spot.written(value)) };
}

/** Types that take any number, and words that only stand around them. */
const PLAIN =
  /^(?:int|float|bool|str|None|Optional|Union|Annotated|Final|ClassVar|Field|typing|t|pydantic|conint|PositiveInt|NonNegativeInt|StrictInt|True|False)$/;

interface Obstacle {
  readonly node: Node;
  readonly says: string;
}

/** A name of its own may stand for bounds, and `Literal` takes a few values only. */
function unknownTypeOf({ type }: Field): Obstacle | undefined {
  const names = type?.type === 'identifier' ? [type] : (type?.descendantsOfType('identifier') ?? []);
  const node = names.find(({ text, parent }) => {
    const isKeyword = parent?.type === 'keyword_argument' && parent.childForFieldName('name')?.text === text;
    return !(isKeyword || PLAIN.test(text));
  });
  return node === undefined ? undefined : { node, says: `its type ${node.text} may not take every number` };
}

/** `@field_validator("pool_size")`, and the older `@validator`. */
function validatorOf({ name }: Field): Obstacle | undefined {
  const body = enclosing(name, 'class_definition')?.childForFieldName('body');
  const decorators = body?.namedChildren.flatMap((child) =>
    child.type === 'decorated_definition' ? child.namedChildren.filter(({ type }) => type === 'decorator') : [],
  );
  const node = decorators?.find((decorator) => {
    const call = decorator.firstNamedChild;
    if (call?.type !== 'call' || !/(?:^|\.)(?:field_)?validator$/.test(call.childForFieldName('function')?.text ?? ''))
      return false;
    const named = call.childForFieldName('arguments')?.namedChildren.flatMap((argument) => stringOf(argument) ?? []);
    return named?.some((one) => one === name.text || one === '*') === true;
  });
  return node === undefined ? undefined : { node, says: 'a validator may change or refuse it' };
}

function enclosing(node: Node, type: string): Node | undefined {
  for (let up = node.parent; up !== null; up = up.parent) if (up.type === type) return up;
  return undefined;
}

function refuseUnsure({ source, name }: Field, { node, says }: Obstacle, value: SettingValue): never {
  return refuseAt(source, node, {
    kind: 'unsafe',
    message: `${name.text} can't be set to ${value} safely: ${says}`,
    fix: `Write ${value} for ${name.text} by hand, once it is sure that the class takes it as it is`,
  });
}

interface Rule {
  readonly says: string;
  readonly holds: (value: number, bound: number) => boolean;
  readonly bound: number;
  readonly node: Node;
}

function within(field: Field, rules: readonly Rule[], value: SettingValue, text: string): string {
  const broken = rules.find(({ holds, bound }) => !holds(Number(value), bound));
  if (broken === undefined) return text;
  return refuseAt(field.source, broken.node, {
    kind: 'unsafe',
    message: `${field.name.text} does not take ${value}: its class says ${broken.says}`,
    fix: 'Widen the bound by hand, or want another value with --set',
  });
}
