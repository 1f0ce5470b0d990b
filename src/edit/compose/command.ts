import { isScalar, isSeq } from 'yaml';
import { type Command, commandsOf, lineCommand } from '../command/command.js';
import { composeWords } from '../command/composewords.js';
import { programOf } from '../command/program.js';
import { Refused, refuse } from '../command/refused.js';
import { mentions, type Role } from '../command/role.js';
import { type Site, siteOf } from '../command/site.js';
import type { Field } from './fields.js';
import { interpolate } from './interpolate.js';
import { listCommand } from './listcommand.js';
import { scalarChars } from './scalar.js';
import type { Service } from './services.js';

/**
 * What a service has to do with a role: nothing (`undefined`), or a site.
 * @throws {Refused} where it does the role's work in a way that can't be changed exactly
 */
export function siteIn(text: string, service: Service, role: Role): Site | undefined {
  const { command, entrypoint } = service;
  if (entrypoint !== undefined && startsRole(text, service, entrypoint, role))
    refuseEntrypoint(service, entrypoint, role);
  if (command === undefined || !mentions(sourceOf(text, command), role)) return undefined;
  const site = siteOf(commandsOf(commandOf(text, command)), role, service.environment());
  if (site === undefined) return undefined;
  if (entrypoint !== undefined && startsShell(text, entrypoint)) refuseEntrypoint(service, entrypoint, role);
  if (service.sharedWith.length > 0) refuseShared(service, command);
  return site;
}

function startsRole(text: string, service: Service, entrypoint: Field, role: Role): boolean {
  if (!mentions(sourceOf(text, entrypoint), role)) return false;
  return siteOf(commandsOf(commandOf(text, entrypoint)), role, service.environment()) !== undefined;
}

function sourceOf(text: string, { node }: Field): string {
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

function commandOf(text: string, { node }: Field): Command {
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

function refuseShared(service: Service, command: Field): never {
  refuse({
    kind: 'unsafe',
    message: `Service ${service.name} shares its command with ${service.sharedWith.join(', ')}, which would change too`,
    at: command.at,
    fix: `Give service ${service.name} a \`command\` of its own`,
  });
}
