import type { Node } from 'web-tree-sitter';
import type { Known, SettingValue } from '../../settings.js';
import { shown } from './refusal.js';

/** What an expression amounts to, and the token to replace when another value is wanted: none where it is no literal. */
interface Value {
  readonly known: Known;
  readonly token: Node | null;
}

/** Reads a number, `True`, `False` or `None`, also in parentheses. Never evaluates more than that. */
export function literalOf(expression: Node): Value {
  const token = withoutParentheses(expression);
  const known = constantOf(token);
  return known === undefined ? { known: { unresolved: whyNot(token) }, token: null } : { known, token };
}

/** A value as Python writes it. */
export function printed(value: SettingValue): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new Error(`${JSON.stringify(value)} is not a value for a Python argument`);
}

export function withoutParentheses(expression: Node): Node {
  let node = expression;
  while (node.type === 'parenthesized_expression') {
    const inner = node.namedChildren.find((child) => !child.isExtra);
    if (inner === undefined) return node;
    node = inner;
  }
  return node;
}

/** `None` reads as not set: both libraries then take their default. */
function constantOf(token: Node): SettingValue | null | undefined {
  switch (token.type) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'none':
      return null;
    case 'unary_operator':
      return signed(token);
    default:
      return unsigned(token);
  }
}

function signed(token: Node): number | undefined {
  const argument = token.childForFieldName('argument');
  const value = argument === null ? undefined : unsigned(argument);
  if (value === undefined || token.childForFieldName('operator')?.text !== '-') return undefined;
  return -value;
}

const NUMBER = /^(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0+|[1-9]\d*|\d+\.\d*|\.\d+)$/;

function unsigned(token: Node): number | undefined {
  if (token.type !== 'integer' && token.type !== 'float') return undefined;
  const digits = token.text.replaceAll('_', '');
  return NUMBER.test(digits) ? Number(digits) : undefined;
}

const WHY: Readonly<Record<string, string>> = {
  identifier: 'is set elsewhere',
  attribute: 'is set elsewhere',
  subscript: 'is looked up elsewhere',
  call: 'is computed by a call',
  await: 'is computed by a call',
  conditional_expression: 'is chosen by a condition',
  boolean_operator: 'is chosen by a condition',
  binary_operator: 'is calculated',
  unary_operator: 'is calculated',
  comparison_operator: 'is calculated',
  not_operator: 'is calculated',
  string: 'is a string, not a number',
  concatenated_string: 'is a string, not a number',
};

/** Why an expression is no literal. */
export function whyNot(token: Node): string {
  return `\`${shown(token.text)}\` ${WHY[token.type] ?? `is no plain value (${token.type.replaceAll('_', ' ')})`}`;
}
