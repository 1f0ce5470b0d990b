import type { Node } from 'web-tree-sitter';
import type { Trace } from '../spot.js';
import { bounded } from './accepted.js';
import { type Field, fieldIn, type Instance, instanceOf } from './instances.js';
import { withoutParentheses } from './literal.js';
import { type Look, stuck } from './look.js';
import { occurrencesOf } from './occurrences.js';
import { isSettings, keywordsOf, settingsConfigOf, variableOf } from './settings-class.js';
import { placeOf, type Source } from './source.js';
import { inSettingsFiles, traceVariable } from './variables.js';

/** `settings.DB_POOL_SIZE`, where the class behind it can be found; `undefined` where it can't. */
export function traceMember(source: Source, attribute: Node, look: Look): Trace | undefined {
  const object = attribute.childForFieldName('object');
  const name = attribute.childForFieldName('attribute')?.text ?? '';
  const instance = object === null ? undefined : instanceOf(source, object);
  if (instance === undefined || object === null) return undefined;
  const field = fieldIn(instance, name);
  if (field === undefined)
    return stuck(source, attribute, `is no attribute of ${instance.node.childForFieldName('name')?.text}`);
  if (!field.single) return stuck(field.source, field.name, 'is computed, or set more than once');
  const files = [source, field.source, instance.source];
  const changed = files.map((file) => assignedLater(file, name)).find((found) => found !== undefined);
  if (changed !== undefined) return changed;
  const given = givenTo(instance, name);
  if (given !== undefined) return look.trace(given.source, given.node, look);
  if (isNested(source, object)) return stuck(field.source, field.name, 'can be set under a nested name');
  return isSettings(instance.source, instance.node)
    ? traceSetting(instance, field, look)
    : traceDefault(instance, field, look);
}

/** `settings.DB_POOL_SIZE = 9` somewhere: what the class says is not what counts. */
function assignedLater(source: Source, name: string): Trace | undefined {
  const node = occurrencesOf(source, name).find(({ parent }) => {
    const isTarget = parent?.type === 'attribute' && parent.parent?.type.endsWith('assignment') === true;
    return isTarget && parent?.parent?.childForFieldName('left')?.id === parent?.id;
  });
  return node === undefined
    ? undefined
    : stuck(source, node, `is assigned again on line ${placeOf(source, node).line}`);
}

/** `Settings(DB_POOL_SIZE=9)`. */
function givenTo({ made }: Instance, name: string): { readonly source: Source; readonly node: Node } | undefined {
  if (made === undefined) return undefined;
  const node = new Map(keywordsOf(made.call.childForFieldName('arguments'))).get(name);
  return node === undefined ? undefined : { source: made.source, node };
}

/** `settings.db.pool_size`, where variables such as `DB__POOL_SIZE` reach into the settings. */
function isNested(source: Source, object: Node): boolean {
  const owner = object.type === 'attribute' ? object.childForFieldName('object') : null;
  const outer = owner === null ? undefined : instanceOf(source, owner);
  return outer !== undefined && isSettings(outer.source, outer.node) && settingsConfigOf(outer).delimiter;
}

function traceSetting(instance: Instance, field: Field, look: Look): Trace {
  const config = settingsConfigOf(instance);
  const variable = variableOf(field, config);
  if (variable === null) return stuck(field.source, field.name, 'is read from a variable whose name is computed');
  if (config.files === null) return stuck(field.source, field.name, 'is read from an env_file whose name is computed');
  // pydantic turns text into the field's type.
  const result = traceVariable(field.source, variable, inSettingsFiles(config.files), () =>
    traceDefault(instance, field, look),
  );
  return result.ok ? { ok: true, spots: result.spots.map((spot) => bounded(spot, instance, field)) } : result;
}

function traceDefault(instance: Instance, field: Field, look: Look): Trace {
  if (field.value === null) return stuck(field.source, field.name, 'has no default, and is set nowhere that is known');
  const value = defaultOf(field.value);
  if (value === undefined) return stuck(field.source, field.value);
  const result = look.trace(field.source, value, look);
  return result.ok ? { ok: true, spots: result.spots.map((spot) => bounded(spot, instance, field)) } : result;
}

/** The value itself, or the default in `Field(20, le=50)` and `Field(default=20)`. */
function defaultOf(value: Node): Node | undefined {
  const node = withoutParentheses(value);
  const called = node.type === 'call' ? (node.childForFieldName('function')?.text ?? '') : '';
  if (!/(?:^|\.)[Ff]ield$/.test(called)) return node;
  const list = node.childForFieldName('arguments');
  const [first] = list?.namedChildren.filter(({ isExtra }) => !isExtra) ?? [];
  const named = new Map(keywordsOf(list)).get('default');
  return named ?? (first?.type === 'keyword_argument' ? undefined : first);
}
