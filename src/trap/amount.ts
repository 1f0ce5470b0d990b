import type { Node } from 'web-tree-sitter';
import { literalOf, withoutParentheses } from '../edit/python/literal.js';
import type { Source } from '../edit/python/source.js';
import { symbolOfExpression } from '../edit/python/symbols.js';

const DEEPEST = 16;

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '//': (left, right) => Math.floor(left / right),
};

/** The number that an expression amounts to, also by way of names; `null` where that is only known when it runs. */
export function amountOf(source: Source, expression: Node, depth = 0): number | null {
  if (depth > DEEPEST) return null;
  const node = withoutParentheses(expression);
  if (node.type === 'binary_operator') return calculated(source, node, depth);
  if (node.type === 'identifier' || node.type === 'attribute') {
    const meaning = symbolOfExpression(source, node);
    return meaning.kind === 'value' ? amountOf(meaning.source, meaning.node, depth + 1) : null;
  }
  const { known } = literalOf(node);
  return typeof known === 'number' ? known : null;
}

function calculated(source: Source, node: Node, depth: number): number | null {
  const [left, right] = ['left', 'right'].map((field) => {
    const side = node.childForFieldName(field);
    return side === null ? null : amountOf(source, side, depth + 1);
  });
  const operator = OPERATORS[node.childForFieldName('operator')?.text ?? ''];
  if (left == null || right == null || operator === undefined) return null;
  const result = operator(left, right);
  return Number.isFinite(result) ? result : null;
}
