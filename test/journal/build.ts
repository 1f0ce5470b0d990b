import type { JournalEntry, OutcomeEntry, ReleaseFile, StartedEntry } from '../../src/journal/entry.js';

/** A `started` entry with everything that a test does not care about filled in. */
export function started(release: number, over: Partial<StartedEntry> = {}): StartedEntry {
  return {
    schema: 1,
    at: `2026-01-0${release}T00:00:00Z`,
    event: 'started',
    release,
    kind: 'apply',
    stages: ['db-pool'],
    by: 'ana@desk',
    root: '/root/Action',
    runtime: 'custom',
    undoes: [],
    overrides: [],
    changes: [],
    files: [],
    ...over,
  };
}

export function ended(release: number, event: OutcomeEntry['event']): OutcomeEntry {
  return { schema: 1, at: `2026-02-0${release}T00:00:00Z`, event, release };
}

export function file(
  path: string,
  before: string | null,
  after: string | null,
  edits: ReleaseFile['edits'] = [],
): ReleaseFile {
  return { role: 'compose', path, sha256Before: before, sha256After: after, mode: '644', owner: '0:0', edits };
}

export function lines(entries: readonly JournalEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
