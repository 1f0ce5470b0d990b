import { isScalar, isSeq } from 'yaml';
import { Refused } from '../command/refused.js';
import { behind, entryIn, envFilesOf } from '../compose/environment.js';
import { fieldOf } from '../compose/fields.js';
import { dotenvOf, type Layer } from '../compose/layer.js';
import { allLayers } from '../compose/layers.js';
import type { Spot } from '../spot.js';
import { unitVariable } from '../systemd/service.js';
import type { Surroundings } from '../types.js';
import { inEnvFile, isNamed, type VariableNames } from './dotenv.js';

/** What the definitions of the processes say of a variable. */
export interface ProcessVariable {
  readonly spots: readonly Spot[];
  /** Some process of the project is not given it there. */
  readonly partial: boolean;
  /** Why it can't be told. */
  readonly blocked?: string;
}

/** Where compose files and units give a variable to the processes of the project. */
export function processVariable(around: Surroundings, variable: VariableNames): ProcessVariable {
  const found = [
    ...attempted(around.compose.join(', '), () => composeVariable(around, variable)),
    ...around.units.flatMap((path) =>
      read(path, around, (text) => {
        const [spot] = unitVariable(path, text, { ...around, path }, variable).slice(-1);
        return [{ spot, path }];
      }),
    ),
  ];
  const blocked = found.find((one) => one.blocked !== undefined)?.blocked;
  const spots = new Map(
    found.flatMap(({ spot }) => (spot === undefined ? [] : [[`${spot.path}:${spot.start}`, spot]])),
  );
  return {
    spots: [...spots.values()],
    partial: found.some(({ spot }) => spot === undefined),
    ...(blocked === undefined ? {} : { blocked }),
  };
}

interface Given {
  readonly spot: Spot | undefined;
  readonly blocked?: string;
}

function read(path: string, around: Surroundings, work: (text: string) => readonly Given[]): readonly Given[] {
  const text = around.textOf(path);
  return text === null ? [] : attempted(path, () => work(text));
}

function attempted(path: string, work: () => readonly Given[]): readonly Given[] {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused)
      return [
        { spot: undefined, blocked: `${error.refusal.inside?.path ?? path} can't be read: ${error.refusal.message}` },
      ];
    throw error;
  }
}

/** One answer for each service that gives it, or that runs the project's own code, as all files together say it. */
function composeVariable(around: Surroundings, variable: VariableNames): readonly Given[] {
  return [...allLayers(around)].flatMap(([name, layers]) => {
    const given = inService(name, layers, variable);
    if (given !== undefined) return [given];
    return layers.some(isOfTheProject) ? [{ spot: undefined }] : [];
  });
}

function inService(name: string, layers: readonly Layer[], variable: VariableNames): Given | undefined {
  const found = entryIn(layers, (one) => isNamed(variable, one));
  if (found !== undefined) {
    const { entry, layer } = found;
    const spot =
      entry.value === null
        ? inEnvFile(layer.around, dotenvOf(layer.around), variable)
        : behind(layer.text, entry.value, layer.around);
    const why = `what ${entry.name} is in service ${name} is only known where compose runs`;
    return spot === undefined ? { spot, blocked: why } : { spot };
  }
  const file = layers
    .flatMap(({ document, map, around }) => envFilesOf(document, map, around).map((path) => ({ path, around })))
    .flatMap(({ path, around }) => inEnvFile(around, path, variable) ?? [])
    .at(-1);
  return file === undefined ? undefined : { spot: file };
}

function isOfTheProject({ document, map }: Layer): boolean {
  const node = fieldOf(document, map, 'command')?.node;
  const words = isScalar(node) ? [String(node.value)] : isSeq(node) ? node.items.map(String) : [];
  return map.has('build') || /uvicorn|gunicorn|celery|fastapi/.test(words.join(' '));
}
