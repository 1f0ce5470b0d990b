import { type Known, SETTING_KEYS, type ServiceRole, type SettingKey, type SettingValue } from '../settings.js';
import { isOf } from '../verify/expectations.js';
import type { Plan } from './plan.js';
import { leafOf } from './tree.js';

/** A setting that the processes of a service have otherwise than the file says. */
export interface Difference {
  readonly setting: SettingKey;
  readonly service: ServiceRole;
  readonly file: Known;
  readonly processes: SettingValue;
}

/** What holds where a file does not set it. The rest depends on versions and machines. */
const DEFAULTS: Readonly<Partial<Record<SettingKey, SettingValue>>> = {
  'db.pool_size': 5,
  'db.max_overflow': 10,
  'db.pool_timeout': 30,
  'db.pool_pre_ping': false,
  'db.pool_recycle': -1,
  'web.workers': 1,
  'celery.pool': 'prefork',
};

export function differencesOf({ current, facts }: Pick<Plan, 'current' | 'facts'>): readonly Difference[] {
  return SETTING_KEYS.flatMap((setting) => {
    const file = leafOf(current, setting);
    return facts.services.flatMap(({ role, settings }) => {
      const processes = isOf(role, setting) ? leafOf(settings, setting) : null;
      if (processes === null || typeof processes === 'object' || agrees(setting, file, processes)) return [];
      return [{ setting, service: role, file, processes }];
    });
  });
}

/** What can't be told of a file is no difference, and neither is a default that nobody knows here. */
function agrees(setting: SettingKey, file: Known, processes: SettingValue): boolean {
  const said = file ?? DEFAULTS[setting] ?? null;
  return said === null || typeof said === 'object' || said === processes;
}
