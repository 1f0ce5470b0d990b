import type { SettingKey, SettingValue, Wanted } from '../settings.js';
import type { Bound, Reason } from './sizing.js';

/** A value that a rule came to, and why. */
export interface Choice<T extends SettingValue> {
  readonly value: T;
  readonly because: string;
  readonly bound: Bound;
}

/** A number set by hand; undefined where the key is left to the rules. */
export function numberByHand(overrides: Wanted, key: SettingKey): number | undefined {
  const value = overrides[key];
  return typeof value === 'number' ? value : undefined;
}

/** The rule's choice, unless the setting is set by hand: then that, as it is. */
export function unlessByHand(overrides: Wanted, setting: SettingKey, choice: Choice<SettingValue>): Reason {
  const value = overrides[setting];
  if (value === undefined) return { setting, ...choice };
  return { setting, value, because: 'set by hand, and counted in the budgets as it is', bound: 'override' };
}
