import type { Basis } from '../profile/profile.js';
import type { Found, SettingKey, SettingValue, Wanted } from '../settings.js';
import type { Bound, Reason } from './sizing.js';

/** A value that a rule or the model came to, and why. */
export interface Choice<T extends SettingValue> {
  readonly value: T;
  readonly because: string;
  readonly bound: Bound;
  /** By rule where it does not say. */
  readonly basis?: Basis;
  /** Where more than one value is right: any that this accepts is left as it is. */
  readonly accepts?: (value: number) => boolean;
}

/** A number set by hand; undefined where the key is left to the rules. */
export function numberByHand(overrides: Wanted, key: SettingKey): number | undefined {
  const value = overrides[key];
  return typeof value === 'number' ? value : undefined;
}

/** What is set by hand, else what is there and right already, else what was chosen. */
export function settledOn(
  overrides: Wanted,
  current: Found,
  setting: SettingKey,
  { accepts, ...choice }: Choice<SettingValue>,
): Reason {
  const basis = choice.basis ?? 'rule';
  const byHand = overrides[setting];
  if (byHand !== undefined) {
    const because = 'set by hand, and counted in the budgets as it is';
    return { setting, value: byHand, because, bound: 'override', basis };
  }
  const there = current[setting];
  if (typeof there === 'number' && there !== choice.value && accepts?.(there) === true) {
    const because = `already right, and left as it is; ${choice.value} would be set otherwise`;
    return { setting, value: there, because, bound: 'current', basis };
  }
  return { setting, ...choice, basis };
}
