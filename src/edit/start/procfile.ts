import { lengthWithout } from '../command/blanks.js';
import { plainChars } from '../command/chars.js';
import { commandsOf, lineCommand } from '../command/command.js';
import { scriptCommands } from '../command/script.js';
import type { Group } from './group.js';

const BLANK = /^[ \t]$/;
// Honcho and foreman take a line with a blank before its colon for none.
const LINE = /^([A-Za-z0-9_-]+):[ \t]*(\S.*)$/;

/** The processes of a Procfile, each a line for the shell; only the named ones, where some are named. What runs them reads `.env`. */
export function procfileGroups(text: string, names: readonly string[]): readonly Group[] {
  const groups: Group[] = [];
  let at = 0;
  for (const written of text.split('\n')) {
    const line = (at === 0 ? written.replace(/^\uFEFF/, '') : written).replace(/\r$/, '');
    const match = LINE.exec(line);
    const [, name = '', rest = ''] = match ?? [];
    const command = rest.slice(0, lengthWithout(BLANK, rest));
    const start = at + written.indexOf(command, name.length + 1);
    at += written.length + 1;
    if (match === null || (names.length > 0 && !names.includes(name))) continue;
    const commands = scriptCommands(plainChars(command, start)).flatMap((words) => commandsOf(lineCommand(words)));
    groups.push({ commands, open: true });
  }
  return groups;
}
