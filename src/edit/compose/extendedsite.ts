import { attempted, inside, refuse } from '../command/refused.js';
import { mentions, type Role, WEB } from '../command/role.js';
import type { Site } from '../command/site.js';
import type { Reach } from '../start/follow.js';
import { siteIn, sourceOf, commandOf as wordsOf } from './command.js';
import { behind } from './environment.js';
import { type Field, fieldOf, keysOf } from './fields.js';
import { dotenvOf, type Layer } from './layer.js';
import { allLayers, basesTold } from './layers.js';
import type { Service } from './service.js';
import { commandOf } from './services.js';
import { refuseShared, refuseTaken, writtenOut } from './sharedcommand.js';

/** What a service is started by, where it takes that from another file by `extends`. */
export interface Elsewhere {
  readonly layer: Layer;
  readonly command: Field | undefined;
  readonly entrypoint: Field | undefined;
}

/** @throws {Refused} where it can't be told, or where the command stands in another file, and the entrypoint does not */
export function startElsewhere(text: string, service: Service, role: Role): Elsewhere | undefined {
  const said = saidHere(text, service);
  refuseOverridden(service, said);
  const [command, entrypoint] = ['command', 'entrypoint'].map((key) => sayingOf(said, key));
  const layer = [command, entrypoint].find((one) => one !== undefined && one.around.path !== service.around.path);
  if (layer === undefined || command?.around.path === service.around.path) return undefined;
  const other = layer === command ? entrypoint : command;
  if (other !== undefined && other.around.path !== layer.around.path) return refuseApart(service, other, layer, role);
  const found = { command: fieldIn(command, 'command'), entrypoint: fieldIn(entrypoint, 'entrypoint') };
  const given = commandOf(found.command);
  return given === undefined && found.entrypoint === undefined ? undefined : { ...found, layer, command: given };
}

/**
 * A service with its command in this file, and the entrypoint that it may take from another one.
 * @throws {Refused} where that can't be read
 */
export function withEntrypoint(text: string, service: Service): Service {
  const layer = sayingOf(saidHere(text, service), 'entrypoint');
  if (layer === undefined || layer.around.path === service.around.path) return service;
  const field = fieldIn(layer, 'entrypoint');
  if (field !== undefined) inside(layer.around.path, layer.text, () => wordsOf(layer.text, field));
  return { ...service, entrypoint: field && { ...field, at: service.at, text: layer.text } };
}

/** What this file says of a service, behind what it extends. */
function saidHere(text: string, service: Service): readonly Layer[] {
  const own: Layer = { ...service, text };
  return service.extended ? [...service.bases(), own] : [own];
}

/** The last layer that says something counts, even where it says `null`. */
function sayingOf(layers: readonly Layer[], key: string): Layer | undefined {
  return layers.findLast(({ document, map }) => keysOf(document, map).includes(key));
}

/** A file is read anew where another one extends it. */
function isSamePlace(one: Layer, other: Layer): boolean {
  return one.around.path === other.around.path && one.map.range?.[0] === other.map.range?.[0];
}

function fieldIn(layer: Layer | undefined, key: string): Field | undefined {
  return layer === undefined ? undefined : fieldOf(layer.document, layer.map, key);
}

function refuseApart(service: Service, other: Layer, layer: Layer, role: Role): undefined {
  const told = [other, layer].flatMap((one) =>
    ['command', 'entrypoint'].map((key) => {
      const field = fieldIn(one, key);
      return field === undefined ? '' : sourceOf(one.text, field);
    }),
  );
  if (!mentions(told.join(' '), role)) return undefined;
  return refuse({
    kind: 'unsupported',
    message: `Service ${service.name} takes one of \`command\` and \`entrypoint\` from ${layer.around.path}, and not the other`,
    at: service.at,
    fix: `Write both of them into service ${service.name} itself`,
  });
}

/** @throws {Refused} where a file that comes later brings the command by `extends`: what this one says counts for nothing */
function refuseOverridden(service: Service, own: readonly Layer[]): void {
  const last = sayingOf(service.layers(), 'command');
  if (last?.base === undefined || own.some((one) => isSamePlace(one, last))) return;
  const command = fieldIn(last, 'command');
  inside(last.around.path, last.text, () =>
    refuse({
      kind: 'unsafe',
      message: `Another compose file extends service ${last.base}, whose command counts for service ${service.name}`,
      at: command?.node.range?.[0] ?? 0,
      fix: `Give service ${service.name} a \`command\` of its own in the last compose file`,
    }),
  );
}

/** All that a service is started by, as it is written, wherever that stands. */
export function toldBy(text: string, service: Service): string {
  const there = attempted(() => startElsewhere(text, service, WEB));
  const { command, entrypoint } = there ?? service;
  const told = [entrypoint, command].map((field) =>
    field === undefined ? '' : sourceOf(there?.layer.text ?? text, field),
  );
  return told.join(' ');
}

/** The site in the other file, as the service runs it. @throws {Refused} as `siteIn` does, placed in there */
export function extendedSiteIn(
  { layer, command, entrypoint }: Elsewhere,
  service: Service,
  role: Role,
  reach: Reach,
): Site | undefined {
  const { text, document, map, around, base = service.name } = layer;
  const environment = () => ({
    ...service.environment(),
    behind: (value: Parameters<typeof behind>[1]) => {
      const spot = behind(text, value, around);
      // What stands in any other file than the `.env` of the project may be named by others of this one.
      return spot?.path === around.path || spot?.path === dotenvOf(around) ? spot : undefined;
    },
  });
  const view = { ...service, document, map, around, command, entrypoint, sharedWith: [], heirs: [], environment };
  const site = inside(around.path, text, () => siteIn(text, view, role, reach));
  return site === undefined || site.file !== undefined
    ? site
    : { ...site, file: { path: around.path, text }, extended: base };
}

/** @throws {Refused} where another service of the stack runs the same command, because one of the two extends the other, or both a third */
export function refuseExtendedShare(text: string, service: Service, site: Site, all: readonly Service[]): void {
  // In one file in which nobody extends another, what is shared was seen before.
  if (service.around.compose.length < 2 && !all.some(({ extended }) => extended)) return;
  const { command, layer } = changedCommand(text, service, site) ?? {};
  if (command === undefined || layer === undefined) return;
  const others = [...saidOf(service, all)].flatMap(([name, layers]) => {
    const from = sayingOf(layers, 'command');
    const same =
      from?.around.path === layer.around.path && fieldIn(from, 'command')?.node.range?.[0] === command.node.range?.[0];
    return same ? [name] : [];
  });
  if (others.length === 0) return;
  if (site.extended === undefined) refuseShared(text, { ...service, sharedWith: others, heirs: others }, command, site);
  const { file: _, ...direct } = site;
  const own = { file: service.around.path, written: writtenOut(layer.text, command, direct) };
  inside(layer.around.path, layer.text, () => refuseTaken(service, command, others, own));
}

/** The command that a site is changed in, with its file; `undefined` where it is changed by something else. */
function changedCommand(
  text: string,
  service: Service,
  site: Site,
): { readonly command: Field | undefined; readonly layer: Pick<Layer, 'text' | 'around'> } | undefined {
  if (site.extended !== undefined) return startElsewhere(text, service, site.role);
  const isDirect = site.file === undefined && site.variable === undefined;
  return isDirect ? { command: service.command, layer: { ...service, text } } : undefined;
}

/** What all files say of every other service, as far as it can be told. */
function saidOf(service: Service, all: readonly Service[]): ReadonlyMap<string, readonly Layer[]> {
  const here = all.flatMap((other) => {
    const layers = attempted(() => other.layers());
    return layers === undefined ? [] : [[other.name, layers] as const];
  });
  const found = new Map([...allLayers(service.around, basesTold), ...here]);
  found.delete(service.name);
  return found;
}
