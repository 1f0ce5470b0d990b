import { addAll, type Char, type Chars, plainChars, textOf, withKnown } from '../command/chars.js';
import { commandsOf, lineCommand } from '../command/command.js';
import { composeWords } from '../command/composewords.js';
import type { Group } from './group.js';

interface Entry {
  readonly section: string;
  readonly key: string;
  readonly value: Chars;
}

/** The programs of a supervisord configuration. No shell runs them; `%(...)s` is known to supervisord alone. */
export function supervisorGroups(text: string): readonly Group[] {
  const entries = entriesOf(text).filter(({ section }) => section.startsWith('program:'));
  const folders = new Map(
    entries.flatMap(({ section, key, value }) => (key === 'directory' ? [[section, value]] : [])),
  );
  return entries
    .filter(({ key }) => key === 'command')
    .map(({ section, value }) => {
      const folder = folders.get(section);
      const commands = commandsOf(lineCommand(composeWords(expanded(value), 'supervisord')));
      return { commands, open: true, ...(folder === undefined ? {} : { folder: textOf(folder) }) };
    });
}

/** Lines that are indented go on with the value above. */
function entriesOf(text: string): readonly Entry[] {
  const entries: { section: string; key: string; value: Char[] }[] = [];
  let section = '';
  let at = 0;
  for (const written of text.split('\n')) {
    const line = withoutRemark(written.replace(/\r$/, ''));
    const start = at;
    at += written.length + 1;
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    const match = /^([^\s=:;#[][^=:]*)[=:][ \t]*/.exec(line);
    if (header !== undefined) section = header;
    else if (match !== null) {
      const from = match[0].length;
      entries.push({ section, key: (match[1] ?? '').trim(), value: plainChars(line.slice(from), start + from) });
    } else if (/^[ \t]+\S/.test(line)) addAll(entries.at(-1)?.value, plainChars(line, start));
  }
  return entries;
}

/** A line of its own, or what follows a blank and a semicolon. */
function withoutRemark(line: string): string {
  if (/^[;#]/.test(line)) return '';
  return line.replace(/\s;.*$/, '').trimEnd();
}

function expanded(value: Chars): Chars {
  return withKnown(value, /%%|%\([^()%]*\)[sd]/g, { written: '%%', means: '%' });
}
