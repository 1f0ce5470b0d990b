import { sha256 } from '../edit/sha256.js';
import type { TargetFile } from '../target/facts.js';
import type { History } from './history.js';

/** A file that is not as the tool left it. */
export interface Drift {
  readonly path: string;
  readonly expected: string | null;
  readonly found: string | null;
}

/** Compares what the journal says with what is there. Files that were not looked at are not judged. */
export function driftOf(history: History, files: ReadonlyMap<string, TargetFile>): readonly Drift[] {
  const found = new Map([...files.values()].map((file) => [file.path, file]));
  return [...history.chains].flatMap(([path, chain]) => {
    const file = found.get(path);
    if (file === undefined || file.kind === 'unreadable') return [];
    const now = file.content === null ? null : sha256(file.content);
    return now === chain.head ? [] : [{ path, expected: chain.head, found: now }];
  });
}
