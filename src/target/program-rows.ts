import { type Known, SETTING_KEYS, type SettingKey } from '../settings.js';
import { type Row, textOf } from './rows.js';
import type { ProgramFacts, ProgramName, ServiceDatabase } from './services.js';

const PROGRAMS: readonly string[] = ['uvicorn', 'gunicorn', 'celery'] satisfies readonly ProgramName[];

/** What the probe's verb `facts` says; `null` where it said nothing. */
export function programOf(rows: readonly Row[]): ProgramFacts | null {
  const field = (key: string) => rows.find((row) => row[0] === key)?.[1];
  const kind = field('kind');
  if (kind === undefined) return null;
  return {
    program: PROGRAMS.includes(kind) ? (kind as ProgramName) : 'other',
    versions: Object.fromEntries(rows.filter(([key]) => key === 'version').map(([, name, version]) => [name, version])),
    workers: count(field('workers')),
    supervised: field('supervised') === 'yes',
    pool: field('pool') === '-' ? null : (field('pool') ?? null),
    shell: field('shell') === 'yes',
    beforeMs: count(field('before')),
    importMs: count(field('import')),
    startedAt: field('started') ?? '',
    settings: settingsOf(rows),
    olderThan: (['database', 'redis'] as const).filter((role) =>
      rows.some(([key, of]) => key === 'older' && of === role),
    ),
    database: databaseOf(rows),
  };
}

function settingsOf(rows: readonly Row[]): ProgramFacts['settings'] {
  const known = new Set<string>(SETTING_KEYS);
  const own = rows.filter(([key, name]) => key === 'setting' && name !== undefined && known.has(name));
  return Object.fromEntries(own.map(([, name, value]) => [name as SettingKey, JSON.parse(textOf(value)) as Known]));
}

function databaseOf(rows: readonly Row[]): ServiceDatabase | null {
  const row = rows.find(([key]) => key === 'database');
  if (row === undefined) return null;
  const [, maxConnections, reserved, inUse] = row.map(Number);
  const applications = rows.filter(([key]) => key === 'application');
  return {
    maxConnections: maxConnections ?? 0,
    reserved: reserved ?? 0,
    inUse: inUse ?? 0,
    byApplication: new Map(
      applications.map(([, name, connections]) => [JSON.parse(textOf(name)) as string, Number(connections)]),
    ),
  };
}

function count(field: string | undefined): number | null {
  return field === undefined || !/^\d+$/.test(field) ? null : Number(field);
}
