import type { Known, SettingKey } from '../../settings.js';
import { positionAt } from '../splice.js';
import type { Position, Reading } from '../types.js';
import type { SiteValue } from './site.js';

/** What was found, with lines and columns. A setting that stands nowhere has no place. */
export function reading(text: string, found: readonly SiteValue[]): Reading {
  const values: Partial<Record<SettingKey, Known>> = {};
  const places: Partial<Record<SettingKey, Position>> = {};
  for (const { setting, value, at } of found) {
    values[setting] = value;
    if (at !== undefined) places[setting] = positionAt(text, at);
  }
  return { values, places };
}
