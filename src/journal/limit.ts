import type { StartedEntry } from './entry.js';
import type { History } from './history.js';

/** The database's limit as a release found it. `at`: RFC 3339 UTC. */
export type RecordedLimit = NonNullable<StartedEntry['database']> & { readonly at: string; readonly release: number };

/** The newest limit that was measured, for when the database can't be asked. What became of the release does not matter. */
export function recordedLimit({ releases }: History): RecordedLimit | null {
  const newest = releases.findLast(({ entry }) => entry.database !== undefined);
  if (newest?.entry.database === undefined) return null;
  return { ...newest.entry.database, at: newest.entry.at, release: newest.id };
}
