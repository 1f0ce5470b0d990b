import type { Node } from 'web-tree-sitter';
import type { Candidate, Refusal } from '../types.js';
import type { KnownCall } from './calls.js';
import { refuse } from './refusal.js';
import { placeOf, type Source } from './source.js';

/** What a user may call a call: the name that its result is given, else the function it stands in, else its line. */
function nameOf(call: Node): string {
  for (let node = call.parent; node !== null; node = node.parent) {
    if (node.type === 'assignment' && node.childForFieldName('right') !== null)
      return lastSegment(node.childForFieldName('left')) ?? '';
    if (node.type === 'function_definition') return node.childForFieldName('name')?.text ?? '';
  }
  return `line ${call.startPosition.row + 1}`;
}

function lastSegment(name: Node | null): string | undefined {
  if (name?.type === 'attribute') return name.childForFieldName('attribute')?.text;
  return name?.text;
}

/** The one that was picked by its name, the only one, or a refusal that lists all. */
export function only<Kind>(
  source: Source,
  calls: readonly KnownCall<Kind>[],
  picked: string | undefined,
  words: Pick<Refusal, 'message' | 'fix'>,
): KnownCall<Kind> | undefined {
  const named = picked === undefined ? calls : calls.filter(({ node }) => nameOf(node) === picked);
  const [first, second] = named;
  if (first !== undefined && second === undefined) return first;
  if (calls.length === 0) return undefined;
  const candidates = calls.map(({ node }) => candidateOf(source, node));
  const [at] = candidates;
  return refuse({
    kind: 'unsafe',
    message: picked === undefined || first !== undefined ? words.message : `none of them is called ${picked}`,
    ...(at === undefined ? {} : { at: at.at }),
    found: candidates.map(({ name, at: { line } }) => `${name} on line ${line}`).join(', '),
    candidates,
    fix: words.fix,
  });
}

function candidateOf(source: Source, node: Node): Candidate {
  return { name: nameOf(node), at: placeOf(source, node) };
}
