import { z } from 'zod';
import { choice, flag, fraction, mapping, whole } from '../document/fields.js';
import { shown } from '../document/problems.js';
import { fail, type Problem } from '../errors.js';
import { SETTING_KEYS, type SettingKey, type SettingValue, type Wanted } from '../settings.js';

const MOST_CONNECTIONS = 100_000;
const MOST_PROCESSES = 1024;
/** A year: long enough for any timeout that is meant. */
const MOST_SECONDS = 31_536_000;

/** One description of each setting, for `--set` and for the configuration. */
const FIELDS = {
  'db.pool_size': whole(1, MOST_CONNECTIONS),
  // -1 means no limit to SQLAlchemy, and no budget holds without one.
  'db.max_overflow': whole(0, MOST_CONNECTIONS),
  'db.pool_timeout': fraction(0, MOST_SECONDS, 'seconds'),
  'db.pool_pre_ping': flag(),
  'db.pool_recycle': whole(-1, MOST_SECONDS),
  'redis.max_connections': whole(1, MOST_CONNECTIONS),
  'web.workers': whole(1, MOST_PROCESSES),
  'celery.pool': choice(['prefork', 'solo', 'threads', 'gevent', 'eventlet']),
  'celery.concurrency': whole(1, MOST_PROCESSES),
} as const satisfies Record<SettingKey, z.ZodType<SettingValue>>;

/** Settings by hand in a configuration: any of them, each within its bounds. */
export const settingsSchema = mapping(FIELDS).partial();

/** The first words of what a profile holds. */
const PROFILE_PARTS = ['users', 'server', 'workload', 'database', 'slo', 'basis', 'description'] as const;

/** What was set by hand: settings, and values of the profile, as they were typed. */
export interface ByHand {
  readonly settings: Wanted;
  readonly profile: ReadonlyMap<string, string>;
}

/** Throws every `usage` problem at once; the profile's own keys are looked at when the profile is read. */
export function parseByHand(texts: readonly string[]): ByHand {
  const settings: Partial<Record<SettingKey, SettingValue>> = {};
  const profile = new Map<string, string>();
  const problems: Problem[] = [];
  for (const text of texts) {
    const pair = /^([^=]*)=(.*)$/s.exec(text.trim());
    const [, name = '', written = ''] = pair ?? [];
    if (pair === null) problems.push(noAssignment(text));
    else if (PROFILE_PARTS.some((part) => part === name.trim().split('.')[0])) profile.set(name.trim(), written.trim());
    else {
      const setting = settingOf(name.trim(), written.trim());
      if ('code' in setting) problems.push(setting);
      else settings[setting.key] = setting.value;
    }
  }
  return problems.length > 0 ? fail(...problems) : { settings, profile };
}

/** One setting by hand, or what is wrong with it: the known keys, or the values that the key takes. */
function settingOf(
  name: string,
  written: string,
): { readonly key: SettingKey; readonly value: SettingValue } | Problem {
  const key = SETTING_KEYS.find((known) => known === name);
  if (key === undefined) return unknownSetting(name);
  const result = z.safeParse(FIELDS[key], scalar(written));
  return result.success
    ? { key, value: result.data }
    : badSetting(key, written, result.error.issues[0]?.message ?? 'another value');
}

function scalar(text: string): SettingValue {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function noAssignment(text: string): Problem {
  return {
    code: 'usage',
    message: `--set ${shown(text)} does not say what to set`,
    expected: 'KEY=VALUE',
    found: shown(text),
    fix: 'Write --set KEY=VALUE, such as --set db.pool_size=15',
    details: SETTING_KEYS,
  };
}

function unknownSetting(name: string): Problem {
  return {
    code: 'usage',
    message: `--set: '${shown(name)}' is not a known setting`,
    expected: 'one of the settings listed here',
    found: shown(name),
    fix: 'Use one of them',
    details: SETTING_KEYS,
  };
}

function badSetting(key: SettingKey, written: string, expected: string): Problem {
  return {
    code: 'usage',
    message: `--set: ${key} is not ${expected}`,
    expected,
    found: shown(written),
    fix: `Give ${key} ${expected}`,
  };
}
