import type { Node } from 'web-tree-sitter';
import { plainly, type Trace, valueOfText } from '../spot.js';
import { usesOf } from './binders.js';
import { importsOf } from './imports.js';
import { literalOf, printed, withoutParentheses } from './literal.js';
import { type Look, rangeIn, stuck } from './look.js';
import { castOf, lookupOf } from './lookups.js';
import { traceMember } from './members.js';
import { traceParameter } from './parameters.js';
import type { Source } from './source.js';
import { contentOf } from './strings.js';
import { type Meaning, symbolOfExpression } from './symbols.js';
import { traceItem } from './tables.js';
import { inLoadedFile, traceVariable } from './variables.js';

const DEEPEST = 12;

/** The places that decide what an expression amounts to. Follows names, never calculates. */
export function trace(source: Source, expression: Node, look: Look = { cast: false, depth: 0, trace }): Trace {
  if (look.depth > DEEPEST) return stuck(source, expression, 'leads in circles');
  const { token, known } = literalOf(expression);
  if (token !== null) return { ok: true, spots: [{ ...rangeIn(source, token), known, written: printed }] };
  const node = withoutParentheses(expression);
  const deeper = { ...look, depth: look.depth + 1 };
  const imports = importsOf(source);
  const cast = castOf(imports, node);
  if (cast !== undefined) return trace(source, cast, { ...deeper, cast: true });
  const lookup = lookupOf(imports, node);
  if (lookup !== undefined) {
    const { name, fallback } = lookup;
    return traceVariable(source, { names: [name], exact: true }, inLoadedFile, () =>
      fallback === null
        ? stuck(source, node, `is set nowhere that is known: ${name}`)
        : trace(source, fallback, deeper),
    );
  }
  if (node.type === 'string') return look.cast ? textSpot(source, node, look.words === true) : stuck(source, node);
  if (node.type === 'identifier') return traceName(source, node, deeper);
  if (node.type === 'attribute') return traceAttribute(source, node, deeper);
  if (node.type === 'subscript') return traceItem(source, node, deeper) ?? stuck(source, node);
  return stuck(source, node);
}

function textSpot(source: Source, node: Node, words: boolean): Trace {
  const content = contentOf(node);
  const known = content === null ? null : valueOfText(source.text.slice(content.start, content.end));
  if (content === null || known === null || !(words || typeof known === 'number'))
    return stuck(source, node, 'is no plain number');
  return { ok: true, spots: [{ path: source.path, text: source.text, ...content, known, written: plainly }] };
}

function traceName(source: Source, node: Node, look: Look): Trace {
  return traceSymbol(source, node, symbolOfExpression(source, node), look);
}

function traceSymbol(source: Source, node: Node, symbol: Meaning, look: Look): Trace {
  if (symbol.kind === 'value') return traceConstant(source, node, symbol, look);
  if (symbol.kind === 'parameter') return traceParameter(symbol.source, symbol.binder, node, look);
  if (symbol.kind !== 'unknown') return stuck(source, node, 'is no value');
  return stuck(source, node, symbol.why);
}

/** A constant may be changed where nothing else depends on it. */
function traceConstant(source: Source, node: Node, symbol: Extract<Meaning, { kind: 'value' }>, look: Look): Trace {
  const others = usesOf(symbol.source, symbol.name.text).filter(
    (use) => !(isTold(use) || (symbol.source === source && contains(node, use))),
  );
  const result = trace(symbol.source, symbol.node, look);
  const [other] = others;
  const isHere = result.ok && result.spots.some(({ path }) => path === symbol.source.path);
  if (!isHere || other === undefined) return result;
  return stuck(symbol.source, other, `is used for something else, too, on line ${other.startPosition.row + 1}`);
}

function contains(node: Node, inner: Node): boolean {
  return node.startIndex <= inner.startIndex && inner.endIndex <= node.endIndex;
}

/** A use that only reports: `print(SIZE)`, `logger.info("%s", SIZE)`. */
function isTold(use: Node): boolean {
  let node: Node | null = use.parent;
  while (node !== null && ['interpolation', 'string', 'keyword_argument', 'argument_list'].includes(node.type)) {
    node = node.parent;
  }
  const called = node?.type === 'call' ? (node.childForFieldName('function')?.text ?? '') : '';
  return /^(?:print$|(?:self\.)?_?log(?:ger|ging)?\.)/i.test(called);
}

function traceAttribute(source: Source, node: Node, look: Look): Trace {
  const symbol = symbolOfExpression(source, node);
  if (symbol.kind !== 'unknown') return traceSymbol(source, node, symbol, look);
  return traceMember(source, node, look) ?? stuck(source, node, symbol.why);
}
