import { type Known, SETTING_KEYS, type SettingKey } from '../settings.js';
import { databaseOf } from './database-rows.js';
import { redisServerOf } from './redis.js';
import { type Row, textOf } from './rows.js';
import type { ProgramFacts, ProgramName } from './services.js';

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
    connected: count(field('connected')),
    beforeMs: count(field('before')),
    importMs: count(field('import')),
    startedAt: field('started') ?? '',
    settings: settingsOf(rows),
    olderThan: (['database', 'redis'] as const).filter((role) =>
      rows.some(([key, of]) => key === 'older' && of === role),
    ),
    database: databaseOf(rows),
    redisConnections: count(field('redis')),
    redisServer: redisServerOf(rows.find(([key]) => key === 'redis-server')),
    brokerServer: redisServerOf(rows.find(([key]) => key === 'broker-server')),
  };
}

function settingsOf(rows: readonly Row[]): ProgramFacts['settings'] {
  const known = new Set<string>(SETTING_KEYS);
  const own = rows.filter(([key, name]) => key === 'setting' && name !== undefined && known.has(name));
  return Object.fromEntries(own.map(([, name, value]) => [name as SettingKey, JSON.parse(textOf(value)) as Known]));
}

function count(field: string | undefined): number | null {
  return field === undefined || !/^\d+$/.test(field) ? null : Number(field);
}
