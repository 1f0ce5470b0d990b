import { lengthWithout } from '../command/blanks.js';
import { addAll, type Char, type Chars, plainChars, textOf, withKnown } from '../command/chars.js';
import { commandsOf, lineCommand } from '../command/command.js';
import { composeWords } from '../command/composewords.js';
import type { Group } from './group.js';

/** A value with the lines that go on with it. */
interface Entry {
  readonly section: string;
  readonly key: string;
  readonly value: Char[];
}

/**
 * The programs of a supervisord configuration. No shell runs them; `%(...)s` is known to supervisord alone. Parts of one
 * name are one program, and the last of a key counts.
 */
export function supervisorGroups(text: string): readonly Group[] {
  const entries = entriesOf(text).filter(({ section }) => section.startsWith('program:'));
  const lastOf = (wanted: string) =>
    new Map(entries.flatMap(({ section, key, value }) => (key === wanted ? [[section, value] as const] : [])));
  const folders = lastOf('directory');
  return [...lastOf('command')].map(([section, value]) => {
    const folder = folders.get(section);
    const commands = commandsOf(lineCommand(composeWords(expanded(value), 'supervisord')));
    return { commands, open: true, ...(folder === undefined ? {} : { folder: textOf(folder) }) };
  });
}

/** U+FEFF is no blank to Python. */
const BLANKS = '[^\\S\\uFEFF]';
const HEADER = new RegExp(`^${BLANKS}*\\[(.+)\\]`);
const ASSIGNMENT = new RegExp(`^${BLANKS}*([^=:]*?)${BLANKS}*[=:]${BLANKS}*`);
const BLANK = new RegExp(`^${BLANKS}$`);
// The line end of Windows is still there.
const REMARK = new RegExp(`(?:^|${BLANKS})[;#].*$`, 's');

/** As Python's configparser has it: what is indented more than a key goes on with its value, whatever it looks like. */
function entriesOf(text: string): readonly Entry[] {
  const entries: Entry[] = [];
  let open: Entry | undefined;
  let [section, indent, at] = ['', 0, 0];
  for (const written of text.split('\n')) {
    const line = withoutRemark(written);
    const start = at;
    at += written.length + 1;
    if (line === '') continue;
    const depth = line.search(/\S/);
    if (open !== undefined && depth > indent) {
      addAll(open.value, plainChars(line, start));
      continue;
    }
    indent = depth;
    const header = HEADER.exec(line)?.[1];
    open = header === undefined ? entryIn(section, line, start) : undefined;
    section = header ?? section;
    if (open !== undefined) entries.push(open);
  }
  return entries;
}

function entryIn(section: string, line: string, start: number): Entry | undefined {
  const match = ASSIGNMENT.exec(line);
  if (match === null) return undefined;
  const from = match[0].length;
  return { section, key: (match[1] ?? '').toLowerCase(), value: plainChars(line.slice(from), start + from) };
}

/** A line of its own, or what follows a blank and a mark. */
function withoutRemark(line: string): string {
  const kept = line.replace(REMARK, '');
  return kept.slice(0, lengthWithout(BLANK, kept));
}

function expanded(value: Chars): Chars {
  return withKnown(value, /%%|%\([^()%]*\)[sd]/g, { written: '%%', means: '%' });
}
