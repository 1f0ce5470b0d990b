import type { Known, SettingKey } from '../../settings.js';
import { positionAt } from '../splice.js';
import type { PlacedPosition, Reading } from '../types.js';
import type { SiteValue } from './site.js';

/** What was found in a file, with lines and columns. A setting that stands nowhere has no place. */
export function reading(text: string, found: readonly SiteValue[], file?: string): Reading {
  const where = file === undefined ? {} : { file };
  const values: Partial<Record<SettingKey, Known>> = {};
  const places: Partial<Record<SettingKey, PlacedPosition>> = {};
  for (const { setting, value, at } of found) {
    values[setting] = value;
    if (at !== undefined) places[setting] = { ...positionAt(text, at), ...where };
  }
  return { values, places };
}
