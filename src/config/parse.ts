import { readDocument } from '../document/read.js';
import type { Wanted } from '../settings.js';
import { type Activating, type Config, type CustomRuntime, DEFAULT_ACTIVATING, type TargetConfig } from './config.js';
import { configSchema, type WrittenConfig, type WrittenTarget } from './schema.js';

/** A stage is watched for a day before the next one, unless the file says otherwise. */
const DEFAULT_SOAK_MS = 86_400_000;

/** Reads and resolves `action-tune.yaml`. Throws every `config` problem at once, with file, line and column. */
export function parseConfig(text: string, file: string): Config {
  const written = readDocument(text, { file, code: 'config' }, configSchema);
  const names = Object.keys(written.targets);
  const only = names.length === 1 ? names[0] : undefined;
  return {
    file,
    project: written.project ?? null,
    default: written.default ?? only ?? null,
    profile: written.profile ?? null,
    runtime: written.runtime ?? null,
    custom: custom(written.custom),
    activating: activating(written, DEFAULT_ACTIVATING),
    soakMs: written.soak ?? DEFAULT_SOAK_MS,
    targets: new Map(Object.entries(written.targets).map(([name, target]) => [name, resolve(name, target, written)])),
  };
}

function resolve(name: string, target: WrittenTarget, defaults: WrittenConfig): TargetConfig {
  return {
    name,
    url: target.url,
    runtime: target.runtime ?? defaults.runtime ?? null,
    profile: target.profile ?? defaults.profile ?? null,
    maxConnections: target.maxConnections ?? null,
    files: present(target.files ?? {}),
    services: { backend: target.services?.backend ?? null, celery: target.services?.celery ?? null },
    custom: custom(target.custom ?? defaults.custom),
    activating: {
      ...activating(target, activating(defaults, DEFAULT_ACTIVATING)),
      handoff: target.handoff ?? DEFAULT_ACTIVATING.handoff,
    },
    settings: present(target.settings ?? {}) satisfies Wanted,
  };
}

type WrittenActivating = Pick<WrittenTarget, 'settle' | 'health' | 'celeryStop'>;

function activating({ settle, health, celeryStop }: WrittenActivating, defaults: Activating): Activating {
  return {
    ...defaults,
    settleMs: settle ?? defaults.settleMs,
    health: health === undefined ? defaults.health : health === 'none' ? null : { path: health, assumed: false },
    celeryStopMs: celeryStop ?? defaults.celeryStopMs,
  };
}

function custom(written: WrittenTarget['custom']): CustomRuntime | null {
  if (written === undefined) return null;
  const { backend, celery } = written;
  return { backend: commands(backend), celery: commands(celery) };
}

function commands(written: { restart: string; check?: string | undefined } | undefined): CustomRuntime['backend'] {
  return written === undefined ? null : { restart: written.restart, check: written.check ?? null };
}

/** Without the keys whose value is undefined. */
function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
