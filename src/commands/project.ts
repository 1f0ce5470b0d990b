import { basename, dirname } from 'node:path';
import { filePaths, type TargetSpec } from '../target/spec.js';
import type { Edges } from './edges.js';

/** The nearest folder, here or upwards, with a file at its usual place. Looks no higher than the repository or home. */
export async function findProject(
  folder: string,
  files: TargetSpec['files'],
  edges: Pick<Edges, 'files' | 'home'>,
): Promise<string | null> {
  if (await holdsProject(folder, files, edges)) return folder;
  const parent = dirname(folder);
  if (parent === folder || folder === edges.home || (await isThere(`${folder}/.git`, edges))) return null;
  return findProject(parent, files, edges);
}

async function holdsProject(folder: string, files: TargetSpec['files'], edges: Pick<Edges, 'files'>): Promise<boolean> {
  const inside = Object.values(filePaths({ files }, folder)).filter((path) => path.startsWith(`${folder}/`));
  const found = await Promise.all(inside.map((path) => isThere(path, edges)));
  return found.includes(true);
}

async function isThere(path: string, { files }: Pick<Edges, 'files'>): Promise<boolean> {
  const names = await files.listDir(dirname(path)).catch((): readonly string[] => []);
  return names.includes(basename(path));
}
