import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['bin', 'src', 'scripts', 'templates', 'profiles', 'test'];
/** Names that say nothing of what is in a file. */
const VAGUE = /^(utils?|helpers?|common|misc|shared|types?\d+|index|stuff|lib)$/;

const FILES = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/__pycache__/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length)),
);
const SOURCES = FILES.filter((path) => path.startsWith('src/'));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const matching = (files: readonly string[], pattern: RegExp) => files.filter((path) => pattern.test(read(path)));

describe('the files', () => {
  it('are named for what they hold', () => {
    const parts = FILES.filter((path) =>
      path.split('/').some((part) => VAGUE.test(basename(part).split('.')[0] ?? '')),
    );
    expect(parts).toEqual([]);
  });

  it('leave nothing for later', () => {
    expect(matching(FILES, /\b(TO[D]O|FIX[M]E|XX[X])\b/)).toEqual([]);
  });

  it('hold no test that is left out or runs alone', () => {
    expect(matching(FILES, /\b(it|test|describe)\.(only|todo|skip)\(/)).toEqual([]);
  });
});

describe('the probe', () => {
  it('gives no name twice: its parts are sent as one program', () => {
    const parts = FILES.filter((path) => path.startsWith('templates/target/probe/'));
    const names = parts.flatMap((path) =>
      [...read(path).matchAll(/^(?:def|class) (\w+)|^(\w+)(?:, \w+)* =/gm)].map(([, a, b]) => a ?? b),
    );
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('the sources', () => {
  it('never ask this machine for the time: a target has its own clock', () => {
    expect(matching(SOURCES, /Date\.now|new Date\(\)|performance\.now/)).toEqual([]);
  });

  it('silence no rule of the linter or the compiler', () => {
    expect(matching(SOURCES, /biome-ignore|@ts-(ignore|expect-error|nocheck)/)).toEqual([]);
  });

  it('know in view the reports of a roll-out by their types alone', () => {
    const views = SOURCES.filter((path) => path.startsWith('src/view/'));
    expect(matching(views, /^(import (?!type )|export ).*from '\.\.\/rollout\//m)).toEqual([]);
  });
});
