import { type InFile, inside, type OffsetRefusal, refuse, UnknownForm } from '../command/refused.js';
import { byHand, type Role } from '../command/role.js';
import { positionAt } from '../splice.js';

const LONGEST = 60;

/** Where a file names a program of the role for the first time outside its comments. */
function mentionIn(text: string, role: Role): { readonly at: number; readonly found: string } | undefined {
  const names = [...role.launchers.map(({ program }) => program), ...Object.keys(role.rivals)];
  let at = 0;
  for (const written of text.split('\n')) {
    const line = written.replace(/(^|\s)[#;].*$/s, '$1');
    const places = names.map((name) => line.indexOf(name)).filter((index) => index !== -1);
    const index = Math.min(...places);
    if (places.length > 0) return { at: at + index, found: shown(line.slice(index)) };
    at += written.length + 1;
  }
  return undefined;
}

/** The program and what it runs: options may be secrets. */
function shown(text: string): string {
  const words = text
    .trim()
    .replace(/[;&|)]+$/, '')
    .split(/\s+/);
  const options = words.findIndex((word) => word.startsWith('-'));
  return words
    .slice(0, options === -1 ? 3 : Math.max(options, 1))
    .join(' ')
    .slice(0, LONGEST);
}

/** Whether a file has to do with a role at all, outside its comments. */
export function namesRole(text: string, role: Role): boolean {
  return mentionIn(text, role) !== undefined;
}

/**
 * A file that starts the role's program, and that can't be read: the cause with its own remedy, or, where nothing is wrong
 * with it, what to write and where.
 * @throws {Refused} always
 */
export function refuseUnread(file: InFile, role: Role, cause: { readonly refusal: OffsetRefusal }): never {
  const { refusal } = cause;
  const mention = mentionIn(file.text, role);
  const line = positionAt(file.text, mention?.at ?? 0).line;
  const fix =
    cause instanceof UnknownForm
      ? `Write \`${byHand(role)}\` behind \`${mention?.found ?? role.label}\` in line ${line} by hand, in place of what it has of that`
      : `${refusal.fix}, then run again`;
  return inside(file.path, file.text, () =>
    refuse({ ...refusal, message: `This file can't be followed exactly: ${refusal.message}`, fix }),
  );
}

/**
 * A file that starts the role's program in a form that can't be changed exactly: its place, and what to write there.
 * @throws {Refused} always
 */
export function refuseMention(file: InFile, role: Role, message: string): never {
  const mention = mentionIn(file.text, role);
  return inside(file.path, file.text, () =>
    refuse({
      kind: 'unsupported',
      message,
      at: mention?.at ?? 0,
      ...(mention === undefined ? {} : { found: mention.found }),
      fix: `Write \`${byHand(role)}\` behind that command by hand, in place of what it has of that`,
    }),
  );
}
