import type { Node } from 'web-tree-sitter';
import { type Spot, spotAt } from '../spot.js';
import type { Editor } from '../types.js';
import { callEditor } from './call-editor.js';
import { callsOf, type KnownCall, linesOf } from './calls.js';
import type { PythonParser } from './grammar.js';
import { type Imports, importsOf } from './imports.js';
import { only } from './pick.js';
import { refuse, shown } from './refusal.js';
import type { Slot, Target } from './slots.js';
import { placeOf, refuseAt, type Source } from './source.js';
import { isForSqlite, isOtherBranch, isSqlite, sqliteUrlOf } from './sqlite.js';
import { textAt, urlSpots } from './traced-url.js';

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

/**
 * Edits the pool arguments of the file's one SQLAlchemy engine, or of the one that is picked by the name it is given.
 * Of an engine for SQLite and one for anything else, the second is meant. Refuses files with no engine, or with several
 * and none picked, and engines whose pool takes no size.
 */
export function databaseEditor(parser: PythonParser, picked?: string): Editor {
  return callEditor(parser, (source) => findEngine(source, picked));
}

function findEngine(source: Source, picked: string | undefined): Target {
  const imports = importsOf(source);
  const engine = onlyEngine(source, callsOf(source, imports, ENGINES), picked);
  refuseOtherPool(source, imports, engine);
  refuseSqlite(source, engine);
  return { args: engine.args, slots: SLOTS };
}

function onlyEngine(
  source: Source,
  engines: readonly KnownCall<'engine'>[],
  picked: string | undefined,
): KnownCall<'engine'> {
  const sized = engines.filter((engine) => !isForSqlite(source, engine));
  const meant = engines.length > 1 && sized.length > 0 && picked === undefined ? sized : engines;
  const engine = only(source, meant, picked, {
    message: `${meant.length} create_engine(...) calls found, on lines ${linesOf(meant)}`,
    fix: 'Name the one that counts with --file database=PATH#NAME, NAME being the variable or function it stands in',
  });
  if (engine !== undefined) return engine;
  return refuse({
    kind: 'unsupported',
    message: 'no create_engine(...) call found that comes from SQLAlchemy or SQLModel',
    fix: 'Name the file that makes the engine with --file database=PATH',
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

function refuseSqlite(source: Source, engine: KnownCall<'engine'>): void {
  if (isOtherBranch(engine.node)) return;
  const elsewhere = urlSpots(source, engine.args).find((spot) => spot.path !== source.path && isSqlite(textAt(spot)));
  if (elsewhere !== undefined) refuseSqliteAt(source, elsewhere);
  const sqlite = sqliteUrlOf(source, engine);
  if (sqlite === undefined) return;
  refuse({
    kind: 'unsafe',
    message: 'the URL of the engine is, or can be, SQLite, which has no pool to size',
    at: placeOf(source, engine.node),
    found: shown(sqlite),
    fix: 'Name the file of the PostgreSQL engine with --file database=PATH, or set its pool by hand',
  });
}

/** The URL that counts stands in a settings class or an environment file. */
function refuseSqliteAt({ project: { around } }: Source, spot: Spot): never {
  const { line, column, file } = spotAt(spot, around);
  return refuse({
    kind: 'unsafe',
    message: 'the URL of the engine is SQLite, which has no pool to size',
    at: { line, column },
    ...(file === undefined ? {} : { file }),
    found: shown(textAt(spot)),
    fix: 'Set the URL of the PostgreSQL database there first, or name the file of its engine with --file database=PATH',
  });
}
