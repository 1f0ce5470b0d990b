import { ROLES } from '../settings.js';
import type { TargetFacts, TargetFile } from './facts.js';

/** Several files may have one role; a path is one file. */
export function fileAt({ files }: Pick<TargetFacts, 'files'>, path: string): TargetFile | undefined {
  return [...files.values()].find((file) => file.path === path);
}

/** The compose files of the stack, in the order in which they override each other; the one that was named, if they do not know it. */
export function composeFiles({ files }: Pick<TargetFacts, 'files'>): readonly TargetFile[] {
  const named = files.get('compose');
  const together = [...files].filter(([key]) => key.startsWith('compose:')).map(([, file]) => file);
  if (named === undefined || together.some(({ path }) => path === named.path)) return together;
  return [named];
}

/** Under what name a file is kept that has no role of its own: the path that was asked for, which may be a link. */
export function otherKey(path: string): string {
  return `other:${path}`;
}

/** A file by its real path, or by the path under which it was asked for. */
export function knownFile(facts: Pick<TargetFacts, 'files'>, path: string): TargetFile | undefined {
  return facts.files.get(otherKey(path)) ?? fileAt(facts, path);
}

/** None of the project's files is where it was looked for, not even one that can't be read. */
export function holdsNothing({ files }: Pick<TargetFacts, 'files'>): boolean {
  return ROLES.every((role) => (files.get(role)?.kind ?? 'missing') === 'missing');
}
