import type { Found, Known, SettingKey, SettingValue } from '../settings.js';

/** What releases have set, with the number of each. */
export type Released = ReadonlyMap<SettingKey, { readonly value: SettingValue; readonly release: number }>;

/** A setting that a release in force has set, and of which the files that count now say something else. */
export interface Overridden {
  readonly setting: SettingKey;
  readonly release: number;
  readonly applied: SettingValue;
  readonly now: Known;
  /** The file that decides it now. */
  readonly file: string | null;
}

export function overriddenSettings(
  released: Released,
  files: Found,
  places: Readonly<Partial<Record<SettingKey, string>>>,
): readonly Overridden[] {
  return [...released].flatMap(([setting, { value, release }]) => {
    const now = files[setting] ?? null;
    return now === value ? [] : [{ setting, release, applied: value, now, file: places[setting] ?? null }];
  });
}

/** What the processes should have: what was applied, also where something overrides it since; else what the files say. */
export function expectedSettings(released: Released, files: Found): Found {
  return { ...files, ...Object.fromEntries([...released].map(([setting, { value }]) => [setting, value])) };
}

export function sayOverridden({ applied, release, now, file }: Overridden): string {
  const said = now === null ? 'not set' : typeof now === 'object' ? `not known: ${now.unresolved}` : String(now);
  return `${applied} was applied by release ${release}, and ${file ?? 'its file'} decides now: ${said}`;
}
