import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { composeEditor } from '../../src/edit/compose/compose.js';
import { unitEditor } from '../../src/edit/systemd/unit.js';
import type { Editor } from '../../src/edit/types.js';
import type { Wanted } from '../../src/settings.js';
import { CODE, database, type Files, redis, type Setting } from './project.js';

export type Kind = 'database' | 'redis' | 'compose' | 'celery' | 'unit' | 'celery-unit';

/** One shape as it is met in the wild, with what the tool does about it. */
export interface Case {
  readonly shape: string;
  readonly does: string;
  readonly kind: Kind;
  readonly text: string;
  readonly files?: Files;
  readonly compose?: readonly string[];
  readonly units?: readonly string[];
  /** The files of the unit, as systemd has loaded them. */
  readonly parts?: readonly string[];
  readonly services?: Readonly<Record<string, string>>;
  /** What is replaced by what, in the file itself or in another one. */
  readonly replace?: readonly (readonly [from: string, to: string, file?: string])[];
  /** How the refusal begins: its kind, its place, its message. */
  readonly refused?: string;
  /** It needs a newer Python than many machines have. */
  readonly newSyntax?: boolean;
}

export const PAGES = ['python', 'compose', 'systemd', 'start'] as const;

export function casesOf(page: (typeof PAGES)[number]): readonly Case[] {
  return parse(readFileSync(new URL(`../fixtures/corpus/${page}.yaml`, import.meta.url), 'utf8'));
}

export const CORPUS: readonly Case[] = PAGES.flatMap(casesOf);

export const PATHS: Readonly<Record<Kind, string>> = {
  database: 'app/core/database.py',
  redis: 'app/core/redis.py',
  compose: 'docker-compose.yml',
  celery: 'docker-compose.yml',
  unit: '/etc/systemd/system/app.service',
  'celery-unit': '/etc/systemd/system/app.service',
};

export const WANTED: Readonly<Record<Kind, Wanted>> = {
  database: { 'db.pool_size': 20 },
  redis: { 'redis.max_connections': 50 },
  compose: { 'web.workers': 2 },
  celery: { 'celery.pool': 'prefork', 'celery.concurrency': 2 },
  unit: { 'web.workers': 2 },
  'celery-unit': { 'celery.pool': 'prefork', 'celery.concurrency': 2 },
};

export function editorFor({ kind, services }: Case): Editor {
  if (kind === 'database') return database;
  if (kind === 'redis') return redis;
  if (kind === 'unit' || kind === 'celery-unit') return unitEditor(kind === 'unit' ? 'backend' : 'celery', CODE);
  return composeEditor(services, CODE);
}

export function filesOf({ kind, text, files }: Case): Files {
  return { ...files, [PATHS[kind]]: text };
}

export function settingOf({ compose = [], units = [], parts = [] }: Case): Setting {
  return { compose, units, parts };
}

/** The files that must have changed, as they must be. Each text that is replaced stands in its file just once. */
export function expectedOf(one: Case): Files {
  const files = filesOf(one);
  const changed = new Map<string, string>();
  for (const [from, to, file = PATHS[one.kind]] of one.replace ?? []) {
    const text = changed.get(file) ?? files[file] ?? '';
    if (text.split(from).length !== 2) throw new Error(`${one.shape}: ${JSON.stringify(from)} is not there just once`);
    changed.set(
      file,
      text.replace(from, () => to),
    );
  }
  return Object.fromEntries(changed);
}
