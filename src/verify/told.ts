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

type Told = Pick<ServiceCheck, 'ok' | 'found'>;

/** Of a service in several containers the one that has it least, by its name. */
function told({ state, program, why, container }: ServiceFacts, key: SettingKey, value: SettingValue): Told {
  if (state !== 'running') return { ok: false, found: NOT_RUNNING[state] };
  const first = toldBy({ program, why }, key, value);
  const others = (container?.others ?? []).map((other): Told => {
    const { ok, found } = toldBy(other, key, value);
    return { ok, found: `${found} in container ${other.id}` };
  });
  return [first, ...others].reduce((worst, each) => (RANK.indexOf(each.ok) > RANK.indexOf(worst.ok) ? each : worst));
}

/** What is known not to hold weighs more than what is not known. */
const RANK: readonly Told['ok'][] = [true, null, false];

function toldBy({ program, why }: Pick<ServiceFacts, 'program' | 'why'>, key: SettingKey, value: SettingValue): Told {
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
