import { type Layer, withoutLayers } from '../edit/layers.js';
import type { StageName } from '../settings.js';
import type { JournalEntry, OutcomeEntry, ReleaseFile, StartedEntry } from './entry.js';

/** `unfinished`: begun and never ended, or ended with something left; it must be put back before anything else. */
export type ReleaseState = 'unfinished' | 'applied' | 'put-back' | 'undone';

export interface Release {
  readonly id: number;
  readonly entry: StartedEntry;
  readonly state: ReleaseState;
  /** It failed, because its services were not well; its files are in force all the same, as those of a way back are. */
  readonly unwell: boolean;
  /** When that became so, RFC 3339 UTC. */
  readonly since: string;
}

/** What the tool knows to stand in a file: the version before its first release, and what each release changed since. */
export interface FileChain {
  /** The release whose `before` copy is the version that the layers start from. */
  readonly base: number;
  readonly layers: readonly Layer[];
  readonly head: string | null;
  /** Attributes of the file before its first release. */
  readonly mode: string;
  readonly owner: string;
  /** It holds what somebody else wrote, too, which a way back has left there: nothing can be stacked upon the layers. */
  readonly mixed?: true;
}

export interface History {
  readonly releases: readonly Release[];
  readonly chains: ReadonlyMap<string, FileChain>;
}

interface Fold {
  readonly releases: Map<number, Release>;
  readonly chains: Map<string, FileChain>;
  /** The chains as they were before each release, for one that is reverted by hand. */
  readonly before: Map<number, ReadonlyMap<string, FileChain>>;
}

/** What the journal adds up to. */
export function readHistory(entries: readonly JournalEntry[]): History {
  const fold: Fold = { releases: new Map(), chains: new Map(), before: new Map() };
  for (const entry of entries) {
    if (entry.event === 'started') begin(fold, entry);
    else end(fold, entry);
  }
  return { releases: [...fold.releases.values()], chains: fold.chains };
}

/** Releases in force, newest first. */
export function appliedReleases(history: History): readonly Release[] {
  return history.releases
    .filter((release) => release.state === 'applied' && release.entry.kind === 'apply')
    .toReversed();
}

/** Releases that were cut off, newest first. They are put back together, before anything else. */
export function unfinishedReleases(history: History): readonly Release[] {
  return history.releases.filter((release) => release.state === 'unfinished').toReversed();
}

/** The newest release in force that changed a stage. */
export function releaseOf(history: History, stage: StageName): Release | undefined {
  return appliedReleases(history).find((release) => release.entry.stages.includes(stage));
}

function begin(fold: Fold, entry: StartedEntry): void {
  fold.releases.set(entry.release, { id: entry.release, entry, state: 'unfinished', unwell: false, since: entry.at });
}

function end(fold: Fold, { event, release: id, at }: OutcomeEntry): void {
  if (event === 'reset') reset(fold, at);
  const release = fold.releases.get(id);
  if (release === undefined) return;
  if (event === 'applied' || event === 'unwell') settle(fold, release, at, event === 'unwell');
  else if (event === 'reverted' || event === 'expired') revert(fold, release, at);
  else if (event === 'put-back') putBack(fold, release, at);
  else if (event === 'stuck') mark(fold, id, 'unfinished', at);
}

/** Somebody went back to the untouched original by hand. */
function reset(fold: Fold, at: string): void {
  fold.chains.clear();
  for (const { id, state } of fold.releases.values()) {
    if (state === 'applied' || state === 'unfinished') mark(fold, id, 'undone', at);
  }
}

/** Also a release that was applied already is put back, when a later one of the same run fails. */
function putBack(fold: Fold, release: Release, at: string): void {
  revert(fold, release, at);
  mark(fold, release.id, 'put-back', at);
}

function mark(fold: Fold, id: number, state: ReleaseState, since: string): void {
  const release = fold.releases.get(id);
  if (release !== undefined) fold.releases.set(id, { ...release, state, since });
}

/** What was in force already only became well. */
function settle(fold: Fold, release: Release, at: string, unwell: boolean): void {
  const { id, entry } = release;
  fold.releases.set(id, { ...release, unwell });
  if (release.state === 'applied') return;
  fold.before.set(id, new Map(fold.chains));
  for (const file of entry.files) {
    if (entry.kind === 'apply') stack(fold.chains, id, file);
    else unstack(fold.chains, entry, file);
  }
  mark(fold, id, 'applied', at);
  for (const undone of entry.undoes) {
    mark(fold, undone, fold.releases.get(undone)?.state === 'unfinished' ? 'put-back' : 'undone', at);
  }
}

/** A file that somebody else changed since starts a new chain: what lies below can no longer be taken out. */
function stack(chains: Map<string, FileChain>, id: number, file: ReleaseFile): void {
  const known = chains.get(file.path);
  const layer = { release: id, edits: file.edits };
  const chain =
    known?.head === file.sha256Before && known.mixed !== true
      ? { ...known, layers: [...known.layers, layer] }
      : { base: id, layers: [layer], mode: file.mode, owner: file.owner };
  chains.set(file.path, { ...chain, head: file.sha256After });
}

function unstack(chains: Map<string, FileChain>, { undoes, overrides }: StartedEntry, file: ReleaseFile): void {
  const known = chains.get(file.path);
  if (known === undefined) return;
  const rest = withoutLayers(known.layers, new Set(undoes));
  const mixed = overrides.some(({ gate }) => gate === 'drift') || known.mixed === true;
  if (!rest.ok || rest.layers.length === 0) chains.delete(file.path);
  else chains.set(file.path, { ...known, layers: rest.layers, head: file.sha256After, ...(mixed && { mixed }) });
}

/** What was never in force leaves nothing to take out of the chains; what was, and is unfinished, stuck on its way back. */
function revert(fold: Fold, { id, entry, state }: Release, at: string): void {
  const before = fold.before.get(id);
  if (state === 'unfinished' && before === undefined) mark(fold, id, 'put-back', at);
  if (before === undefined || (state !== 'applied' && state !== 'unfinished')) return;
  for (const { path } of entry.files) {
    const chain = before.get(path);
    if (chain === undefined) fold.chains.delete(path);
    else fold.chains.set(path, chain);
  }
  mark(fold, id, 'undone', at);
  for (const undone of entry.undoes) mark(fold, undone, 'applied', at);
}
