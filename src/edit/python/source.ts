import type { Node } from 'web-tree-sitter';
import { positionAt } from '../splice.js';
import type { Position, Refusal } from '../types.js';
import type { PythonParser } from './grammar.js';
import { refuse, shown } from './refusal.js';

/** A Python file that parsed without an error. Lives as long as the tree behind `root`. */
export interface Source {
  readonly text: string;
  readonly root: Node;
}

const MOST_BYTES = 2 * 1024 * 1024;
const CONFLICT_MARKER = /^(?:<{7}|\|{7}|>{7})(?= |\r?$)/m;
// Python ends a line at a lone carriage return and stops at a NUL; the grammar does neither.
const READ_DIFFERENTLY = /\r(?!\n)|\0/;

/** Parses a file and hands it to `use`; refuses one that is too large, in conflict, or not Python. */
export function withSource<T>(parser: PythonParser, text: string, use: (source: Source) => T): T {
  refuseUnreadable(text);
  return parser.parse(text, (root) => {
    if (root.hasError) refuseSyntax(text, root);
    return use({ text, root });
  });
}

/** Refuses because of one place in the file, and shows what stands there. */
export function refuseAt(source: Source, node: Node, refusal: Omit<Refusal, 'at' | 'found'>): never {
  return refuse({ ...refusal, at: placeOf(source, node), found: shown(node.text) });
}

export function placeOf(source: Source, node: Node): Position {
  return positionAt(source.text, node.startIndex);
}

function refuseUnreadable(text: string): void {
  if (Buffer.byteLength(text) > MOST_BYTES) {
    refuse({
      kind: 'unsupported',
      message: 'the file is larger than 2 MB',
      fix: 'Name the file that really makes the connection with --file ROLE=PATH',
    });
  }
  refuseMatch(text, CONFLICT_MARKER, 'the file holds the marker of an unresolved merge conflict', 'Resolve the merge');
  refuseMatch(
    text,
    READ_DIFFERENTLY,
    'the file holds a carriage return without a newline, or a NUL',
    'Save the file with LF or CRLF line endings',
  );
}

function refuseMatch(text: string, pattern: RegExp, message: string, fix: string): void {
  const match = pattern.exec(text);
  if (match === null) return;
  const found = JSON.stringify(match[0]).slice(1, -1);
  refuse({ kind: 'unsupported', message, at: positionAt(text, match.index), found, fix });
}

function refuseSyntax(text: string, root: Node): never {
  const error = firstError(root);
  return refuse({
    kind: 'unsupported',
    message: error.isMissing ? `Python syntax error: ${error.type} is missing` : 'Python syntax error',
    at: positionAt(text, error.startIndex),
    found: shown(error.text),
    fix: 'Correct the file first; python3 -m py_compile FILE names the error',
  });
}

function firstError(root: Node): Node {
  let node = root;
  while (!(node.isError || node.isMissing)) {
    const next = node.children.find((child) => child.hasError || child.isMissing);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}
