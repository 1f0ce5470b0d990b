import type { Node } from 'web-tree-sitter';
import { type Binder, bindersAt, moduleBinders } from './binders.js';
import { moduleFile } from './modules.js';
import { rowsOf, type Source } from './source.js';

/** What an expression stands for, as far as it can be followed. */
export type Meaning =
  | { readonly kind: 'module'; readonly source: Source }
  | { readonly kind: 'class'; readonly source: Source; readonly node: Node }
  | { readonly kind: 'function'; readonly source: Source; readonly node: Node }
  | { readonly kind: 'parameter'; readonly source: Source; readonly binder: Extract<Binder, { kind: 'parameter' }> }
  /** A name that is bound once, to this expression. */
  | { readonly kind: 'value'; readonly source: Source; readonly name: Node; readonly node: Node }
  | { readonly kind: 'unknown'; readonly why: string; readonly source?: Source; readonly at?: Node };

const DEEPEST = 16;

/** What `name` stands for where `use` stands. */
function symbolAt(source: Source, name: string, use: Node, depth = 0): Meaning {
  const binders = bindersAt(source, name, use);
  const lambda = binders.find((one) => one.kind === 'parameter' && one.owner.type === 'lambda');
  return lambda === undefined
    ? symbolOf(source, name, binders, depth)
    : { kind: 'unknown', why: 'is a parameter of a lambda' };
}

/** What `name` stands for in a module. */
function symbolIn(source: Source, name: string, depth = 0): Meaning {
  return symbolOf(source, name, moduleBinders(source, name), depth);
}

function symbolOf(source: Source, name: string, binders: readonly Binder[], depth: number): Meaning {
  if (depth > DEEPEST) return { kind: 'unknown', why: 'leads in circles' };
  const [binder, second] = onceImported(binders);
  if (binder === undefined) return { kind: 'unknown', why: 'is set elsewhere' };
  if (second !== undefined) return several(source, binders);
  switch (binder.kind) {
    case 'import':
      return importedSymbol(source, binder.origin, depth + 1);
    case 'assignment':
      return { kind: 'value', source, name: binder.name, node: binder.value };
    case 'parameter':
      return { kind: 'parameter', source, binder };
    case 'definition':
      return { kind: binder.node.type === 'class_definition' ? 'class' : 'function', source, node: binder.node };
    default:
      return { kind: 'unknown', why: `\`${name}\` is set in a way that is not followed`, source, at: binder.name };
  }
}

/** The same import said again, as at the top and in a function's own lines, binds the name to nothing else. */
function onceImported(binders: readonly Binder[]): readonly Binder[] {
  const [first, ...more] = binders;
  if (first?.kind !== 'import') return binders;
  return more.every((next) => next.kind === 'import' && next.origin === first.origin) ? [first] : binders;
}

function several(source: Source, binders: readonly Binder[]): Meaning {
  const name = binders[0]?.name;
  return {
    kind: 'unknown',
    why: `is set in ${binders.length} places, on lines ${rowsOf(binders.map(({ name }) => name))}`,
    ...(name === undefined ? {} : { source, at: name }),
  };
}

/** `a.b.c` is a module, or a name in the module `a.b`. */
function importedSymbol(source: Source, origin: string, depth: number): Meaning {
  const cut = origin.lastIndexOf('.');
  const [owner, name] = [origin.slice(0, Math.max(cut, 0)), origin.slice(cut + 1)];
  const leading = /^\.+$/.test(origin.slice(0, cut + 1)) ? origin.slice(0, cut + 1) : owner;
  const inside = leading === '' ? null : moduleFile(source, leading);
  const whole = moduleFile(source, origin);
  if (inside !== null && moduleBinders(inside, name).length > 0) return symbolIn(inside, name, depth);
  if (whole !== null) return { kind: 'module', source: whole };
  const from = leading === '' ? origin : leading;
  return inside === null
    ? { kind: 'unknown', why: `comes from ${from}, which is not a file of the project` }
    : { kind: 'unknown', why: `comes from ${from}, which does not set it` };
}

/** What a dotted name, a name or a call of a class stands for. */
export function symbolOfExpression(source: Source, expression: Node, depth = 0): Meaning {
  if (depth > DEEPEST) return { kind: 'unknown', why: 'leads in circles' };
  if (expression.type === 'identifier') return symbolAt(source, expression.text, expression, depth);
  if (expression.type !== 'attribute') return { kind: 'value', source, name: expression, node: expression };
  const object = expression.childForFieldName('object');
  const name = expression.childForFieldName('attribute')?.text ?? '';
  const owner = object === null ? undefined : symbolOfExpression(source, object, depth + 1);
  if (owner?.kind === 'module') return symbolIn(owner.source, name, depth + 1);
  return owner?.kind === 'unknown' ? owner : { kind: 'unknown', why: 'is set elsewhere' };
}
