import { editsBetween } from '../edit/between.js';
import { withoutLayers } from '../edit/layers.js';
import { sha256 } from '../edit/sha256.js';
import { applyByteEdits } from '../edit/splice.js';
import { type Problem, ProblemError } from '../errors.js';
import type { ReleaseFile } from '../journal/entry.js';
import type { FileChain, History, Release } from '../journal/history.js';
import type { FileRole } from '../settings.js';
import type { TargetFile } from '../target/facts.js';

/** A file on its way back. `after` is `null` where the file was created by what is undone. */
export interface FileReturn {
  readonly role: FileRole;
  readonly path: string;
  readonly before: Buffer | null;
  readonly after: Buffer | null;
  readonly mode: string;
  readonly owner: string;
}

export interface RollbackInput {
  readonly history: History;
  /** What is taken back, newest first. */
  readonly undo: readonly Release[];
  /** Each file as it is now, by path. */
  readonly now: ReadonlyMap<string, TargetFile>;
  /** The copies that the releases kept: the version before `release`, by path. `null`: there was no file. */
  readonly copies: ReadonlyMap<string, Buffer | null>;
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

function fileOf(release: Release, path: string): ReleaseFile | undefined {
  return release.entry.files.find((file) => file.path === path);
}

/** Releases that were cut off left each of their files as before or as after; it goes back to before the oldest. */
function abandon(file: ReleaseFile, unfinished: readonly Release[], input: RollbackInput): FileReturn | Problem | null {
  const versions = unfinished.flatMap((release) => fileOf(release, file.path) ?? []);
  const oldest = unfinished.at(-1);
  const original = versions.at(-1) ?? file;
  const now = contentOf(input.now.get(file.path));
  const found = hashOf(now);
  if (found === original.sha256Before) return null;
  const own = versions.some(({ sha256Before, sha256After }) => found === sha256Before || found === sha256After);
  if (oldest === undefined || !own) return drifted(file.path, original.sha256After, found);
  const after = input.copies.get(copyName(oldest.id, file.path)) ?? null;
  return { role: original.role, path: file.path, before: now, after, mode: original.mode, owner: original.owner };
}

function unstack(file: ReleaseFile, input: RollbackInput): FileReturn | Problem | null {
  const chain = input.history.chains.get(file.path);
  const undone = new Set(input.undo.map(({ id }) => id));
  if (chain === undefined || !chain.layers.some((layer) => undone.has(layer.release))) return lost(file.path);
  const now = contentOf(input.now.get(file.path));
  const original = input.copies.get(copyName(chain.base, file.path)) ?? null;
  const layers = layersNow(chain, original, now, input.overDrift ?? false);
  if (layers === null) return drifted(file.path, chain.head, hashOf(now));
  const rest = withoutLayers(layers, undone);
  if (!rest.ok && rest.conflict.by === SOMEBODY) return changedHere(file.path, rest.conflict.release);
  if (!rest.ok) return standsOn(file.path, rest.conflict.release, rest.conflict.by);
  const after = replay(original, rest.layers);
  return { role: file.role, path: file.path, before: now, after, mode: chain.mode, owner: chain.owner };
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

function replay(original: Buffer | null, layers: FileChain['layers']): Buffer | null {
  if (layers.length === 0) return original;
  return layers.reduce((bytes, layer) => applyByteEdits(bytes, layer.edits), original ?? Buffer.alloc(0));
}

function contentOf(file: TargetFile | undefined): Buffer | null {
  return file?.kind === 'file' ? (file.content ?? Buffer.alloc(0)) : null;
}

function hashOf(content: Buffer | null): string | null {
  return content === null ? null : sha256(content);
}

function drifted(file: string, expected: string | null, found: string | null): Problem {
  return {
    code: 'drift',
    message: 'the file was changed since it was applied, and a rollback would lose that change',
    place: { file },
    expected: expected === null ? 'no such file' : `sha256 ${expected}`,
    found: found === null ? 'no such file' : `sha256 ${found}`,
    fix: 'Keep that change and take out only what was applied with --override drift --reason "…"; or take it out (or save it elsewhere), and roll back again.',
  };
}

function changedHere(file: string, release: number): Problem {
  return {
    code: 'drift',
    message: `the file was changed since in the very place that release ${release} changed, or right beside it`,
    place: { file },
    expected: 'changes that stand apart from what is taken out',
    fix: 'Take out by hand what was applied, comparing the file with the copies in the release folder.',
  };
}

function standsOn(file: string, release: number, by: number): Problem {
  return {
    code: 'order',
    message: `release ${by} changed the same place after release ${release}`,
    place: { file },
    fix: `Roll back release ${by} first: action-tune rollback --to ${by - 1}.`,
  };
}

function lost(file: string): Problem {
  return {
    code: 'drift',
    message: 'the file was changed by hand between two releases, so this one can no longer be taken out alone',
    place: { file },
    fix: 'Put the copy in the release folder back by hand, after comparing it with the file.',
  };
}
