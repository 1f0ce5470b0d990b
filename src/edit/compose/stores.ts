import { type Document, isScalar } from 'yaml';
import type { Surroundings } from '../types.js';
import { commandOf } from './command.js';
import { fieldOf } from './fields.js';
import { variablesGiven } from './given.js';
import type { Service } from './service.js';
import { servicesOf } from './services.js';

/** A service that runs Redis, and its command word by word. */
export interface RedisService {
  /** The names under which others reach it. */
  readonly names: readonly string[];
  readonly words: readonly string[];
  /** In UTF-16 units. */
  readonly at: number;
}

/** A variable of a service that names a Redis. */
export interface RedisVariable {
  readonly name: string;
  readonly host: string;
}

/** @throws {Refused} where the file can't be read exactly */
export function redisServices(text: string, document: Document.Parsed): readonly RedisService[] {
  return servicesOf(text, document)
    .filter((service) => IMAGE.test(scalarIn(service, 'image')))
    .map((service) => ({
      names: [service.name, scalarIn(service, 'container_name'), scalarIn(service, 'hostname')].filter(Boolean),
      words: service.command === undefined ? [] : commandOf(text, service.command).words.map((word) => word.text),
      at: service.command?.at ?? service.at,
    }));
}

const IMAGE = /(?:^|\/)(?:redis|valkey)(?:[-:@/]|$)/;

function scalarIn({ document, map }: Service, key: string): string {
  const node = fieldOf(document, map, key)?.node;
  return isScalar(node) ? String(node.value) : '';
}

/** @throws {Refused} where the file can't be read exactly */
export function redisVariables(
  text: string,
  document: Document.Parsed,
  name: string,
  around: Surroundings,
): readonly RedisVariable[] {
  const service = servicesOf(text, document, around).find((each) => each.name === name);
  const given = service === undefined ? [] : [...variablesGiven(service.layers())];
  return given.flatMap(([variable, value]) => hostsIn(value).map((host) => ({ name: variable, host })));
}

/** The hosts of the Redis URLs in a text. */
export function hostsIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:redis|rediss|valkey):\/\/(?:[^@/\s]{0,500}@)?([\w.-]+)/g)].flatMap(
    (match) => match[1] ?? [],
  );
}
