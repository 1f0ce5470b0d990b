import type { Node } from 'web-tree-sitter';
import { scopeOf } from './imports.js';
import type { Source } from './source.js';
import { type Meaning, symbolOfExpression } from './symbols.js';

/** A class, and the call that made the instance in question; none where the class itself is meant. */
export interface Instance {
  readonly source: Source;
  readonly node: Node;
  readonly made?: { readonly source: Source; readonly call: Node };
  /** The field of another instance that holds it. */
  readonly within?: { readonly owner: Instance; readonly field: Field };
}

const DEEPEST = 8;

/** The class behind `settings`, `Settings`, `get_settings()` or `Settings()`; `undefined` where that can't be told. */
export function instanceOf(source: Source, expression: Node, depth = 0): Instance | undefined {
  if (depth > DEEPEST) return undefined;
  if (expression.type === 'call') return madeBy(source, expression, depth);
  if (expression.type === 'attribute') return fieldInstance(source, expression, depth);
  return instanceOfSymbol(symbolOfExpression(source, expression), depth);
}

function instanceOfSymbol(symbol: Meaning, depth: number): Instance | undefined {
  if (symbol.kind === 'class') return symbol;
  if (symbol.kind !== 'value' || symbol.name.id === symbol.node.id) return undefined;
  return instanceOf(symbol.source, symbol.node, depth + 1);
}

/** `Settings()`, or a function whose one `return` gives such an instance. */
function madeBy(source: Source, call: Node, depth: number): Instance | undefined {
  const called = call.childForFieldName('function');
  if (called === null) return undefined;
  const symbol = symbolOfExpression(source, called);
  if (symbol.kind === 'class') return { ...symbol, made: { source, call } };
  if (symbol.kind !== 'function') return undefined;
  const returned = returnOf(symbol.node);
  return returned === undefined ? undefined : instanceOf(symbol.source, returned, depth + 1);
}

/** What a function gives back, where there is one `return` only. */
export function returnOf(definition: Node): Node | undefined {
  const returns = definition.descendantsOfType('return_statement').filter((one) => scopeOf(one)?.id === definition.id);
  return returns.length === 1 ? (returns[0]?.firstNamedChild ?? undefined) : undefined;
}

/** `settings.db`, or `config.settings` of a module. */
function fieldInstance(source: Source, attribute: Node, depth: number): Instance | undefined {
  const symbol = symbolOfExpression(source, attribute);
  if (symbol.kind !== 'unknown') return instanceOfSymbol(symbol, depth);
  const object = attribute.childForFieldName('object');
  const name = attribute.childForFieldName('attribute')?.text ?? '';
  const owner = object === null ? undefined : instanceOf(source, object, depth + 1);
  if (owner === undefined) return undefined;
  const field = fieldIn(owner, name);
  if (field === undefined) return undefined;
  const factory = field.value === null ? undefined : (factoryOf(field.value) ?? field.value);
  const made = factory === undefined ? undefined : instanceOf(field.source, factory, depth + 1);
  const found = made ?? (field.type === null ? undefined : instanceOf(field.source, field.type, depth + 1));
  return found === undefined ? undefined : { ...found, within: { owner, field } };
}

/** `Field(default_factory=Database)`. */
function factoryOf(value: Node): Node | undefined {
  const list = value.type === 'call' ? value.childForFieldName('arguments') : null;
  return (
    list?.namedChildren
      .find((item) => item.type === 'keyword_argument' && item.childForFieldName('name')?.text === 'default_factory')
      ?.childForFieldName('value') ?? undefined
  );
}

/** One attribute in the body of a class. */
export interface Field {
  readonly source: Source;
  readonly owner: Node;
  readonly value: Node | null;
  readonly type: Node | null;
  readonly name: Node;
  /** False where the body gives it more than once, or by a `def`. */
  readonly single: boolean;
}

/** The attribute of a class, its own or of the first base that has it. */
export function fieldIn(
  { source, node }: Pick<Instance, 'source' | 'node'>,
  name: string,
  depth = 0,
): Field | undefined {
  if (depth > DEEPEST) return undefined;
  const own = ownFields(source, node).filter((field) => field.name.text === name);
  const [first] = own;
  if (first !== undefined) return { ...first, single: own.length === 1 && first.single };
  for (const base of basesOf(node)) {
    const symbol = symbolOfExpression(source, base);
    const found = symbol.kind === 'class' ? fieldIn(symbol, name, depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function ownFields(source: Source, owner: Node): readonly Field[] {
  return (owner.childForFieldName('body')?.namedChildren ?? []).flatMap((statement) => {
    const inner = statement.type === 'expression_statement' ? statement.firstNamedChild : statement;
    const field = inner === null ? undefined : (methodField(inner) ?? attributeField(inner));
    return field === undefined ? [] : [{ source, owner, ...field }];
  });
}

type OwnField = Omit<Field, 'source' | 'owner'>;

function methodField(statement: Node): OwnField | undefined {
  const defined = statement.type === 'decorated_definition' ? statement.childForFieldName('definition') : statement;
  const name = defined?.type === 'function_definition' ? defined.childForFieldName('name') : null;
  return name === null ? undefined : { value: null, type: null, name, single: false };
}

function attributeField(statement: Node): OwnField | undefined {
  const name = statement.type === 'assignment' ? statement.childForFieldName('left') : null;
  if (name?.type !== 'identifier') return undefined;
  const value = statement.childForFieldName('right');
  const type = statement.childForFieldName('type')?.firstNamedChild ?? null;
  return { value, type, name, single: true };
}

export function basesOf(owner: Node): readonly Node[] {
  const list = owner.childForFieldName('superclasses');
  return (list?.namedChildren ?? []).filter(({ type }) => type === 'identifier' || type === 'attribute');
}
