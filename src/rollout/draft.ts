import { sha256 } from '../edit/sha256.js';
import type { ReleaseFile, StartedEntry } from '../journal/entry.js';
import type { Activation } from '../plan/activate/activation.js';
import type { FileRole } from '../settings.js';

/** A file of a release, with both versions of its bytes. `null`: not there. */
export interface DraftFile {
  readonly role: FileRole;
  readonly path: string;
  readonly before: Buffer | null;
  readonly after: Buffer | null;
  readonly attributes: { readonly before: Attributes; readonly after: Attributes };
  readonly edits: ReleaseFile['edits'];
}

/** Octal mode and `uid:gid`. */
export interface Attributes {
  readonly mode: string;
  readonly owner: string;
}

/** A release that is ready to be carried out: everything the target needs, with nothing left to decide. */
export interface Draft {
  readonly id: number;
  readonly entry: StartedEntry;
  readonly files: readonly DraftFile[];
  readonly activation: Activation;
}

/** The journal's time is the target's: it is filled in there. */
export const AT_PLACEHOLDER = '@AT@';

export function releaseFiles(files: readonly DraftFile[]): ReleaseFile[] {
  return files.map(({ role, path, before, after, attributes, edits }) => ({
    role,
    path,
    sha256Before: before === null ? null : sha256(before),
    sha256After: after === null ? null : sha256(after),
    ...attributes.before,
    edits,
  }));
}

/** Where a release keeps its copy of a file: the same path below `before/` or `after/`. */
export function copyPath(path: string): string {
  return path.replace(/^\/+/, '');
}

/** As the target compares it: the digest of what is there. */
export function shaOf(content: Buffer | null): string {
  return content === null ? 'absent' : sha256(content);
}
