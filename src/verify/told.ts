import type { Found, Known, SettingKey } from '../settings.js';
import type { ProgramFacts, ServiceFacts } from '../target/services.js';
import type { ServiceCheck } from './checks.js';
import { isOf } from './expectations.js';

/** What a first look at a service says already of the settings in its files, without asking again. */
export function checksTold({ role, program, why }: ServiceFacts, files: Found): readonly ServiceCheck[] {
  const known = (Object.entries(files) as [SettingKey, Known][]).filter(([key]) => isOf(role, key));
  return known.flatMap(([key, value]): readonly ServiceCheck[] => {
    if (value === null || typeof value === 'object') return [];
    const about = { service: role, name: key, expected: String(value) };
    if (program === null) return [{ ...about, ok: null, found: why ?? '' }];
    if (isOlder(key, program)) return [{ ...about, ok: false, found: 'processes from before the file was changed' }];
    const have = program.settings[key] ?? { unresolved: 'the processes do not show it' };
    if (typeof have === 'object') return [{ ...about, ok: null, found: have.unresolved }];
    return [{ ...about, ok: have === value, found: String(have) }];
  });
}

function isOlder(key: SettingKey, { olderThan }: ProgramFacts): boolean {
  if (key === 'redis.max_connections') return olderThan.includes('redis');
  return key.startsWith('db.') && olderThan.includes('database');
}
