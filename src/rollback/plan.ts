import { editsBetween } from '../edit/between.js';
import { withoutLayers } from '../edit/layers.js';
import { type Problem, ProblemError } from '../errors.js';
import type { ReleaseFile } from '../journal/entry.js';
import type { FileChain, History, Release } from '../journal/history.js';
import type { FileRole } from '../settings.js';
import type { TargetFile } from '../target/facts.js';
import { changedHere, copyLost, deleted, drifted, lost, standsOn } from './problems.js';
import { contentOf, fileOf, hashBefore, hashOf, lastWriter, replay } from './versions.js';

/** A file on its way back. `after` is `null` where the file was created by what is undone. */
export interface FileReturn {
  readonly role: FileRole;
  readonly path: string;
  readonly before: Buffer | null;
  readonly after: Buffer | null;
  readonly mode: string;
  readonly owner: string;
  /** What the releases had left there, where somebody has put the file back by hand meanwhile; `null`: that is lost. */
  readonly left?: Buffer | null;
}

export interface RollbackInput {
  readonly history: History;
  /** What is taken back, newest first. */
  readonly undo: readonly Release[];
  /** Each file as it is now, by path. */
  readonly now: ReadonlyMap<string, TargetFile>;
  /** The copies that the releases kept: the version before `release`, by path. `null`: there was no file. */
  readonly copies: ReadonlyMap<string, Buffer | null>;
  /** The folder of all releases' state on the target. */
  readonly state: string;
  /** What somebody else changed since stays, where it stands apart from what is taken out. */
  readonly overDrift?: boolean;
}

/** Stands above all releases: what somebody else changed. */
const SOMEBODY = Number.POSITIVE_INFINITY;

/** The name under which `copies` holds the version of a file before a release. @internal Exported for its tests. */
export function copyName(release: number, path: string): string {
  return `${release}:${path}`;
}

/** The release whose copy each file goes back from. */
export function neededCopies(
  history: History,
  undo: readonly Release[],
): ReadonlyMap<string, { release: number; file: ReleaseFile }> {
  const needed = new Map<string, { release: number; file: ReleaseFile }>();
  for (const { id, state, entry } of undo) {
    for (const file of entry.files) {
      const base = state === 'unfinished' ? id : history.chains.get(file.path)?.base;
      if (base !== undefined) needed.set(copyName(base, file.path), { release: base, file });
    }
  }
  return needed;
}

/**
 * Each file without the bytes of the releases that are undone, and with those of all others.
 * @throws ProblemError `drift` when somebody else changed a file since, `order` when a newer release stands on the same bytes.
 */
export function planReturn(input: RollbackInput): readonly FileReturn[] {
  const files = new Map(input.undo.toReversed().flatMap(({ entry }) => entry.files.map((file) => [file.path, file])));
  const results = [...files.values()].map((file) => returnOf(file, input));
  const problems = results.filter((result): result is Problem => result !== null && 'code' in result);
  if (problems.length > 0) throw new ProblemError(...problems);
  return results.filter((result): result is FileReturn => result !== null && !('code' in result));
}

function returnOf(file: ReleaseFile, input: RollbackInput): FileReturn | Problem | null {
  const unfinished = input.undo.filter((release) => release.state === 'unfinished' && fileOf(release, file.path));
  return unfinished.length === 0 ? unstack(file, input) : abandon(file, unfinished, input);
}

/** Releases that were cut off left each of their files as before or as after; it goes back to before the oldest. */
function abandon(file: ReleaseFile, unfinished: readonly Release[], input: RollbackInput): FileReturn | Problem | null {
  const versions = unfinished.flatMap((release) => fileOf(release, file.path) ?? []);
  const oldest = unfinished.at(-1);
  const original = versions.at(-1) ?? file;
  const now = contentOf(input.now.get(file.path));
  const found = hashOf(now);
  if (oldest === undefined || found === original.sha256Before) return null;
  const after = input.copies.get(copyName(oldest.id, file.path)) ?? null;
  if (hashOf(after) !== original.sha256Before) {
    return copyLost(file.path, oldest.id, original.sha256Before, hashOf(after), input.state);
  }
  const own = versions.some(({ sha256Before, sha256After }) => found === sha256Before || found === sha256After);
  const kept = own ? after : beside(file.path, unfinished, after, now, input);
  if (kept !== null && 'code' in kept) return kept;
  return { role: original.role, path: file.path, before: now, after: kept, mode: original.mode, owner: original.owner };
}

/** What somebody else wrote since into a file that was cut off after it was written, without what was written before that. */
function beside(
  path: string,
  unfinished: readonly Release[],
  original: Buffer | null,
  now: Buffer | null,
  { state, overDrift }: RollbackInput,
): Buffer | null | Problem {
  const newest = unfinished[0]?.id ?? 0;
  const written = unfinished.toReversed().flatMap(({ id, entry }): FileChain['layers'] => {
    const edits = fileOf({ entry }, path)?.edits;
    return edits === undefined ? [] : [{ release: id, edits }];
  });
  const head = unfinished.flatMap((release) => fileOf(release, path) ?? [])[0]?.sha256After ?? null;
  if (now === null) return deleted(path, head, newest, state);
  const stacks = unfinished.every(({ entry }) => entry.kind === 'apply');
  if (overDrift !== true || !stacks) return drifted(path, head, hashOf(now), stacks);
  const edits = editsBetween(replay(original, written) ?? Buffer.alloc(0), now);
  if (edits === null) return drifted(path, head, hashOf(now), false);
  const rest = withoutLayers([...written, { release: SOMEBODY, edits }], new Set(unfinished.map(({ id }) => id)));
  return rest.ok ? replay(original, rest.layers) : changedHere(path, rest.conflict.release, newest, state);
}

/** A file with layers, some of which are to go. */
interface Stacked {
  readonly path: string;
  readonly chain: FileChain;
  readonly undone: ReadonlySet<number>;
  readonly now: Buffer | null;
  /** The copy of the version below all layers, where it is what it was; `wanted` is its hash. */
  readonly original: Buffer | null;
  readonly whole: boolean;
  readonly wanted: string | null;
}

function unstack({ path, role }: ReleaseFile, input: RollbackInput): FileReturn | Problem | null {
  const chain = input.history.chains.get(path);
  const undone = new Set(input.undo.map(({ id }) => id));
  if (chain === undefined || !chain.layers.some((layer) => undone.has(layer.release))) return lost(path);
  const now = contentOf(input.now.get(path));
  const copy = input.copies.get(copyName(chain.base, path)) ?? null;
  const wanted = hashBefore(path, chain.base, input.history);
  const whole = hashOf(copy) === wanted;
  const stacked: Stacked = { path, chain, undone, now, original: whole ? copy : null, whole, wanted };
  const about = { role, path, before: now, mode: chain.mode, owner: chain.owner };
  if (isBack(stacked)) return { ...about, after: now, left: whole ? replay(copy, chain.layers) : null };
  if (!whole) return copyLost(path, chain.base, wanted, hashOf(copy), input.state);
  const taken = takeOut(stacked, input);
  return 'code' in taken ? taken : { ...about, ...taken };
}

function takeOut({ path, chain, undone, now, original }: Stacked, { history, overDrift, state }: RollbackInput) {
  const head = lastWriter(path, history);
  if (now === null) return deleted(path, chain.head, head, state);
  const layers = layersNow(chain, original, now, overDrift ?? false);
  if (layers === null) return drifted(path, chain.head, hashOf(now), overDrift !== true);
  const rest = withoutLayers(layers, undone);
  if (rest.ok) return { after: replay(original, rest.layers) };
  const { release, by } = rest.conflict;
  return by === SOMEBODY ? changedHere(path, release, head, state) : standsOn(path, release, by);
}

/** Somebody has made the file by hand what it is to be: then only the services and the journal are left. */
function isBack({ chain, undone, original, whole, wanted, now }: Stacked): boolean {
  const found = hashOf(now);
  const rest = withoutLayers(chain.layers, undone);
  if (found === chain.head || !rest.ok) return false;
  // Also one that a release created, and that is gone; one that was there before is not known to be wanted away.
  if (now === null) return rest.layers.length === 0 && wanted === null;
  if (rest.layers.length === 0) return found === wanted;
  return whole && found === hashOf(replay(original, rest.layers));
}

/** With the changes of somebody else on top, where that is wanted; `null` where the file is not what the releases made of it. */
function layersNow(
  chain: FileChain,
  original: Buffer | null,
  now: Buffer | null,
  overDrift: boolean,
): FileChain['layers'] | null {
  const made = replay(original, chain.layers);
  const found = hashOf(now);
  // An earlier way back may have left what somebody else wrote: then the head is right, and what the layers make is not all.
  if (found === chain.head && found === hashOf(made)) return chain.layers;
  if (!overDrift || made === null || now === null) return null;
  const edits = editsBetween(made, now);
  return edits === null ? null : [...chain.layers, { release: SOMEBODY, edits }];
}
