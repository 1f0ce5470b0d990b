import type { Node } from 'web-tree-sitter';
import type { SettingValue } from '../../settings.js';
import type { Spot } from '../spot.js';
import type { Field, Instance } from './instances.js';
import { keywordsOf } from './settings-class.js';
import { refuseAt } from './source.js';
import { type Obstacle, validatorOf } from './validators.js';

/** The bounds that a class itself puts on a value: beyond them it would not start. */
const BOUNDS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  le: (value, bound) => value <= bound,
  lt: (value, bound) => value < bound,
  ge: (value, bound) => value >= bound,
  gt: (value, bound) => value > bound,
};

/** A value as a field of an instance takes it, if pydantic makes it: what it would not take, or may change, is refused when it is written. */
export function bounded(spot: Spot, instance: Instance, field: Field): Spot {
  const obstacle = obstacleOf(instance, field) ?? unknownTypeOf(field);
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

/** Of the class, or of one that holds its instance as a field. */
function obstacleOf(instance: Instance, field: Field): Obstacle | undefined {
  const { within: outer } = instance;
  return validatorOf(instance, field) ?? (outer === undefined ? undefined : obstacleOf(outer.owner, outer.field));
}

/** Types that take any number, and words that only stand around them. */
const PLAIN =
  /^(?:int|float|bool|str|None|Optional|Union|Annotated|Final|ClassVar|Field|typing|t|pydantic|conint|PositiveInt|NonNegativeInt|StrictInt|True|False)$/;

/** A name of its own may stand for bounds, and `Literal` takes a few values only. */
function unknownTypeOf({ source, type }: Field): Obstacle | undefined {
  const names = type?.type === 'identifier' ? [type] : (type?.descendantsOfType('identifier') ?? []);
  const node = names.find(({ text, parent }) => {
    const isKeyword = parent?.type === 'keyword_argument' && parent.childForFieldName('name')?.text === text;
    return !(isKeyword || PLAIN.test(text));
  });
  return node === undefined ? undefined : { source, node, says: `its type ${node.text} may not take every number` };
}

function refuseUnsure({ name }: Field, { source, node, says }: Obstacle, value: SettingValue): never {
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
