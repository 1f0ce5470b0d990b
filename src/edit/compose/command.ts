import { isScalar, isSeq } from 'yaml';
import { type Command, commandsOf, lineCommand } from '../command/command.js';
import { composeWords } from '../command/composewords.js';
import { programOf } from '../command/program.js';
import { attempted, type InFile, Refused, refuse } from '../command/refused.js';
import { byHand, mentions, type Role } from '../command/role.js';
import { type Site, siteOf } from '../command/site.js';
import type { Word } from '../command/word.js';
import { type Reach, type Setting, siteBehind } from '../start/follow.js';
import { type Ground, openAt } from '../start/ground.js';
import { leadOf, mayLead } from '../start/lead.js';
import { dockerfileOf } from './dockerfile.js';
import type { Field } from './fields.js';
import { groundOf } from './ground.js';
import { imageCommands } from './imagecommand.js';
import { interpolate } from './interpolate.js';
import { listCommand } from './listcommand.js';
import { scalarChars } from './scalar.js';
import type { Service } from './service.js';
import { refuseShared } from './sharedcommand.js';

/**
 * What a service has to do with a role: nothing (`undefined`), or a site, which may stand in a file that it starts.
 * @throws {Refused} where it does the role's work in a way that can't be changed exactly
 */
export function siteIn(text: string, service: Service, role: Role, reach: Reach): Site | undefined {
  const { command, entrypoint } = service;
  if (entrypoint !== undefined && startsRole(text, service, entrypoint, role))
    refuseEntrypoint(service, entrypoint, role);
  const told = [entrypoint, command].map((field) => (field === undefined ? '' : sourceOf(text, field))).join(' ');
  if (!(mentions(told, role) || mayLead(told))) return undefined;
  const setting = {
    ...reach,
    role,
    environment: service.environment(),
    ground: groundOf(service.layers(), service.around),
  };
  const opened = entrypoint === undefined ? undefined : entryScript(text, entrypoint, setting.ground);
  if (opened !== undefined) return behindEntry(text, service, opened, setting);
  if (command === undefined) return undefined;
  const commands = readable(text, command, role);
  const site = siteBehind(commands, setting);
  if (site === undefined) return undefined;
  if (entrypoint !== undefined && startsShell(text, entrypoint)) refuseEntrypoint(service, entrypoint, role);
  if (service.sharedWith.length > 0 && site.file === undefined) refuseShared(text, service, command, site);
  return site;
}

/** What can't be read only matters where it is about the role. */
function readable(text: string, field: Field, role: Role): readonly Command[] {
  try {
    return commandsOf(commandOf(text, field));
  } catch (error) {
    if (error instanceof Refused && !mentions(sourceOf(text, field), role)) return [];
    throw error;
  }
}

/** An entrypoint that is a script of the project. */
function entryScript(text: string, entrypoint: Field, ground: Ground): Command | undefined {
  const command = attempted(() => commandOf(text, entrypoint));
  const program = programOf(command?.words ?? []);
  const lead = program === undefined ? undefined : leadOf(program);
  return lead?.kind === 'script' && openAt(ground, lead.names) !== undefined ? command : undefined;
}

/** The script is given the command, and may or may not run it. */
function behindEntry(text: string, service: Service, entry: Command, setting: Setting): Site | undefined {
  const { command, entrypoint } = service;
  const given = command === undefined ? undefined : commandOf(text, command);
  const whole = { words: [...entry.words, ...(given?.words ?? [])], tail: given?.tail ?? entry.tail };
  const site = siteBehind([whole], setting);
  if (site === undefined && command !== undefined && mentions(sourceOf(text, command), setting.role)) {
    refuse({
      kind: 'unsafe',
      message: `The entrypoint of service ${service.name} is a script that does not run what \`command\` says`,
      at: entrypoint?.at ?? service.at,
      found: entry.words.map((word) => word.text).join(' '),
      fix: `End the script with \`exec "$@"\`, or write \`${byHand(setting.role)}\` in it by hand`,
    });
  }
  if (site !== undefined && site.file === undefined && service.sharedWith.length > 0 && command !== undefined)
    refuseShared(text, service, command, site);
  return site;
}

function startsRole(text: string, service: Service, entrypoint: Field, role: Role): boolean {
  if (!mentions(sourceOf(text, entrypoint), role)) return false;
  return siteOf(commandsOf(commandOf(text, entrypoint)), role, service.environment()) !== undefined;
}

/** A field as it is written. */
export function sourceOf(own: string, { node, text = own }: Field): string {
  return node.range ? text.slice(node.range[0], node.range[1]) : '';
}

/** What a service runs, in one word, for messages. */
export function summaryOf(text: string, service: Service): string {
  if (service.command === undefined) return 'the command of its image';
  try {
    return programOf(commandOf(text, service.command).words)?.name ?? 'nothing';
  } catch (error) {
    if (error instanceof Refused) return 'a command that is not understood';
    throw error;
  }
}

/** What a service starts, as it is written; all that its image starts by itself is alike. */
export function startedBy(text: string, { command, entrypoint }: Service): string {
  return [entrypoint, command].map((field) => (field === undefined ? '' : sourceOf(text, field))).join('\0');
}

/** The file that a service starts, where it starts one. */
export interface Unseen {
  readonly word: Word;
  /** Its place, if it is among the files here. */
  readonly path: string | null;
  /** Where the command stands, if it is the image's own. */
  readonly image?: InFile;
}

export function unseenStart(text: string, service: Service): Unseen | undefined {
  const field = service.command ?? service.entrypoint;
  const image = field === undefined ? dockerfileOf(service.layers()) : undefined;
  const own = () => (field === undefined ? [] : commandsOf(commandOf(text, field)));
  const commands = attempted(() => (image === undefined ? own() : imageCommands(image))) ?? [];
  for (const { words } of commands) {
    const program = programOf(words);
    const lead = program === undefined ? undefined : leadOf(program);
    if (lead === undefined) continue;
    const path = openAt(groundOf(service.layers(), service.around), lead.names)?.path ?? null;
    return { word: lead.word, path, ...(image === undefined ? {} : { image }) };
  }
  return undefined;
}

/** The words of a field, as Compose hands them on. @throws {Refused} where they can't be read exactly */
export function commandOf(own: string, { node, text = own }: Field): Command {
  if (isSeq(node)) return listCommand(text, node);
  if (isScalar(node)) return lineCommand(composeWords(interpolate(scalarChars(text, node))));
  return { words: [], tail: null };
}

/** With `sh -c` in front, only the first word of the command is the script. */
function startsShell(text: string, entrypoint: Field): boolean {
  const words = commandOf(text, entrypoint).words;
  return /^-\w*c$/.test(words[words.length - 1]?.text ?? '');
}

function refuseEntrypoint(service: Service, entrypoint: Field, role: Role): never {
  refuse({
    kind: 'unsupported',
    message: `The entrypoint of service ${service.name} starts ${role.label}, and only \`command\` is changed`,
    at: entrypoint.at,
    fix: `Move the whole command of ${role.label} into \`command\`, or set its options by hand`,
  });
}
