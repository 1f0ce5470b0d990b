import type { Node } from 'web-tree-sitter';
import { LARGEST } from '../bounds.js';
import { positionAt } from '../splice.js';
import type { Position, Refusal, Surroundings } from '../types.js';
import type { PythonParser } from './grammar.js';
import { refuse, shown } from './refusal.js';
import { withoutLongRemarks } from './remarks.js';

/** A Python file that parsed without an error. Lives as long as the tree behind `root`. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly root: Node;
  /** What was looked for before, by name. */
  readonly found: Map<string, readonly Node[]>;
  /** The other files of the project. */
  readonly project: Project;
}

/** The files that one reading or edit looks into. */
export interface Project {
  readonly around: Surroundings;
  readonly own: Source;
  /** Another file; `null` where there is none. Refuses one that can't be read, with its path. */
  open(path: string): Source | null;
}

/** Four times what a file of 2,000 lines has. */
const MOST_NODES = 100_000;
const CONFLICT_MARKER = /^(?:<{7}|\|{7}|>{7})(?= |\r?$)/m;
// Python ends a line at a lone carriage return and stops at a NUL; the grammar does neither.
const READ_DIFFERENTLY = /\r(?!\n)|\0/;
/** At each of these the grammar looks through all that follow. */
const CONTINUATIONS = /(?:\\\r?\n[ \t]*){100}/;

/** Parses a file and hands it to `use`; refuses one that is too large, in conflict, or not Python. */
export function withProject<T>(
  parser: PythonParser,
  text: string,
  around: Surroundings,
  use: (project: Project) => T,
): T {
  return parser.session((parse) => {
    const opened = new Map<string, Source>();
    const add = (path: string, content: string, file: string | undefined): Source => {
      const root = readable(content, file, parse);
      const source: Source = { path, text: content, root, found: new Map(), project };
      opened.set(path, source);
      return source;
    };
    const open = (path: string): Source | null => {
      const content = around.textOf(path);
      return opened.get(path) ?? (content === null ? null : add(path, content, path));
    };
    const project: Project = {
      around,
      open,
      get own() {
        return opened.get(around.path) ?? add(around.path, text, undefined);
      },
    };
    return use(project);
  });
}

/** Refuses because of one place in a file, and shows what stands there. */
export function refuseAt(source: Source, node: Node, refusal: Omit<Refusal, 'at' | 'file' | 'found'>): never {
  return refuse({ ...refusal, ...fileOf(source), at: placeOf(source, node), found: shown(node.text) });
}

export function placeOf(source: Source, node: Node): Position {
  return positionAt(source.text, node.startIndex);
}

/** The lines that nodes stand on, as a list to print: a few of them. */
export function rowsOf(nodes: readonly Node[]): string {
  const rows = [...new Set(nodes.map((node) => node.startPosition.row + 1))];
  return rows.length > MOST_ROWS ? `${rows.slice(0, MOST_ROWS).join(', ')}, …` : rows.join(', ');
}

const MOST_ROWS = 10;

/** The path, where it is not the editor's own file. */
export function fileOf(source: Source): { readonly file?: string } {
  return source.path === source.project.around.path ? {} : { file: source.path };
}

function readable(text: string, file: string | undefined, parse: (text: string) => Node): Node {
  const where = file === undefined ? {} : { file };
  if (text.length > LARGEST) {
    refuse({
      kind: 'unsupported',
      message: 'the file is larger than 256 KiB',
      ...where,
      fix: 'Name the file that really makes the connection with --file ROLE=PATH',
    });
  }
  refuseMatch(
    text,
    where,
    CONFLICT_MARKER,
    'the file holds the marker of an unresolved merge conflict',
    'Resolve the merge',
  );
  refuseMatch(
    text,
    where,
    READ_DIFFERENTLY,
    'the file holds a carriage return without a newline, or a NUL',
    'Save the file with LF or CRLF line endings',
  );
  refuseMatch(
    text,
    where,
    CONTINUATIONS,
    'the file goes on over 100 empty lines by backslashes, as only generated code does',
    'Take the backslashes out',
  );
  const root = parse(withoutLongRemarks(text));
  if (root.hasError) refuseSyntax(text, where, root);
  if (root.descendantCount > MOST_NODES) {
    refuse({
      kind: 'unsupported',
      message: `the file has more than ${MOST_NODES} parts, as only generated code has`,
      ...where,
      fix: 'Name the file that really makes the connection with --file ROLE=PATH',
    });
  }
  return root;
}

type Where = { readonly file?: string };

function refuseMatch(text: string, where: Where, pattern: RegExp, message: string, fix: string): void {
  const match = pattern.exec(text);
  if (match === null) return;
  const found = shown(JSON.stringify(match[0]).slice(1, -1));
  refuse({ kind: 'unsupported', message, ...where, at: positionAt(text, match.index), found, fix });
}

function refuseSyntax(text: string, where: Where, root: Node): never {
  const error = firstError(root);
  return refuse({
    kind: 'unsupported',
    message: error.isMissing ? `Python syntax error: ${error.type} is missing` : 'Python syntax error',
    ...where,
    at: positionAt(text, error.startIndex),
    found: shown(text.slice(error.startIndex, Math.min(error.endIndex, error.startIndex + MOST_SHOWN))),
    fix: 'Correct the file first; python3 -m py_compile FILE names the error',
  });
}

const MOST_SHOWN = 2000;

function firstError(root: Node): Node {
  let node = root;
  while (!(node.isError || node.isMissing)) {
    const next = node.children.find((child) => child.hasError || child.isMissing);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}
