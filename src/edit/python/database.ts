import type { Node } from 'web-tree-sitter';
import type { Editor } from '../types.js';
import { callEditor, type Slot, type Target } from './call-editor.js';
import { callsOf, type KnownCall, linesOf } from './calls.js';
import type { PythonParser } from './grammar.js';
import { type Imports, importsOf } from './imports.js';
import { refuse, shown } from './refusal.js';
import { placeOf, refuseAt, type Source } from './source.js';
import { urlStringsOf } from './url.js';

const ENGINES: ReadonlyMap<string, 'engine'> = new Map(
  [
    'sqlalchemy.create_engine',
    'sqlalchemy.engine.create_engine',
    'sqlalchemy.engine.create.create_engine',
    'sqlalchemy.future.create_engine',
    'sqlalchemy.ext.asyncio.create_async_engine',
    'sqlalchemy.ext.asyncio.engine.create_async_engine',
    'sqlmodel.create_engine',
  ].map((name) => [name, 'engine']),
);

const SLOTS: readonly Slot[] = [
  { key: 'db.pool_size', keyword: 'pool_size' },
  { key: 'db.max_overflow', keyword: 'max_overflow' },
  { key: 'db.pool_timeout', keyword: 'pool_timeout' },
  { key: 'db.pool_pre_ping', keyword: 'pool_pre_ping' },
  { key: 'db.pool_recycle', keyword: 'pool_recycle' },
];

const SIZED_POOLS: ReadonlySet<string> = new Set(['QueuePool', 'AsyncAdaptedQueuePool']);
const SQLITE = /^sqlite(?:\+\w+)?(?:$|:)/i;

/**
 * Edits the pool arguments of the file's one SQLAlchemy engine.
 * Refuses files with no engine or several, and engines whose pool takes no size.
 */
export function databaseEditor(parser: PythonParser): Editor {
  return callEditor(parser, findEngine);
}

function findEngine(source: Source): Target {
  const imports = importsOf(source.root);
  const engine = onlyEngine(source, callsOf(source, imports, ENGINES));
  refuseOtherPool(source, imports, engine);
  refuseSqlite(source, engine);
  return { args: engine.args, slots: SLOTS };
}

function onlyEngine(source: Source, engines: readonly KnownCall<'engine'>[]): KnownCall<'engine'> {
  const [first, second] = engines;
  if (first === undefined) {
    return refuse({
      kind: 'unsupported',
      message: 'no create_engine(...) call found that comes from SQLAlchemy or SQLModel',
      fix: 'Name the file that makes the engine with --file database=PATH',
    });
  }
  if (second === undefined) return first;
  return refuse({
    kind: 'unsafe',
    message: `${engines.length} create_engine(...) calls found, on lines ${linesOf(engines)}`,
    at: placeOf(source, first.node),
    fix: 'Keep one engine in this file, or set the pool of the one that counts by hand',
  });
}

function refuseOtherPool(source: Source, imports: Imports, { args }: KnownCall<'engine'>): void {
  const pool = args.keywords.get('pool');
  if (pool !== undefined) {
    refusePool(source, pool, 'the engine is given a pool of its own, which ignores the pool arguments');
  }
  const poolClass = args.keywords.get('poolclass');
  if (poolClass === undefined || poolClass.type === 'none') return;
  const names = poolNames(imports, poolClass);
  if (names.every((name) => SIZED_POOLS.has(name))) return;
  refusePool(source, poolClass, `the engine's poolclass is ${names.join(' or ')}, not a QueuePool`);
}

function poolNames(imports: Imports, poolClass: Node): readonly string[] {
  const origins = imports.originsOf(poolClass);
  const names = origins.length > 0 ? origins : [shown(poolClass.text)];
  return names.map((name) => name.split('.').at(-1) ?? name);
}

function refusePool(source: Source, at: Node, message: string): never {
  return refuseAt(source, at, {
    kind: 'unsafe',
    message,
    fix: 'Remove that argument by hand if this engine is to have a pool of connections',
  });
}

function refuseSqlite(source: Source, { node, args }: KnownCall<'engine'>): void {
  const sqlite = urlStringsOf(source, args).find((content) => SQLITE.test(content));
  if (sqlite === undefined) return;
  refuse({
    kind: 'unsafe',
    message: 'the URL of the engine is, or can be, SQLite, which has no pool to size',
    at: placeOf(source, node),
    found: shown(sqlite),
    fix: 'Name the file of the PostgreSQL engine with --file database=PATH, or set its pool by hand',
  });
}
