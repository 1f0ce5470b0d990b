import { normalize } from 'node:path/posix';

/** A path as seen from a folder. */
export function below(folder: string, name: string): string {
  return normalize(name.startsWith('/') ? name : `${folder}/${name}`).replace(/(?<=.)\/$/, '');
}
