import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Environment, Variable } from '../command/environment.js';
import { assign } from '../command/environment.js';
import { refuse } from '../command/refused.js';
import { VARIABLES } from '../command/role.js';
import { wordOf } from '../command/word.js';
import { substituted } from './dotenv.js';
import { type Field, fieldOf, keyOf, resolve } from './fields.js';
import { interpolate } from './interpolate.js';
import { scalarChars } from './scalar.js';

/** One service, with what it starts and where. */
export interface Service {
  readonly name: string;
  readonly at: number;
  readonly command: Field | undefined;
  readonly entrypoint: Field | undefined;
  /** Other services whose command is the very same text. */
  readonly sharedWith: readonly string[];
  readonly extended: boolean;
  /** Its image is made here. */
  readonly built: boolean;
  readonly environment: () => Environment;
}

/** `variables`: those of the `.env` file, where it was read. @throws {Refused} where the file has no services */
export function servicesOf(
  text: string,
  document: Document.Parsed,
  variables?: ReadonlyMap<string, string>,
): readonly Service[] {
  const root = document.contents as Node | null;
  const services = isMap(root) ? fieldOf(document, root, 'services')?.node : undefined;
  if (!isMap(services) || services.items.length === 0) refuseEmpty();
  const known = services.items.flatMap((pair) => {
    const node = pair.value as Node | null;
    const map = node === null ? undefined : resolve(document, node);
    const at = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    return isMap(map) ? [{ name: keyOf(pair), at, map, command: commandOf(document, map) }] : [];
  });
  const users = usersOf(known);
  return known.map(({ name, at, map, command }) => ({
    name,
    at,
    command,
    entrypoint: fieldOf(document, map, 'entrypoint'),
    sharedWith: (users.get(command?.node) ?? []).filter((other) => command !== undefined && other !== name),
    extended: fieldOf(document, map, 'extends') !== undefined,
    built: fieldOf(document, map, 'build') !== undefined,
    environment: () => withVariables(environmentOf(text, document, map), variables),
  }));
}

/** A command that is null, empty or `!reset` is none: the image's own runs then. */
function commandOf(document: Document.Parsed, map: YAMLMap): Field | undefined {
  const field = fieldOf(document, map, 'command');
  if (field === undefined || field.node.tag === '!reset') return undefined;
  if (isScalar(field.node)) return (field.node.source ?? '') === '' || field.node.value === null ? undefined : field;
  return isSeq(field.node) && field.node.items.length > 0 ? field : undefined;
}

/** The names of the services that each command node belongs to. */
function usersOf(services: readonly Pick<Service, 'name' | 'command'>[]): ReadonlyMap<Node | undefined, string[]> {
  const users = new Map<Node | undefined, string[]>();
  for (const { name, command } of services) users.set(command?.node, [...(users.get(command?.node) ?? []), name]);
  return users;
}

function environmentOf(text: string, document: Document.Parsed, map: YAMLMap): Environment {
  const node = fieldOf(document, map, 'environment')?.node;
  const variables = new Map<string, Variable>();
  if (isMap(node)) readMap(document, node, variables);
  if (isSeq(node)) for (const item of node.items) readItem(text, item as Node, variables);
  const files = fieldOf(document, map, 'env_file') ?? fieldOf(document, map, 'extends');
  return { variables, complete: files === undefined };
}

function withVariables(environment: Environment, variables: ReadonlyMap<string, string> | undefined): Environment {
  if (variables === undefined) return environment;
  return { ...environment, substitute: (expression) => substituted(expression, variables) };
}

function readMap(document: Document.Parsed, node: YAMLMap, variables: Map<string, Variable>): void {
  for (const name of VARIABLES) {
    const key = node.items.find((pair) => keyOf(pair) === name);
    const field = fieldOf(document, node, name);
    const at = field?.node.range?.[0] ?? (isScalar(key?.key) ? key.key.range?.[0] : undefined) ?? 0;
    if (field !== undefined || key !== undefined) variables.set(name, { value: literal(field?.node), at });
  }
}

/** `null` for what is taken from elsewhere: a variable, or a name alone, which passes the host's value on. */
function literal(node: Node | undefined): string | null {
  if (!isScalar(node) || node.value === null) return null;
  return (node.source ?? '').includes('$') ? null : (node.source ?? null);
}

function readItem(text: string, node: Node, variables: Map<string, Variable>): void {
  if (!isScalar(node) || !VARIABLES.some((name) => node.source?.startsWith(name))) return;
  const [start, end] = node.range ?? [0, 0];
  const word = wordOf(interpolate(scalarChars(text, node)), start, end);
  if (word.text.includes('=')) assign(variables, word);
  else variables.set(word.text, { value: null, at: start });
}

function refuseEmpty(): never {
  refuse({
    kind: 'unsupported',
    message: 'The file has no services',
    at: 0,
    fix: 'Name the compose file that starts the services, with --file compose=PATH',
  });
}
