// The files that the fuzzer starts from: the corpus of shapes, and longer ones of what start commands lead to.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { composeEditor } from '../../dist/edit/compose/compose.js';
import { databaseEditor } from '../../dist/edit/python/database.js';
import { loadPython } from '../../dist/edit/python/grammar.js';
import { gunicornEditor } from '../../dist/edit/python/gunicorn-conf.js';
import { redisEditor } from '../../dist/edit/python/redis.js';
import { runEditor } from '../../dist/edit/python/uvicorn-run.js';
import { unitEditor } from '../../dist/edit/systemd/unit.js';

const PAGES = ['python', 'compose', 'systemd', 'start'];
const CORPUS = new URL('../../test/fixtures/corpus/', import.meta.url);
const BEHIND = new URL('behind.yaml', import.meta.url);
const ROOT = '/srv/action';

const KINDS = {
  database: {
    path: `${ROOT}/app/core/database.py`,
    want: { 'db.pool_size': 20 },
  },
  redis: { path: `${ROOT}/app/core/redis.py`, want: { 'redis.max_connections': 50 } },
  compose: { path: `${ROOT}/docker-compose.yml`, want: { 'web.workers': 2 } },
  celery: { path: `${ROOT}/docker-compose.yml`, want: { 'celery.pool': 'prefork', 'celery.concurrency': 2 } },
  unit: { path: '/etc/systemd/system/app.service', want: { 'web.workers': 2 } },
  'celery-unit': {
    path: '/etc/systemd/system/app.service',
    want: { 'celery.pool': 'prefork', 'celery.concurrency': 2 },
  },
};

/** Every case of the corpus: an editor, its file, the files around it, and what is wanted besides by kind. */
export async function seeds(besides = {}) {
  const python = await loadPython();
  const code = { run: runEditor(python), gunicorn: gunicornEditor(python) };
  const editors = {
    database: () => databaseEditor(python),
    redis: () => redisEditor(python),
    compose: (services) => composeEditor(services, code),
    celery: (services) => composeEditor(services, code),
    unit: () => unitEditor('backend', code),
    'celery-unit': () => unitEditor('celery', code),
  };
  return [...cases(), ...casesIn(BEHIND)].map(({ shape, kind, text, files = {}, services, ...setting }) => ({
    shape,
    kind,
    text,
    path: KINDS[kind].path,
    want: { ...KINDS[kind].want, ...besides[kind] },
    editor: editors[kind](services),
    files: Object.fromEntries(Object.entries(files).map(([path, content]) => [absolute(path), content])),
    compose: (setting.compose ?? []).map(absolute),
    units: (setting.units ?? []).map(absolute),
    parts: setting.parts ?? [],
  }));
}

/** Those of the corpus, with what is expected of each. */
export function cases() {
  return PAGES.flatMap((page) => casesIn(new URL(`${page}.yaml`, CORPUS)));
}

function casesIn(file) {
  return parse(readFileSync(file, 'utf8'));
}

function absolute(path) {
  return path.startsWith('/') ? path : `${ROOT}/${path}`;
}

/** What an editor sees around a file. */
export function around({ path, files, compose, units, parts }) {
  return {
    path,
    root: ROOT,
    compose,
    units,
    unitParts: new Map(parts.map((part) => [part, parts])),
    code: new Map(Object.entries(files).filter(([name]) => name.endsWith('.py'))),
    textOf: (name) => files[name] ?? null,
  };
}
