import type { Known, SettingKey } from '../../settings.js';
import { positionAt } from '../splice.js';
import type { PlacedPosition, Reading } from '../types.js';
import { readSite, type Site, type SiteValue } from './site.js';

/** What was found in a file, with lines and columns. A setting that stands nowhere has no place. */
export function reading(text: string, found: readonly SiteValue[], file?: string): Reading {
  const where = file === undefined ? {} : { file };
  const values: Partial<Record<SettingKey, Known>> = {};
  const places: Partial<Record<SettingKey, PlacedPosition>> = {};
  for (const { setting, value, at, place } of found) {
    values[setting] = value;
    if (place !== undefined) places[setting] = place;
    else if (at !== undefined) places[setting] = { ...positionAt(text, at), ...where };
  }
  return { values, places };
}

/** What a site says, with places in its own file, or in that of the editor at `path`. */
export function siteReading(text: string, site: Site, path: string): Reading {
  const { file } = site;
  const read = reading(file?.text ?? text, readSite(site), file?.path);
  const places = Object.entries(read.places).map(([setting, { file: other, ...at }]) => [
    setting,
    other === undefined || other === path ? at : { ...at, file: other },
  ]);
  return { ...read, places: Object.fromEntries(places) };
}
