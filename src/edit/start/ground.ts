import { normalize } from 'node:path/posix';
import { LARGEST_UNIT } from '../bounds.js';
import { neighbourText } from '../command/neighbour.js';
import type { InFile } from '../command/refused.js';
import type { Surroundings } from '../types.js';

/** Where a command runs: how the paths that it names lead to files of the target. */
export interface Ground {
  /** The folder that relative names count from, as the command sees it; `null` where that is not known. */
  readonly folder: string | null;
  /** Where the file of an absolute path may lie on the target, the likeliest first; none where it can't be seen from there. */
  places(path: string): readonly string[];
  readonly around: Surroundings;
}

/**
 * A file that is there, under the first of its names. All are asked for, so that one round trip brings all.
 * @throws {Refused} where it is larger than what is read
 */
export function openAt(ground: Ground, names: readonly string[]): InFile | undefined {
  const places = names.flatMap((name) => {
    const path = absolute(ground, name);
    return path === null ? [] : ground.places(path);
  });
  const [path] = places.filter((place) => ground.around.textOf(place) !== null);
  const text = path === undefined ? null : neighbourText(ground.around, path, LARGEST_UNIT);
  return path === undefined || text === null ? undefined : { path, text };
}

/** A quarter of what Linux takes, and more than anybody writes. */
const LONGEST_PATH = 1024;

function absolute({ folder }: Ground, name: string): string | null {
  if (name.length + (folder?.length ?? 0) > LONGEST_PATH) return null;
  if (name.startsWith('/')) return normalize(name);
  return folder === null ? null : normalize(`${folder}/${name}`);
}

/** The same ground seen from another folder. */
export function movedTo(ground: Ground, name: string | null): Ground {
  return { ...ground, folder: name === null ? null : absolute(ground, name) };
}
