import type { Node } from 'web-tree-sitter';
import { type ArgumentList, argumentsOf } from './arguments.js';
import type { Imports } from './imports.js';
import { occurrencesOf } from './occurrences.js';
import { refuseAt, type Source } from './source.js';

/** A call of something the editor knows, e.g. `sa.create_engine(url)`. */
export interface KnownCall<Kind> {
  readonly kind: Kind;
  readonly node: Node;
  readonly args: ArgumentList;
}

/**
 * Every call in the file whose function, followed through the imports, is in `kinds`.
 * Refuses where a name may mean a known function or another one.
 */
export function callsOf<Kind>(
  source: Source,
  imports: Imports,
  kinds: ReadonlyMap<string, Kind>,
): readonly KnownCall<Kind>[] {
  const named = [...imports.namesFor(kinds.keys())].flatMap((name) => occurrencesOf(source, name));
  const nodes = named.flatMap(callOf).sort((a, b) => a.startIndex - b.startIndex);
  const one = nodes[MOST_CALLS];
  if (one !== undefined) refuseMany(source, one);
  return nodes.flatMap((node) => {
    const called = node.childForFieldName('function');
    if (called === null) return [];
    const origins = imports.originsOf(called);
    const found = new Set(origins.map((origin) => kinds.get(origin)));
    const [kind] = [...found].filter((candidate) => candidate !== undefined);
    if (kind === undefined) return [];
    if (found.size > 1) refuseAmbiguous(source, called, origins);
    return [{ kind, node, args: argumentsOf(source, node) }];
  });
}

/** In a file that a person wrote there are a handful. */
const MOST_CALLS = 200;

function refuseMany(source: Source, node: Node): never {
  return refuseAt(source, node, {
    kind: 'unsupported',
    message: `the file has more than ${MOST_CALLS} calls that could be meant`,
    fix: 'Name the file that really makes the connection with --file ROLE=PATH',
  });
}

/** The call of the dotted name that begins with `name`. */
function callOf(name: Node): Node[] {
  let called = name;
  while (called.parent?.type === 'attribute' && called.parent.childForFieldName('object')?.id === called.id) {
    called = called.parent;
  }
  const call = called.parent;
  return call?.type === 'call' && call.childForFieldName('function')?.id === called.id ? [call] : [];
}

function refuseAmbiguous(source: Source, called: Node, origins: readonly string[]): never {
  return refuseAt(source, called, {
    kind: 'unsafe',
    message: `${called.text} can stand for ${origins.join(' or ')}`,
    fix: 'Import it under one name only, or make the change by hand',
  });
}

/** `4`, `4 and 9`, `4, 9 and 12`: the lines on which calls start. */
export function linesOf(calls: readonly KnownCall<unknown>[]): string {
  const lines = calls.map(({ node }) => String(node.startPosition.row + 1));
  const last = lines.pop() ?? '';
  return lines.length === 0 ? last : `${lines.join(', ')} and ${last}`;
}
