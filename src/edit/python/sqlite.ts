import type { Node } from 'web-tree-sitter';
import type { KnownCall } from './calls.js';
import type { Source } from './source.js';
import { urlStringsOf } from './url.js';

const SQLITE = /^sqlite(?:\+\w+)?(?:$|:)/i;

export function isSqlite(url: string): boolean {
  return SQLITE.test(url);
}

/** The SQLite URL that a call is, or can be, given. */
export function sqliteUrlOf(source: Source, { args }: KnownCall<unknown>): string | undefined {
  return urlStringsOf(source, args).find(isSqlite);
}

/** Whether a call is plainly the one for SQLite, among others: by its URL, its arguments, or the branch it stands in. */
export function isForSqlite(source: Source, call: KnownCall<unknown>): boolean {
  const { args, node } = call;
  if (sqliteUrlOf(source, call) !== undefined && !isOtherBranch(node)) return true;
  if (/["']check_same_thread["']/.test(args.keywords.get('connect_args')?.text ?? '')) return true;
  if (/(?:^|\.)(?:StaticPool|SingletonThreadPool)$/.test(args.keywords.get('poolclass')?.text ?? '')) return true;
  return branchOf(node) === 'sqlite';
}

/** Whether a place is only reached with another database than SQLite. */
export function isOtherBranch(node: Node): boolean {
  return branchOf(node) === 'other';
}

type Branch = 'sqlite' | 'other' | undefined;

/** What the nearest condition about the database says of a place; `undefined` where none does, or not plainly. */
function branchOf(call: Node): Branch {
  let inner: Node = call;
  for (let node = call.parent; node !== null; [inner, node] = [node, node.parent]) {
    const branch = node.type === 'conditional_expression' ? ternaryBranch(node, inner) : statementBranch(node, inner);
    if (branch !== undefined) return branch;
  }
  return undefined;
}

function ternaryBranch(node: Node, inner: Node): Branch {
  const [yes, condition, no] = node.namedChildren;
  const said = condition === undefined ? undefined : saysSqlite(condition.text);
  if (inner.id === yes?.id) return branchFor(said);
  return inner.id === no?.id ? branchFor(opposite(said)) : undefined;
}

function statementBranch(node: Node, inner: Node): Branch {
  if (node.type !== 'if_statement') return undefined;
  const said = saysSqlite(node.childForFieldName('condition')?.text ?? '');
  if (inner.id === node.childForFieldName('consequence')?.id) return branchFor(said);
  const isOnly = node.childrenForFieldName('alternative').length === 1;
  if (inner.type === 'else_clause' && isOnly) return branchFor(opposite(said));
  // Where it is no SQLite, that is not the whole truth of what comes further down.
  return inner.type === 'elif_clause' && said === true ? 'other' : undefined;
}

function branchFor(sqlite: boolean | undefined): Branch {
  if (sqlite === undefined) return undefined;
  return sqlite ? 'sqlite' : 'other';
}

function opposite(said: boolean | undefined): boolean | undefined {
  return said === undefined ? undefined : !said;
}

/** True where a condition holds for SQLite alone, false where it excludes it; `undefined` where it says neither plainly. */
function saysSqlite(condition: string): boolean | undefined {
  if (!/sqlite/i.test(condition) || /\b(?:and|or)\b/.test(condition)) return undefined;
  return !/\bnot\b|!=/.test(condition);
}
