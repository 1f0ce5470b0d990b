import type { Node } from 'web-tree-sitter';
import type { Spot, Trace } from '../spot.js';
import { whyNot } from './literal.js';
import { shown } from './refusal.js';
import type { Source } from './source.js';

/** How an expression is looked at, and who looks further. */
export interface Look {
  /** The value is turned into a number: what stands in quotes counts as well. */
  readonly cast: boolean;
  /** Any text is wanted, not only a number. */
  readonly words?: boolean;
  readonly depth: number;
  readonly trace: (source: Source, expression: Node, look: Look) => Trace;
}

/** Where it can't be followed further; without `why`, the kind of expression is the reason. */
export function stuck(source: Source, node: Node, why?: string): Trace {
  const said = why === undefined ? whyNot(node) : `\`${shown(node.text)}\` ${why}`;
  return { ok: false, why: said, stuck: { path: source.path, text: source.text, at: node.startIndex } };
}

export function rangeIn(source: Source, node: Node): Pick<Spot, 'path' | 'text' | 'start' | 'end'> {
  return { path: source.path, text: source.text, start: node.startIndex, end: node.endIndex };
}
