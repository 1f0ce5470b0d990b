import { type Document, isMap, isScalar, isSeq } from 'yaml';
import { Refused } from '../command/refused.js';
import { composeDocument } from '../compose/document.js';
import { behind, entriesOf, envFilesOf } from '../compose/environment.js';
import type { Service } from '../compose/service.js';
import { servicesOf } from '../compose/services.js';
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
    ...around.compose.flatMap((path) => read(path, around, (text) => composeVariable(path, text, around, variable))),
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
  if (text === null) return [];
  try {
    return work(text);
  } catch (error) {
    if (error instanceof Refused)
      return [{ spot: undefined, blocked: `${path} can't be read: ${error.refusal.message}` }];
    throw error;
  }
}

/** One answer for each service that gives it, or that runs the project's own code. */
function composeVariable(path: string, text: string, around: Surroundings, variable: VariableNames): readonly Given[] {
  const own = { ...around, path };
  const { document, services } = parsed(path, text, around);
  return services.flatMap((service) => {
    const given = inService(text, document, service, own, variable);
    if (given !== undefined) return [given];
    return isOfTheProject(service) ? [{ spot: undefined }] : [];
  });
}

function inService(
  text: string,
  document: Document.Parsed,
  { map, name }: Service,
  own: Surroundings,
  variable: VariableNames,
): Given | undefined {
  const entry = entriesOf(text, document, map, (one) => isNamed(variable, one)).at(-1);
  if (entry !== undefined) {
    const dotenv = entry.value === null ? inEnvFile(own, dotenvBeside(own.path), variable) : undefined;
    const spot = entry.value === null ? dotenv : behind(text, entry.value, own);
    const why = `what ${entry.name} is in service ${name} is only known where compose runs`;
    return spot === undefined ? { spot, blocked: why } : { spot };
  }
  const file = envFilesOf(document, map, own)
    .flatMap((one) => inEnvFile(own, one, variable) ?? [])
    .at(-1);
  return file === undefined ? undefined : { spot: file };
}

function dotenvBeside(path: string): string {
  return `${path.slice(0, path.lastIndexOf('/'))}/.env`;
}

function isOfTheProject({ map, command }: Service): boolean {
  const node = command?.node;
  const words = isScalar(node) ? [String(node.value)] : isSeq(node) ? node.items.map(String) : [];
  return isMap(map) && (map.has('build') || /uvicorn|gunicorn|celery|fastapi/.test(words.join(' ')));
}

const PARSED = new WeakMap<Surroundings, Map<string, { document: Document.Parsed; services: readonly Service[] }>>();

/** Once for each state of the files: several variables are looked up in one file. */
function parsed(path: string, text: string, around: Surroundings) {
  const all = PARSED.get(around) ?? new Map<string, { document: Document.Parsed; services: readonly Service[] }>();
  PARSED.set(around, all);
  const known = all.get(path);
  if (known !== undefined) return known;
  const document = composeDocument(text);
  const made = { document, services: servicesOf(text, document, { ...around, path }) };
  all.set(path, made);
  return made;
}
