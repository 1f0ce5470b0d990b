import type { Document } from 'yaml';
import { programsBehind, type StartedProgram } from '../start/programs.js';
import type { Surroundings } from '../types.js';
import { commandOf } from './command.js';
import { variablesGiven } from './given.js';
import { groundOf } from './ground.js';
import { servicesOf } from './services.js';

/** The programs that a service starts by its own `entrypoint` and `command`, and the variables that it is given. */
export interface ServiceStart {
  readonly programs: readonly StartedProgram[];
  readonly variables: readonly string[];
}

/** @throws {Refused} where the file or the command can't be read exactly */
export function serviceStart(
  text: string,
  document: Document.Parsed,
  name: string,
  around: Surroundings,
): ServiceStart | null {
  const service = servicesOf(text, document, around).find((each) => each.name === name);
  if (service === undefined) return null;
  const fields = [service.entrypoint, service.command].filter((field) => field !== undefined);
  const words = fields.flatMap((field) => commandOf(text, field).words);
  return {
    programs: programsBehind({ words, tail: null }, groundOf(service.layers(), service.around)),
    variables: [...variablesGiven(service.layers()).keys()],
  };
}
