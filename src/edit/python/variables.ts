import { dirname } from 'node:path/posix';
import { Refused } from '../command/refused.js';
import { inEnvFile, type VariableNames } from '../environment/dotenv.js';
import { processVariable } from '../environment/process.js';
import type { Spot, Trace } from '../spot.js';
import type { Surroundings } from '../types.js';
import { importsOf } from './imports.js';
import type { Source } from './source.js';

const MOST_FOLDERS = 12;

/**
 * Where a variable of the environment is set for the project's processes. What the processes are given wins over
 * environment files that the program itself reads, and these over the default, which is only asked for where it counts.
 */
export function traceVariable(
  source: Source,
  variable: VariableNames,
  file: (source: Source, variable: VariableNames) => Spot | string | undefined,
  fallback: () => Trace,
): Trace {
  const { spots, partial, blocked } = processVariable(source.project.around, variable);
  if (blocked !== undefined) return { ok: false, why: blocked };
  if (spots.length > 0 && !partial) return { ok: true, spots };
  const own = file(source, variable);
  if (typeof own === 'string') return { ok: false, why: own };
  const rest: Trace = own === undefined ? fallback() : { ok: true, spots: [own] };
  return rest.ok ? { ok: true, spots: [...spots, ...rest.spots] } : rest;
}

/** The environment files of a settings class: relative names count from the folder the program was started in. */
export function inSettingsFiles(names: readonly string[]) {
  return (source: Source, variable: VariableNames): Spot | string | undefined => {
    for (const name of names.toReversed()) {
      const places = placesFor(source, name).flatMap((path) => inFile(source.project.around, path, variable) ?? []);
      const unread = places.find((one) => typeof one === 'string');
      if (unread !== undefined) return unread;
      const found = places.filter((one) => typeof one !== 'string');
      const [first, second] = found;
      if (second !== undefined) {
        return `${variable.names[0]} is set in several files, and which one is read depends on where the program is started: ${found.map(({ path }) => path).join(', ')}`;
      }
      if (first !== undefined) return first;
    }
    return undefined;
  };
}

/** The `.env` that `load_dotenv()` would find: the nearest above the file. */
export function inLoadedFile(source: Source, variable: VariableNames): Spot | string | undefined {
  const { around } = source.project;
  const nearest = placesFor(source, '.env').find((path) => around.textOf(path) !== null);
  const spot = nearest === undefined ? undefined : inFile(around, nearest, variable);
  if (
    spot === undefined ||
    typeof spot === 'string' ||
    importsOf(source).namesFor(['dotenv.load_dotenv', 'dotenv.main.load_dotenv']).size > 0
  ) {
    return spot;
  }
  return `${nearest} sets ${variable.names[0]}, and nothing in ${source.path} loads it`;
}

/** A file that can't be read may set it: then the reason is the answer. */
function inFile(around: Surroundings, path: string, variable: VariableNames): Spot | string | undefined {
  try {
    return inEnvFile(around, path, variable);
  } catch (error) {
    if (error instanceof Refused) return `${path} can't be read: ${error.refusal.message}`;
    throw error;
  }
}

function placesFor({ path, project }: Source, name: string): readonly string[] {
  if (name.startsWith('/')) return [name];
  const places: string[] = [];
  for (let folder = dirname(path); places.length < MOST_FOLDERS; folder = dirname(folder)) {
    places.push(`${folder === '/' ? '' : folder}/${name.replace(/^(?:\.\/)+/, '')}`);
    if (folder === project.around.root || folder === '/' || folder === '.') break;
  }
  return places;
}
