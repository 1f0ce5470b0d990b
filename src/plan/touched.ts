import type { Found, Known, SettingKey } from '../settings.js';
import type { Touched } from './activate/situation.js';
import type { Change, FilePlan } from './plan.js';

/** What a stage does to its files. */
export function touchedOf(files: readonly FilePlan[]): readonly Touched[] {
  return files.map(({ role, path, created }) => ({ role, path, effect: created ? 'created' : 'changed' }));
}

/** What a stage changes, before and after. */
export function settingsOf(changes: readonly Change[]): { readonly before: Found; readonly after: Found } {
  const side = (value: (change: Change) => Known): Found =>
    Object.fromEntries(changes.map((change): [SettingKey, Known] => [change.setting, value(change)]));
  return { before: side(({ from }) => from), after: side(({ to }) => to) };
}
