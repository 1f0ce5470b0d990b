import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askPython, hasModules, hasOracle } from '../../support/oracles.js';
import { casesOf, expectedOf, filesOf } from '../corpus.js';

/** The files that only start something, as an edit leaves them, with all files of their case. */
const STARTS = casesOf('start')
  .filter(({ refused }) => refused === undefined)
  .flatMap((one) =>
    Object.keys(expectedOf(one)).map((path) => ({ one, path, files: { ...filesOf(one), ...expectedOf(one) } })),
  );

const named = (pattern: RegExp) => {
  const found = STARTS.filter(({ path }) => pattern.test(path));
  expect(found.length).toBeGreaterThan(0);
  return found;
};

const root = mkdtempSync(join(tmpdir(), 'starts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Programs that print what they were given instead of doing their work. */
const stubs = join(root, 'bin');
mkdirSync(stubs);
for (const name of ['uvicorn', 'gunicorn', 'celery', 'alembic', 'python']) {
  writeFileSync(join(stubs, name), `#!/bin/sh\necho ${name} "$@"\n`);
  chmodSync(join(stubs, name), 0o755);
}

/** What a command prints where the files of a case lie in its folder. */
function printed(files: Readonly<Record<string, string>>, command: string, args: readonly string[]): string {
  const folder = mkdtempSync(join(root, 'case-'));
  for (const [path, text] of Object.entries(files)) {
    if (path.startsWith('/')) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  mkdirSync(join(folder, 'backend'), { recursive: true });
  mkdirSync(join(folder, 'venv'), { recursive: true });
  spawnSync('ln', ['-s', stubs, join(folder, 'venv', 'bin')]);
  const env = { PATH: `${stubs}:/usr/bin:/bin`, PORT: '80', W: '' };
  return spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' }).stdout;
}

const WANTED = /(?:uvicorn|gunicorn) .*(?:--workers[ =]|-w )2(?: |$)|celery .*--pool=prefork --concurrency=2/m;

describe('what really starts', () => {
  it.each(['dash', 'bash', 'busybox'])('an edited script has its program started as wanted, by %s', (shell) => {
    if (!hasOracle(shell, spawnSync('which', [shell]).status === 0)) return;
    for (const { path, files } of named(/\.sh$/)) {
      const args = [...(shell === 'busybox' ? ['sh'] : []), path, 'worker'];
      expect(printed(files, shell, args), path).toMatch(WANTED);
    }
  });

  it('an edited Makefile has it started as wanted, by make', () => {
    if (!hasOracle('make', spawnSync('which', ['make']).status === 0)) return;
    for (const { path, files } of named(/Makefile$/)) {
      const migrate = { ...files, [path]: `${files[path]}\nmigrate:\n` };
      expect(printed(migrate, 'make', ['-s', '-C', dirname(path), 'run']), path).toMatch(WANTED);
    }
  });
});

const SUPERVISOR = `
import configparser, json, shlex, sys
out = []
for text in json.load(sys.stdin):
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)
    parser.read_string(text)
    out += [shlex.split(parser.get(name, "command")) for name in parser.sections() if name.startswith("program:")]
print(json.dumps(out))
`;

const RUNS = `
import json, os, runpy, sys, tempfile
import uvicorn, uvicorn.main
seen = []
class Stand:
    def __init__(self, config, **_): self.config = config
    def run(self, *_, **__): seen.append(self.config.workers)
    def __getattr__(self, name): return True
class Multi(Stand): pass
module = sys.modules["uvicorn.main"]
module.Multiprocess = lambda config, target, sockets: Multi(config)
module.Server = Stand
uvicorn.config.Config.bind_socket = lambda self: None
out = []
for files, path in json.load(sys.stdin):
    seen.clear()
    folder = tempfile.mkdtemp(); sys.path.insert(0, folder)
    for name, text in files.items():
        if name.startswith("/"): continue
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        open(os.path.join(folder, name), "w").write(text)
    space = runpy.run_path(os.path.join(folder, path), run_name="__main__")
    if not seen and "main" in space: space["main"]()
    out.append(list(seen)); sys.path.pop(0)
print(json.dumps(out))
`;

const CONFIGURATIONS = `
import json, os, sys, tempfile
from gunicorn.app.wsgiapp import WSGIApplication
out = []
for text in json.load(sys.stdin):
    path = os.path.join(tempfile.mkdtemp(), "gunicorn.conf.py"); open(path, "w").write(text)
    sys.argv = ["gunicorn", "-c", path, "a:b"]
    os.environ.pop("WEB_CONCURRENCY", None)
    out.append(WSGIApplication().cfg.workers)
print(json.dumps(out))
`;

describe('the programs themselves', () => {
  it("Python's configparser and shlex, which supervisord uses, read an edited configuration as wanted", () => {
    if (!hasOracle('Python', hasModules('configparser'))) return;
    const texts = named(/supervisord\.conf$/).map(({ path, files }) => files[path]);
    expect(askPython(SUPERVISOR, texts)).toEqual([['uvicorn', 'a:b', '--port', '80', '--workers', '2']]);
  });

  it('uvicorn is run with the number that is wanted by edited code', () => {
    if (!hasOracle('uvicorn (python3-uvicorn)', hasModules('uvicorn'))) return;
    const runs = STARTS.filter(({ path, files }) => /main\.py$/.test(path) && files[path]?.includes('uvicorn'));
    expect(runs.length).toBeGreaterThan(1);
    expect(
      askPython(
        RUNS,
        runs.map(({ files, path }) => [files, path]),
      ),
    ).toEqual(runs.map(() => [2]));
  });

  it('gunicorn takes the number that is wanted from an edited configuration', () => {
    if (!hasOracle('gunicorn', hasModules('gunicorn'))) return;
    const texts = named(/gunicorn[.\w]*\.py$/).map(({ path, files }) => files[path]);
    expect(askPython(CONFIGURATIONS, texts)).toEqual(texts.map(() => 2));
  });
});
