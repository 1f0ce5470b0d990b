import { SETTING_KEYS, type SettingKey, type SettingValue, STAGES, type StageName } from '../settings.js';
import { appliedReleases, type History, type Release } from './history.js';

/** A value that a release in force has set. */
export interface Applied {
  readonly value: SettingValue;
  readonly release: number;
}

/** What the releases in force have set, of all stages; the newest counts. */
export function appliedSettings(history: History): ReadonlyMap<SettingKey, Applied> {
  return new Map(STAGES.flatMap((stage) => releasesBehind(history, stage).flatMap(changesOf)));
}

/**
 * The newest release of a stage, and those that it was built on, oldest first. What somebody else changed in between was
 * accepted by the newest: releases from before that say nothing any more.
 */
function releasesBehind(history: History, stage: StageName): readonly Release[] {
  const own = appliedReleases(history).filter(({ entry }) => entry.stages.includes(stage));
  const [newest] = own;
  const chains = newest?.entry.files.map(({ path }) => history.chains.get(path)) ?? [];
  const below = new Set(chains.flatMap((chain) => chain?.layers.map(({ release }) => release) ?? []));
  return own.filter((release) => release === newest || below.has(release.id)).toReversed();
}

function changesOf({ id, entry }: Release): readonly (readonly [SettingKey, Applied])[] {
  return entry.changes.flatMap(({ setting, to }) => {
    const key = SETTING_KEYS.find((known) => known === setting);
    if (key === undefined || to === null || typeof to === 'object') return [];
    return [[key, { value: to, release: id }] as const];
  });
}
