import { neighbourText } from '../command/neighbour.js';
import { plainly, type Spot, valueOfText } from '../spot.js';
import type { Surroundings } from '../types.js';
import { assignmentsIn } from './envfile.js';

/** The names of a variable, and whether their case counts. */
export interface VariableNames {
  readonly names: readonly string[];
  readonly exact: boolean;
}

export function isNamed({ names, exact }: VariableNames, name: string): boolean {
  return exact ? names.includes(name) : names.some((one) => one.toLowerCase() === name.toLowerCase());
}

/**
 * Where an environment file sets a variable; `undefined` where it does not, or is not there.
 * @throws {Refused} where the file can't be read
 */
export function inEnvFile(around: Surroundings, path: string, variable: VariableNames): Spot | undefined {
  const text = neighbourText(around, path);
  if (text === null) return undefined;
  const found = assignmentsIn(text).findLast(({ name }) => isNamed(variable, name));
  if (found === undefined) return undefined;
  const known = found.plain ? valueOfText(found.value) : { unresolved: 'it is no plain number' };
  return { path, text, start: found.start, end: found.end, known, written: plainly };
}
