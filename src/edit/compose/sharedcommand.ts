import { attempted, refuse } from '../command/refused.js';
import type { Site } from '../command/site.js';
import { editSite } from '../command/siteedit.js';
import { applyTextEdits } from '../splice.js';
import { type Field, keysOf } from './fields.js';
import type { Service } from './service.js';

/** A command that several services of one file run, by an anchor or by `extends`. @throws {Refused} always */
export function refuseShared(text: string, service: Service, command: Field, site: Site): never {
  const { name, sharedWith, heirs } = service;
  const own = { file: '', written: writtenOut(text, command, site) };
  if (!keysOf(service.document, service.map).includes('command')) refuseTaken(service, command, sharedWith, own);
  refuse({
    kind: 'unsafe',
    message: `Service ${name} shares its command with ${sharedWith.join(', ')}, which would change too`,
    at: command.at,
    fix:
      heirs.length > 0
        ? `Give ${heirs.join(' and ')} a \`command\` of its own${suchAs(own.written)}`
        : `Give service ${name} a \`command\` of its own`,
  });
}

/** A command that comes by `extends`, and that others run, too. */
export function refuseTaken(
  { name }: Service,
  { node }: Field,
  others: readonly string[],
  { file, written }: { readonly file: string; readonly written: string },
): never {
  refuse({
    kind: 'unsafe',
    message: `Service ${name} takes its command from here by \`extends\`, and ${others.join(', ')} would change too`,
    at: node.range?.[0] ?? 0,
    fix: `Give service ${name} a \`command\` of its own${file && ` in ${file}`}${suchAs(written)}`,
  });
}

function suchAs(written: string): string {
  return written === '' ? '' : `: \`command: ${written}\``;
}

/** No secret is repeated, and nothing that is longer than a line. */
const SHOWN = /^(?!.*(?:\/\/|@|pass|secret|token|key))[^\n`]{1,160}$/i;

/** The command as it would be written for the service alone, with what is wanted; empty where it is not to be shown. */
export function writtenOut(text: string, { node }: Field, site: Site): string {
  const [start, end] = node.range ?? [0, 0];
  const edits = attempted(() => editSite(site, site.role.want ?? {}, '')) ?? [];
  if (edits.some((edit) => edit.start < start || edit.end > end)) return '';
  const written = applyTextEdits(text.slice(0, end), edits).slice(start).trim();
  return SHOWN.test(written) ? written : '';
}
