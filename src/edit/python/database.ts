import { type Spot, spotAt } from '../spot.js';
import type { Editor } from '../types.js';
import { callEditor } from './call-editor.js';
import { callsOf, type KnownCall, linesOf } from './calls.js';
import { refuseElsewhere } from './elsewhere.js';
import type { PythonParser } from './grammar.js';
import { importsOf } from './imports.js';
import { type Maker, refuseMaker } from './makers.js';
import { only } from './pick.js';
import { refuseOtherPool } from './pool-class.js';
import { refuse, shown } from './refusal.js';
import type { Slot, Target } from './slots.js';
import { placeOf, type Source } from './source.js';
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

const FROM_CONFIG: Maker = {
  message: 'the engine is made of a configuration, which may hold the pool arguments under names with a prefix',
  fix: 'Write pool_size and max_overflow beside the url in that configuration by hand, with its prefix (sqlalchemy.pool_size = N)',
};

const OTHERS: ReadonlyMap<string, Maker> = new Map(
  [
    'sqlalchemy.engine_from_config',
    'sqlalchemy.engine.engine_from_config',
    'sqlalchemy.engine.create.engine_from_config',
    'sqlalchemy.ext.asyncio.async_engine_from_config',
    'sqlalchemy.ext.asyncio.engine.async_engine_from_config',
  ].map((name) => [name, FROM_CONFIG]),
);

const SLOTS: readonly Slot[] = [
  { key: 'db.pool_size', keyword: 'pool_size' },
  { key: 'db.max_overflow', keyword: 'max_overflow' },
  { key: 'db.pool_timeout', keyword: 'pool_timeout' },
  { key: 'db.pool_pre_ping', keyword: 'pool_pre_ping' },
  { key: 'db.pool_recycle', keyword: 'pool_recycle' },
];

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
  const calls = callsOf(source, imports, ENGINES);
  const engine = onlyEngine(source, calls, picked);
  if (!isOtherBranch(engine.node)) refuseElsewhere(source, engine, { role: 'database', picked, calls });
  refuseOtherPool(source, engine, SLOTS);
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
  refuseMaker(source, OTHERS, ENGINES, 'pool_size=N, max_overflow=N');
  return refuse({
    kind: 'unsupported',
    message: 'no create_engine(...) call found that comes from SQLAlchemy or SQLModel',
    fix: 'Name the file that makes the engine with --file database=PATH',
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
