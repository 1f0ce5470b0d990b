import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeEditor } from '../../src/edit/compose/compose.js';
import { applyTextEdits } from '../../src/edit/splice.js';
import { unitEditor } from '../../src/edit/systemd/unit.js';
import { askPython, hasModules, hasOracle } from '../support/oracles.js';
import { type Case, CORPUS, expectedOf, filesOf } from './corpus.js';
import { ADDING } from './python/adding-shapes.js';
import { CHANGING } from './python/changing-shapes.js';
import { REDIS_SHAPES } from './python/redis-shapes.js';

interface Changed {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Every file of the corpus that is edited, before and after. */
function changed(wanted: (one: Case, path: string) => boolean): readonly Changed[] {
  return CORPUS.filter(({ refused }) => refused === undefined).flatMap((one) =>
    Object.entries(expectedOf(one))
      .filter(([path]) => wanted(one, path))
      .map(([path, after]) => ({ path, before: filesOf(one)[path] ?? '', after })),
  );
}

/** Both versions as trees in which the numbers of both are the same but for the ones that are wanted. */
const TREES = `
import ast, json, re, sys
class Blank(ast.NodeTransformer):
    def visit_Constant(self, node):
        if isinstance(node.value, str): node = ast.Constant(re.sub("max(_|%5F)connections=[0-9]+", "", node.value))
        return ast.Constant("?") if str(node.value) in ("5", "-1", "1", "20", "50", "9", "7", "4", "2") else node
    def visit_UnaryOp(self, node):
        return ast.Constant("?") if isinstance(node.operand, ast.Constant) else self.generic_visit(node)
    def visit_Call(self, node):
        self.generic_visit(node)
        node.keywords = [k for k in node.keywords if k.arg not in ("pool_size", "max_connections", "workers")]
        return node
def tree(text): return ast.dump(Blank().visit(ast.parse(text.encode())))
print(json.dumps([tree(one["before"]) == tree(one["after"]) for one in json.load(sys.stdin)]))
`;

describe("Python's own parser", () => {
  it('reads every edited file, which differs only at the value', () => {
    if (!hasOracle('python3', hasModules('ast'))) return;
    const files = changed(({ newSyntax }, path) => path.endsWith('.py') && newSyntax !== true);
    expect(files.length).toBeGreaterThan(20);
    const same = askPython<boolean[]>(TREES, files);
    expect(files.filter((_, index) => same[index] !== true)).toEqual([]);
  });
});

/** Runs a file whose unknown names are stand-ins, with the real constructors, and reads the pool that came of it. */
const ENGINES = `
import json, sys, types, builtins, os
import sqlalchemy, redis
from sqlalchemy.pool import QueuePool
class Loose(dict):
    def __missing__(self, name):
        if hasattr(builtins, name): return getattr(builtins, name)
        return types.SimpleNamespace(database_url="postgresql+fake://h/d")
made = []
def engine(*args, **kwargs):
    kwargs.pop("creator", None); kwargs.pop("echo", None); kwargs.pop("connect_args", None)
    real = QueuePool(lambda: None, **{k: v for k, v in dict(
        pool_size=kwargs.get("pool_size", 5), max_overflow=kwargs.get("max_overflow", 10),
        timeout=kwargs.get("pool_timeout", 30), pre_ping=kwargs.get("pool_pre_ping", False),
        recycle=kwargs.get("pool_recycle", -1)).items()})
    import sqlalchemy.engine.create as create
    sqlalchemy.create_engine("postgresql://h/d", module=FakeDbapi, **kwargs) if True else None
    made.append([real.size(), real._max_overflow, real._timeout, real._pre_ping, real._recycle])
class FakeDbapi(types.ModuleType):
    paramstyle = "pyformat"; __version__ = "2.9.9"; Error = Exception
FakeDbapi = FakeDbapi("psycopg2")
FakeDbapi.extensions = types.SimpleNamespace(set_wait_callback=None, ISOLATION_LEVEL_AUTOCOMMIT=0, ISOLATION_LEVEL_READ_COMMITTED=1, ISOLATION_LEVEL_READ_UNCOMMITTED=2, ISOLATION_LEVEL_REPEATABLE_READ=3, ISOLATION_LEVEL_SERIALIZABLE=4)
out = []
for kwargs in json.load(sys.stdin):
    made.clear(); engine("url", **kwargs); out.append(made[0])
print(json.dumps(out))
`;

const ARGUMENTS = `
import ast, json, sys
NAMES = {"pool_size", "max_overflow", "pool_timeout", "pool_pre_ping", "pool_recycle", "max_connections"}
def found(text):
    calls = [n for n in ast.walk(ast.parse(text.encode())) if isinstance(n, ast.Call)]
    return [{k.arg: ast.literal_eval(k.value) for k in c.keywords if k.arg in NAMES} for c in calls if any(k.arg in NAMES for k in c.keywords)]
print(json.dumps([found(text) for text in json.load(sys.stdin)]))
`;

const CLIENTS = `
import json, sys, redis
out = []
for kwargs in json.load(sys.stdin):
    pools = [redis.ConnectionPool(**kwargs), redis.BlockingConnectionPool(**kwargs), redis.Redis(**kwargs).connection_pool,
             redis.from_url("redis://h/0", **kwargs).connection_pool]
    out.append([pool.max_connections for pool in pools])
print(json.dumps(out))
`;

describe('the real constructors', () => {
  it('take the arguments of every edited engine: SQLAlchemy', () => {
    if (!hasOracle('SQLAlchemy (python3-sqlalchemy)', hasModules('sqlalchemy'))) return;
    const texts = [...ADDING, ...CHANGING].map(({ after }) => after);
    const given = askPython<Record<string, unknown>[][]>(ARGUMENTS, texts).map((calls) => calls.at(-1));
    expect(askPython(ENGINES, given)).toEqual(texts.map(() => [20, 30, 30, true, 3600]));
  });

  it('take the arguments of every edited client and pool: redis-py', () => {
    if (!hasOracle('redis-py (python3-redis)', hasModules('redis'))) return;
    const texts = REDIS_SHAPES.filter(({ name }) => !/by position$|counts for nothing/.test(name)).map(
      ({ after }) => after,
    );
    const given = askPython<Record<string, unknown>[][]>(ARGUMENTS, texts).map((calls) => calls.at(-1));
    expect(askPython(CLIENTS, given)).toEqual(texts.map(() => [50, 50, 50, 50]));
  });
});

const URLS = `
import json, re, sys, redis
pools = [redis.ConnectionPool.from_url(url, max_connections=7) for url in json.load(sys.stdin)]
print(json.dumps([pool.max_connections for pool in pools]))
`;

describe('redis-py', () => {
  it('takes the number of every edited URL, whatever the argument says', () => {
    if (!hasOracle('redis-py (python3-redis)', hasModules('redis'))) return;
    const files = CORPUS.filter(({ kind, refused }) => kind === 'redis' && refused === undefined).flatMap((one) =>
      Object.values(expectedOf(one)),
    );
    const urls = files.flatMap((text) => /redis:[^'"\s]*max_connections=\d+/.exec(text)?.[0] ?? []);
    expect(urls.length).toBeGreaterThan(1);
    expect(askPython(URLS, urls)).toEqual(urls.map(() => 50));
  });
});

const YAML = `
import json, sys, yaml
class Loader(yaml.SafeLoader): pass
Loader.add_multi_constructor("!", lambda loader, suffix, node: [suffix, node.value])
print(json.dumps([yaml.load(text, Loader) for text in json.load(sys.stdin)], default=str))
`;

describe('PyYAML', () => {
  it('reads every edited compose file as this library does, and but for the value as before', () => {
    if (!hasOracle('PyYAML (python3-yaml)', hasModules('yaml'))) return;
    const files = changed((_, path) => path.endsWith('.yml'));
    expect(files.length).toBeGreaterThan(15);
    const before = askPython<unknown[]>(
      YAML,
      files.map((one) => one.before),
    );
    const after = askPython<unknown[]>(
      YAML,
      files.map((one) => one.after),
    );
    files.forEach((file, index) => {
      expect(plain(after[index]), file.after).toEqual(plain(before[index]));
      if (!file.after.includes('!reset')) expect(after[index]).toEqual(parse(file.after, { merge: true }));
    });
  });
});

describe('compose itself', () => {
  const program = 'docker-compose';
  const root = mkdtempSync(join(tmpdir(), 'stack-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const isThere = spawnSync(program, ['version']).status === 0;

  it('gives each service what is wanted, where files override each other', () => {
    if (!hasOracle("docker-compose (Debian's package)", isThere)) return;
    const cases = CORPUS.filter(({ compose = [], refused }) => compose.length > 1 && refused === undefined);
    expect(cases.length).toBeGreaterThan(3);
    for (const one of cases) {
      const folder = mkdtempSync(join(root, 'case-'));
      for (const [path, text] of Object.entries({ ...filesOf(one), ...expectedOf(one) })) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      const files = (one.compose ?? []).flatMap((path) => ['-f', join(folder, path)]);
      const { stdout, stderr } = spawnSync(program, [...files, 'config'], {
        encoding: 'utf8',
      });
      expect(stderr, one.shape).toBe('');
      const { environment } = parse(stdout).services.api as { environment: Record<string, string> };
      const wanted = one.kind === 'database' ? '20' : '2';
      expect(String(environment.WEB_CONCURRENCY ?? environment.W ?? environment.DB_POOL_SIZE), one.shape).toBe(wanted);
    }
  }, 60_000);
});

/** Without commands and environments, and with those of anchors. */
function plain(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document), (key, value) =>
    ['command', 'environment', 'x-c', 'x-e'].includes(key) ? undefined : value,
  );
}

const COMMANDS = `
import json, sys, types
def uvicorn_of(args):
    from uvicorn.main import main
    params = main.make_context("uvicorn", list(args), resilient_parsing=False).params
    return params["workers"]
def gunicorn_of(args):
    from gunicorn.config import Config
    parser = Config(prog="gunicorn").parser()
    return parser.parse_args(list(args)).workers
def celery_of(args):
    from celery.bin.celery import celery
    import click
    rest = list(args); app = rest.index("worker")
    from celery.bin.worker import worker
    with click.Context(celery, obj=types.SimpleNamespace(app=types.SimpleNamespace(conf=types.SimpleNamespace(worker_pool="prefork", worker_concurrency=None, worker_autoscaler=None)))) as parent:
        parser = worker.make_parser(click.Context(worker, parent=parent))
        options, _, _ = parser.parse_args(rest[app + 1:])
    return [options.get("pool"), options.get("concurrency")]
ASK = {"uvicorn": uvicorn_of, "gunicorn": gunicorn_of, "celery": celery_of}
print(json.dumps([ASK[words[0]](words[1:]) for words in json.load(sys.stdin)]))
`;

const command = (words: readonly string[]) => `services:\n  s:\n    command: ${JSON.stringify(words)}\n`;

describe("the programs' own parsers", () => {
  const web = fc
    .record({
      port: fc.constantFrom([], ['--port', '80'], ['--host=0.0.0.0']),
      workers: fc.constantFrom([], ['--workers', '4'], ['--workers=3'], ['--workers', '1', '--workers=9']),
    })
    .map(({ port, workers }) => ['uvicorn', 'a:b', ...port, ...workers]);
  const gunicorn = fc
    .record({
      bind: fc.constantFrom([], ['-b', '0.0.0.0:80'], ['--reload'], ['-c', 'conf.py']),
      workers: fc.constantFrom([], ['-w', '4'], ['-w4'], ['--workers=3'], ['-w', '1', '--workers', '9']),
    })
    .map(({ bind, workers }) => ['gunicorn', ...bind, ...workers, 'a:b']);
  const celery = fc
    .shuffledSubarray([['-c', '4'], ['-l', 'info'], ['-Psolo'], ['-E'], ['-Q', 'mail']], { minLength: 0 })
    .map((options) => ['celery', '-A', 'a', 'worker', ...options.flat()]);

  it.each([
    ['uvicorn', web, { 'web.workers': 2 }, 2],
    ['gunicorn', gunicorn, { 'web.workers': 2 }, 2],
    ['celery', celery, { 'celery.pool': 'prefork', 'celery.concurrency': 2 }, ['prefork', '2']],
  ] as const)('%s reads every edited command as wanted', (program, words, want, expected) => {
    if (!hasOracle(`${program} (Debian's package)`, hasModules(program))) return;
    const edited = fc.sample(words as fc.Arbitrary<string[]>, 60).map((one) => {
      const answer = composeEditor().edit(command(one), want);
      if (!answer.ok) throw new Error(answer.refusal.message);
      return (parse(applyTextEdits(command(one), answer.value)) as { services: { s: { command: string[] } } }).services
        .s.command;
    });
    const read = askPython<unknown[]>(COMMANDS, edited);
    edited.forEach((one, index) => {
      expect(JSON.stringify(read[index]).replaceAll('"', ''), one.join(' ')).toBe(
        JSON.stringify(expected).replaceAll('"', ''),
      );
    });
  });
});

describe('systemd itself', () => {
  const root = mkdtempSync(join(tmpdir(), 'units-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'v'));
  for (const name of ['uvicorn', 'celery']) {
    writeFileSync(join(root, 'v', name), '#!/bin/sh\n');
    chmodSync(join(root, 'v', name), 0o755);
  }
  chmodSync(root, 0o755);

  /** The command as systemd will run it. It does this for other users than root only. */
  function dumped(text: string): string {
    const unit = join(root, 'x.service');
    writeFileSync(unit, text);
    const isRoot = process.getuid?.() === 0;
    const env = { PATH: process.env.PATH, SYSTEMD_UNIT_PATH: `${root}:`, HOME: root, XDG_RUNTIME_DIR: root };
    const test = ['/lib/systemd/systemd', '--test', '--user', '--unit=x.service'];
    if (isRoot) spawnSync('chown', ['-R', '65534:65534', root]);
    const [program = '', ...args] = isRoot
      ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...test]
      : test;
    const { stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
    const own = (stdout + stderr).split('-> Unit ').find((part) => part.startsWith('x.service:')) ?? '';
    const line = /Command Line: (.*)/.exec(own)?.[1];
    if (line === undefined) throw new Error(stdout + stderr);
    return line;
  }

  const isThere = spawnSync('/lib/systemd/systemd', ['--version']).status === 0;

  it('runs every edited command as wanted', () => {
    if (!hasOracle('systemd', isThere)) return;
    const units = changed(
      (one, path) =>
        one.kind === 'unit' && !path.includes('conf') && path.endsWith('app.service') && one.files === undefined,
    ).map(({ after }) => after.replaceAll('/v/', `${root}/v/`));
    expect(units.length).toBeGreaterThan(4);
    for (const unit of units) {
      const line = dumped(unit.replace('${W}', '2'));
      expect(line, unit).toMatch(/--workers 2(?:\s|$)/);
      expect(line, unit).not.toMatch(/--workers [^2]/);
    }
  });

  it('runs every unit whose drop-in was edited as wanted', () => {
    if (!hasOracle('systemd', isThere)) return;
    const folder = join(root, 'x.service.d');
    const units = CORPUS.filter(({ kind, parts, refused }) => kind === 'unit' && parts && refused === undefined);
    expect(units.length).toBeGreaterThan(1);
    for (const one of units) {
      mkdirSync(folder, { recursive: true });
      const files = { ...filesOf(one), ...expectedOf(one) };
      for (const part of one.parts?.slice(1) ?? [])
        writeFileSync(join(folder, basename(part)), (files[part] ?? '').replaceAll('/v/', `${root}/v/`));
      const line = dumped(one.text.replaceAll('/v/', `${root}/v/`)).replace(/"?\\?\$W"?/, environmentOf(folder));
      rmSync(folder, { recursive: true });
      expect(line, one.shape).toMatch(/--workers 2(?:\s|$)/);
    }
  });

  /** The dump leaves variables as they are: their last assignment among the drop-ins. */
  function environmentOf(folder: string): string {
    const texts = readdirSync(folder)
      .toSorted()
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    return /\bW=(\d+)/.exec(texts.join('\n'))?.[1] ?? '$W';
  }

  it('reads the words of generated units as this scanner does', () => {
    if (!hasOracle('systemd', isThere)) return;
    const bits = fc.constantFrom(
      '--port 80',
      "'--root-path' '/a b'",
      '"--log-level" info',
      '--app-dir /x\\x20y',
      '\\\n  --lifespan on',
      '\\\n# --workers 9\n  --http auto',
    );
    for (const options of fc.sample(fc.uniqueArray(bits, { maxLength: 4 }), 12)) {
      const text = `[Service]\nType=simple\nExecStart=${root}/v/uvicorn a:b ${options.join(' ')}\n`;
      const answer = unitEditor('backend').edit(text, { 'web.workers': 2 });
      if (!answer.ok) throw new Error(answer.refusal.message);
      expect(dumped(applyTextEdits(text, answer.value))).toBe(`${dumped(text)} --workers 2`);
    }
  });
});
