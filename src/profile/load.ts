import { join } from 'node:path';
import type { Overlay } from '../document/overlay.js';
import { fail, type Problem } from '../errors.js';
import { parseProfile } from './parse.js';
import type { Profile } from './profile.js';

/** The file system as this room needs it. Both reject as Node's own functions do. */
export interface ProfileEdges {
  readFile(path: string): Promise<string>;
  listDir(path: string): Promise<readonly string[]>;
  /** The folder of the profiles that come with the package. */
  readonly shippedDir: string;
}

const EXTENSION = /\.ya?ml$/i;

/** A shipped profile by its bare name, or a file by its path. Throws `profile` problems. */
export async function loadProfile(
  nameOrPath: string,
  edges: ProfileEdges,
  overlay: Overlay = new Map(),
): Promise<Profile> {
  const isFile = /[/\\]/.test(nameOrPath) || EXTENSION.test(nameOrPath);
  if (isFile) return parseProfile(await read(nameOrPath, edges), nameOrPath, overlay);
  const names = await listProfiles(edges);
  if (!names.includes(nameOrPath)) fail(unknownName(nameOrPath, names));
  const file = shippedFile(nameOrPath, edges);
  return parseProfile(await read(file, edges), file, overlay);
}

/** The names of the shipped profiles, sorted. */
export async function listProfiles({ listDir, shippedDir }: ProfileEdges): Promise<readonly string[]> {
  const files = await listDir(shippedDir);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace(EXTENSION, ''))
    .sort();
}

function shippedFile(name: string, { shippedDir }: ProfileEdges): string {
  return join(shippedDir, `${name}.yaml`);
}

async function read(file: string, edges: ProfileEdges): Promise<string> {
  try {
    return await edges.readFile(file);
  } catch (error) {
    return fail(unreadable(file, error));
  }
}

function unreadable(file: string, error: unknown): Problem {
  const cause = (error as { code?: string }).code ?? 'unknown cause';
  return {
    code: 'profile',
    message: cause === 'ENOENT' ? `there is no profile ${file}` : `the profile ${file} can't be read (${cause})`,
    place: { file },
    expected: 'a profile that can be read',
    fix: 'Give --profile the name of a shipped profile or the path of a readable file; `action-tune profiles` lists them',
  };
}

function unknownName(name: string, names: readonly string[]): Problem {
  return {
    code: 'profile',
    message: `there is no profile named '${name}'`,
    expected: `one of ${names.join(', ')}, or a path such as ./${name}.yaml`,
    found: name,
    fix: 'Give --profile one of these names, or the path of your own file',
    details: names,
  };
}
