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

/** One setting by hand. */
export interface Setting {
  readonly key: SettingKey;
  readonly value: SettingValue;
}

/** The first words of what a profile holds. */
const PROFILE_PARTS = ['users', 'server', 'workload', 'database', 'slo', 'basis', 'description'] as const;

/** What was set by hand: settings, and values of the profile, as they were typed. */
export interface ByHand {
  readonly settings: Wanted;
  readonly profile: ReadonlyMap<string, string>;
}

/** Throws `usage` problems for settings; the profile's own keys are looked at when the profile is read. */
export function parseByHand(texts: readonly string[]): ByHand {
  const isProfile = (text: string) => PROFILE_PARTS.some((part) => part === text.trim().split(/[.=]/)[0]);
  const pairs = texts.filter(isProfile).map((text): [string, string] => {
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text.trim()) ?? fail(noAssignment(text));
    return [key.trim(), value.trim()];
  });
  const settings = texts.filter((text) => !isProfile(text)).map(parseSetting);
  return {
    settings: Object.fromEntries(settings.map(({ key, value }) => [key, value])),
    profile: new Map(pairs),
  };
}

/** Reads `db.pool_size=15`. Throws a `usage` problem that names the known keys, or the values that the key takes. */
export function parseSetting(text: string): Setting {
  const [, name = '', written = ''] = /^([^=]*)=(.*)$/s.exec(text.trim()) ?? fail(noAssignment(text));
  const key = SETTING_KEYS.find((known) => known === name.trim()) ?? fail(unknownSetting(name.trim()));
  const result = z.safeParse(FIELDS[key], scalar(written.trim()));
  if (result.success) return { key, value: result.data };
  return fail(badSetting(key, written.trim(), result.error.issues[0]?.message ?? 'another value'));
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
    expected: `one of ${SETTING_KEYS.join(', ')}`,
    found: shown(name),
    fix: 'Use one of the known settings',
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
