import type { Node } from 'web-tree-sitter';
import { importsOf } from './imports.js';
import { basesOf, type Field, type Instance } from './instances.js';
import { modelValidatorLeaves } from './model-validators.js';
import { keywordsOf } from './settings-class.js';
import type { Source } from './source.js';
import { stringOf, stringsIn } from './strings.js';
import { symbolOfExpression } from './symbols.js';

/** What stands between a field and its value, with its place. */
export interface Obstacle {
  readonly source: Source;
  readonly node: Node;
  readonly says: string;
}

type Class = Pick<Instance, 'source' | 'node'>;

const MOST_CLASSES = 40;

/** The first validator of pydantic, in the class or in what it is derived from, that may change or refuse a field. */
export function validatorOf(owner: Class, field: Field): Obstacle | undefined {
  for (const { source, node } of classesOf(owner)) {
    for (const one of validatorsIn(source, node)) {
      const says = saysOf(one, field);
      if (says !== undefined) return { source, node: one.node, says };
    }
  }
  return undefined;
}

/** A class and all that it is derived from, as far as these can be found, each once. */
function classesOf(owner: Class): readonly Class[] {
  const found: Class[] = [owner];
  for (const { source, node } of found) {
    if (found.length > MOST_CLASSES) break;
    for (const base of basesOf(node)) {
      const symbol = symbolOfExpression(source, base);
      const isNew =
        symbol.kind === 'class' && !found.some((one) => one.source === symbol.source && one.node.id === symbol.node.id);
      if (isNew) found.push(symbol);
    }
  }
  return found;
}

interface Validator {
  readonly kind: 'field' | 'model';
  readonly node: Node;
  /** `undefined` where it stands without brackets. */
  readonly call: Node | undefined;
  /** `undefined` where an assignment gives it a function from elsewhere. */
  readonly body: Node | undefined;
}

const KINDS: Readonly<Record<string, Validator['kind']>> = {
  validator: 'field',
  field_validator: 'field',
  root_validator: 'model',
  model_validator: 'model',
};

function validatorsIn(source: Source, owner: Node): readonly Validator[] {
  return (owner.childForFieldName('body')?.namedChildren ?? []).flatMap((statement) => {
    const body = statement.childForFieldName('definition') ?? undefined;
    if (statement.type === 'decorated_definition')
      return statement.namedChildren
        .filter(({ type }) => type === 'decorator')
        .flatMap((decorator) => validatorAt(source, decorator, decorator.firstNamedChild, body));
    // `_cap = validator("pool_size")(cap)`
    const made =
      statement.firstNamedChild?.type === 'assignment' && statement.firstNamedChild.childForFieldName('right');
    const called = made && made.type === 'call' ? made.childForFieldName('function') : null;
    return made && called?.type === 'call' ? validatorAt(source, made, called, undefined) : [];
  });
}

function validatorAt(source: Source, node: Node, said: Node | null, body: Node | undefined): Validator[] {
  const call = said?.type === 'call' ? said : undefined;
  const name = call === undefined ? said : call.childForFieldName('function');
  const [origin = name?.text ?? ''] = name === null ? [] : importsOf(source).originsOf(name);
  const kind = KINDS[origin.split('.').at(-1) ?? ''];
  return kind === undefined ? [] : [{ kind, node, call, body }];
}

function saysOf({ kind, call, body }: Validator, field: Field): string | undefined {
  if (kind === 'field') return names(call, field) ? 'a validator may change or refuse it' : undefined;
  const leaves = body !== undefined && modelValidatorLeaves(body, [field.name.text, ...aliasesOf(field)]);
  return leaves ? undefined : 'a validator of the whole class may change or refuse it';
}

/** `@field_validator("pool_size")`; what is not written out may name it, too. */
function names(call: Node | undefined, { name }: Field): boolean {
  const list = call?.childForFieldName('arguments')?.namedChildren ?? [];
  const named = list.filter(({ type, isExtra }) => type !== 'keyword_argument' && !isExtra).map(stringOf);
  return named.some((one) => one === null || one === name.text || one === '*');
}

/** The other names under which what is given to the class may hold a field. */
function aliasesOf({ value }: Field): readonly string[] {
  const options = value?.type === 'call' ? keywordsOf(value.childForFieldName('arguments')) : [];
  return options
    .filter(([name]) => ['alias', 'validation_alias', 'env'].includes(name))
    .flatMap(
      ([, node]) => stringsIn((node.type === 'call' ? node.childForFieldName('arguments') : null) ?? node) ?? [],
    );
}
