import { dirname } from 'node:path/posix';
import type { Source } from './source.js';

const MOST_FOLDERS = 12;

/**
 * The file of a module, as `source` would import it; `null` where it is not in the project.
 * `name` begins with dots where the import is relative.
 */
export function moduleFile(source: Source, name: string): Source | null {
  const dots = /^\.+/.exec(name)?.[0].length ?? 0;
  const segments = name
    .slice(dots)
    .split('.')
    .filter((segment) => segment !== '');
  const folders = dots > 0 ? [above(source.path, dots)] : importRoots(source, segments[0] ?? '');
  const found = folders.flatMap((folder) => fileIn(source, folder, segments) ?? []);
  return found[0] ?? null;
}

function fileIn(source: Source, folder: string, segments: readonly string[]): Source | null {
  const base = [folder.replace(/\/$/, ''), ...segments].join('/');
  const places = segments.length === 0 ? [`${base}/__init__.py`] : [`${base}.py`, `${base}/__init__.py`];
  // All are asked for, so that one round trip brings all.
  const opened = places.filter((place) => source.project.around.textOf(place) !== null);
  return opened[0] === undefined ? null : source.project.open(opened[0]);
}

/** One dot is the folder of the file itself, each further one its parent. */
function above(path: string, dots: number): string {
  let folder = dirname(path);
  for (let step = 1; step < dots; step += 1) folder = dirname(folder);
  return folder;
}

/** The folders in which Python may look: the one above the package that the file is in, else all up to the project's. */
function importRoots({ path, project }: Source, top: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folders.length < MOST_FOLDERS; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === project.around.root || folder === '/' || folder === '.') break;
  }
  const own = folders.filter((folder) => path.startsWith(`${folder === '/' ? '' : folder}/${top}/`));
  return own.length > 0 ? own : folders;
}
