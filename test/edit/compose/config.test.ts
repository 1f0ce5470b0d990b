import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Case, CORPUS, expectedOf, filesOf } from '../corpus.js';
import type { Files } from '../project.js';

const FILE = 'docker-compose.yml';
/** Compose as a plugin of docker, or as a program of its own; its `config` needs no engine. */
const COMPOSE = [['docker', 'compose'], ['docker-compose']].find(
  ([program = '', ...rest]) => spawnSync(program, [...rest, 'version']).status === 0,
);

if (COMPOSE === undefined) console.warn('skipped: no compose file is held against compose, which is not installed');

const folder = mkdtempSync(join(tmpdir(), 'compose-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Tree {
  readonly version?: string;
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
}

/** The files of a case that compose reads itself, in the order in which they override each other. */
function stackOf({ compose = [FILE] }: Case): readonly string[] {
  return compose;
}

/** What compose makes of a project; or what it says against it. */
function configOf(name: string, files: Files, stack: readonly string[] = [FILE]): Tree | string {
  const root = join(folder, name);
  const images = imagesFor(stack.map((path) => files[path] ?? ''));
  for (const [path, text] of Object.entries({ ...files, ...images })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const [program = '', ...rest] = COMPOSE ?? [];
  const all = [...stack, ...Object.keys(images)].flatMap((path) => ['-f', path]);
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, COMPOSE_PROJECT_NAME: 'one' };
  const { status, stdout, stderr } = spawnSync(program, [...rest, ...all, 'config'], {
    cwd: root,
    encoding: 'utf8',
    env,
  });
  return status === 0 ? (parse(stdout.replaceAll(root, '.')) as Tree) : stderr.replaceAll(root, '.');
}

/** Compose wants an image for each service, and the corpus leaves out what a shape is not about. */
function imagesFor(texts: readonly string[]): Files {
  const trees = texts.map((text) => parse(text, { merge: true, logLevel: 'silent' }) as Tree);
  const all = trees.flatMap(({ services }) => Object.entries(services));
  const made = new Set(all.filter(([, one]) => one?.image || one?.build).map(([name]) => name));
  const bare = [...new Set(all.map(([name]) => name))].filter((name) => !made.has(name));
  const added = {
    version: trees[0]?.version,
    services: Object.fromEntries(bare.map((name) => [name, { image: 'x' }])),
  };
  return bare.length === 0 ? {} : { 'images.yml': JSON.stringify(added) };
}

/** Every leaf by its path, without extension fields, which only serve as anchors; a command is one, whether it is a list or a line. */
function leavesOf(value: unknown, path = ''): readonly (readonly [path: string, text: string])[] {
  if (Array.isArray(value) && path.endsWith('.command')) return [[path, value.join(' ')]];
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  const kept = Object.entries(value).filter(([key]) => !key.startsWith('x-'));
  return kept.flatMap(([key, inner]) => leavesOf(inner, `${path}.${key}`));
}

const OPTION = /\s(?:--(?:workers|pool|concurrency)[= ]|-[wPc] ?)[\w-]+/g;

/** The leaves of either that the other has not, with what they were and are. */
function differences(before: Tree, after: Tree): readonly [path: string, from: string, to: string][] {
  const [old, now] = [new Map(leavesOf(before)), new Map(leavesOf(after))];
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
  return paths.map((path) => [path, old.get(path) ?? '', now.get(path) ?? '']);
}

const EDITED = CORPUS.filter((one) => one.refused === undefined && FILE in filesOf(one));
/** Of the files that a case changes, compose reads none: scripts, Dockerfiles, code. */
function isBehind(one: Case): boolean {
  return Object.keys(expectedOf(one)).every((path) => !/\.(?:yml|env)$/.test(path));
}

/** A tag that older versions do not know, beside a key that newer ones do not allow. */
const UNREAD = '`!reset`, `0777`, CRLF, BOM, aligned comments';

describe('docker compose config', () => {
  it.skipIf(COMPOSE === undefined).each(EDITED.map((one) => [one.shape, one] as const))(
    'differs only in what was wanted: %s',
    (shape, one) => {
      const before = configOf('before', filesOf(one), stackOf(one));
      const after = configOf('after', { ...filesOf(one), ...expectedOf(one) }, stackOf(one));
      if (typeof before === 'string' || typeof after === 'string') {
        expect([shape, before]).toEqual([UNREAD, after]);
        return;
      }
      if (isBehind(one)) return expect(differences(before, after)).toEqual([]);
      const [[path, from, to] = ['', '', ''], ...others] = differences(before, after);
      expect(others).toEqual([]);
      if (path.includes('.environment.')) return expect(to).toMatch(/^(?:2|20)$/);
      expect(path).toMatch(/^\.services\.\w+\.command$/);
      expect(to).not.toBe(from);
      expect(to.replace(OPTION, '')).toBe(from.replace(OPTION, ''));
      expect(to).toMatch(one.kind === 'celery' ? /(?:--concurrency=|-c)2/ : /(?:--workers[= ]|-w)2/);
    },
  );

  it.skipIf(COMPOSE === undefined)('would show what differs besides', () => {
    const text = (port: number) =>
      `services:\n  api:\n    image: x\n    command: uvicorn a:b\n    mem_limit: ${port}m\n`;
    const [one, other] = [configOf('one', { [FILE]: text(80) }), configOf('other', { [FILE]: text(81) })];
    if (typeof one === 'string' || typeof other === 'string') throw new Error(String(one));
    expect(differences(one, other).map(([path]) => path)).toEqual(['.services.api.mem_limit']);
  });
});
