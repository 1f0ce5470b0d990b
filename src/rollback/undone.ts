import type { Release } from '../journal/history.js';
import { type Found, SETTING_KEYS, type SettingKey } from '../settings.js';

/** What the releases that are taken back, newest first, had changed: from what they left, back to what they found. */
export function undoneSettings(undo: readonly Release[]): { readonly before: Found; readonly after: Found } {
  const oldestFirst = undo.toReversed().flatMap(({ entry }) => entry.changes);
  return {
    before: foundIn(oldestFirst.map(({ setting, to }) => [setting, to])),
    after: foundIn(undo.flatMap(({ entry }) => entry.changes).map(({ setting, from }) => [setting, from])),
  };
}

/** The last of each counts. What could not be told then is not known now. */
function foundIn(changes: readonly (readonly [string, Found[SettingKey] | undefined])[]): Found {
  const known = changes.flatMap(([setting, value]) => {
    const key = SETTING_KEYS.find((each) => each === setting);
    return key === undefined || value === undefined || (typeof value === 'object' && value !== null)
      ? []
      : [[key, value]];
  });
  return Object.fromEntries(known);
}
