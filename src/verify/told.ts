import type { Found, Known, SettingKey, SettingValue } from '../settings.js';
import { NOT_RUNNING, type ProgramFacts, type ServiceFacts } from '../target/services.js';
import type { ServiceCheck } from './checks.js';
import { labelOf, type OwnerFacts, owns } from './owners.js';

/** What a first look at a service says already of the settings in its files, without asking again. */
export function checksTold(service: OwnerFacts, files: Found): readonly ServiceCheck[] {
  const known = (Object.entries(files) as [SettingKey, Known][]).filter(([key]) => owns(service, key));
  return known.flatMap(([key, value]) => {
    if (value === null || typeof value === 'object') return [];
    return [{ service: labelOf(service), name: key, expected: String(value), ...told(service, key, value) }];
  });
}

function told(
  { state, program, why }: ServiceFacts,
  key: SettingKey,
  value: SettingValue,
): Pick<ServiceCheck, 'ok' | 'found'> {
  if (state !== 'running') return { ok: false, found: NOT_RUNNING[state] };
  if (program === null) return { ok: null, found: why ?? '' };
  if (isOlder(key, program)) return { ok: false, found: 'started before the file was changed' };
  const have = program.settings[key] ?? { unresolved: 'the processes do not show it' };
  if (typeof have === 'object') return { ok: null, found: have.unresolved };
  return { ok: have === value, found: String(have) };
}

function isOlder(key: SettingKey, { olderThan }: ProgramFacts): boolean {
  if (key === 'redis.max_connections') return olderThan.includes('redis');
  return key.startsWith('db.') && olderThan.includes('database');
}
