import { sha256 } from '../edit/sha256.js';
import { applyByteEdits } from '../edit/splice.js';
import type { ReleaseFile } from '../journal/entry.js';
import type { FileChain, History, Release } from '../journal/history.js';
import type { TargetFile } from '../target/facts.js';

export function fileOf(release: Pick<Release, 'entry'>, path: string): ReleaseFile | undefined {
  return release.entry.files.find((file) => file.path === path);
}

export function hashBefore(path: string, base: number, { releases }: History): string | null {
  const first = releases.find(({ id }) => id === base);
  return (first && fileOf(first, path)?.sha256Before) ?? null;
}

/** The release whose `after` copy is the file as it should be. */
export function lastWriter(path: string, { releases }: History): number {
  return releases.findLast((release) => release.state === 'applied' && fileOf(release, path) !== undefined)?.id ?? 0;
}

export function replay(original: Buffer | null, layers: FileChain['layers']): Buffer | null {
  if (layers.length === 0) return original;
  return layers.reduce((bytes, layer) => applyByteEdits(bytes, layer.edits), original ?? Buffer.alloc(0));
}

export function contentOf(file: TargetFile | undefined): Buffer | null {
  return file?.kind === 'file' ? (file.content ?? Buffer.alloc(0)) : null;
}

export function hashOf(content: Buffer | null): string | null {
  return content === null ? null : sha256(content);
}
