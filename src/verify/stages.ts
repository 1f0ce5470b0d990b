import { type Found, type Known, SERVICE_ROLES, type SettingKey, STAGE_SETTINGS, type StageName } from '../settings.js';
import type { ServiceCheck } from './checks.js';
import type { Overridden } from './overridden.js';
import { labelOf, type Owner, owns } from './owners.js';

/**
 * `effective`: the processes have what the files say. `written-not-effective`: they do not. `not-written`: the files say
 * nothing, so the programs' own defaults hold. `unknown`: somebody could not be asked.
 */
export type StageState = 'effective' | 'written-not-effective' | 'not-written' | 'unknown';

export interface StageVerdict {
  readonly name: StageName;
  readonly state: StageState;
  readonly checks: readonly ServiceCheck[];
  /** What of it was applied and is not what the files say now. */
  readonly overridden: readonly Overridden[];
}

/** The files whose age tells whether a process can have read what they say now. */
const POOL_FILES: Readonly<Partial<Record<StageName, 'database' | 'redis'>>> = {
  'db-pool': 'database',
  'redis-pool': 'redis',
};

export interface Seen {
  /** What the files say, and for what was applied the values that the releases have set. */
  readonly files: Found;
  readonly overridden: readonly Overridden[];
  /** Everybody who should have it; services that are not there at all are not among them. */
  readonly services: readonly Owner[];
  readonly checks: readonly ServiceCheck[];
  readonly paths: Readonly<Record<'database' | 'redis', string | null>>;
}

export function stageVerdict(name: StageName, seen: Seen): StageVerdict {
  const written = STAGE_SETTINGS[name].filter((key) => isValue(seen.files[key]));
  const doubts = STAGE_SETTINGS[name].flatMap((key) => doubtsOf(key, seen));
  const wanted = written.flatMap((key) => ownersOf(key, seen).map((service) => ({ key, service })));
  const asked = wanted.map(({ key, service }) => checkOf(key, service, seen));
  const checks = [...asked, ...doubts, ...ages(name, wanted, seen)];
  const overridden = seen.overridden.filter(({ setting }) => STAGE_SETTINGS[name].includes(setting));
  const state = written.length === 0 ? (doubts.length > 0 ? 'unknown' : 'not-written') : stateOf(checks);
  return { name, state, checks, overridden };
}

/** What the files say in a way that nobody here knows: no process can be held against it. */
function doubtsOf(key: SettingKey, seen: Seen): readonly ServiceCheck[] {
  const value = seen.files[key] ?? null;
  if (value === null || typeof value !== 'object') return [];
  const about = { name: key, ok: null, expected: 'what the files say', found: value.unresolved };
  const there = ownersOf(key, seen);
  const roles = SERVICE_ROLES.filter((role) => owns({ role }, key));
  const owners = there.length > 0 ? there : roles;
  return owners.map((service) => ({ service, ...about }));
}

function ownersOf(key: SettingKey, { services }: Seen): readonly string[] {
  return services.filter((service) => owns(service, key)).map(labelOf);
}

function checkOf(key: SettingKey, service: ServiceCheck['service'], { files, checks }: Seen): ServiceCheck {
  const found = checks.find((check) => check.service === service && check.name === key);
  return (
    found ?? { service, name: key, ok: null, expected: String(files[key]), found: 'nobody could ask its processes' }
  );
}

function ages(name: StageName, wanted: readonly Pick<ServiceCheck, 'service'>[], { checks, paths }: Seen) {
  const role = POOL_FILES[name];
  const path = role === undefined ? null : paths[role];
  if (path === null) return [];
  const concerned = new Set(wanted.map(({ service }) => service));
  return checks.filter((check) => concerned.has(check.service) && check.name === `started after ${path}`);
}

function stateOf(checks: readonly ServiceCheck[]): StageState {
  if (checks.some(({ ok }) => ok === false)) return 'written-not-effective';
  return checks.length > 0 && checks.every(({ ok }) => ok === true) ? 'effective' : 'unknown';
}

function isValue(value: Known | undefined): boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}
