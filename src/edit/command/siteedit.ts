import type { SettingValue, Wanted } from '../../settings.js';
import type { Spot } from '../spot.js';
import type { PlacedEdit } from '../types.js';
import { rangeOf, textOf } from './chars.js';
import type { SettingOption } from './launchers.js';
import type { OptionUse } from './options.js';
import { inside, refuse } from './refused.js';
import { optionWords, VALUE } from './role.js';
import { knownUse, lastUse, type Site, satisfied } from './site.js';

/**
 * The edits that give a command the wanted settings; those of other roles are ignored.
 * @throws {Refused} where a value is not a literal, or nothing can be added to the command
 */
export function editSite(site: Site, want: Wanted, path: string): readonly PlacedEdit[] {
  const { file, extended } = site;
  const own = file?.path ?? path;
  const edits =
    file === undefined ? editsIn(site, want, own) : inside(file.path, file.text, () => editsIn(site, want, own));
  // What stands behind a variable has its file already.
  return edits.map(({ start, end, text, file: other = own }) =>
    other === path
      ? { start, end, text }
      : { start, end, text, file: other, ...(other === file?.path && extended === undefined ? { starts: true } : {}) },
  );
}

function editsIn(site: Site, want: Wanted, path: string): readonly PlacedEdit[] {
  const edits: PlacedEdit[] = [];
  const missing: string[] = [];
  for (const option of site.launcher.settings) {
    const value = want[option.setting];
    if (value === undefined || satisfied(site, option, value)) continue;
    if (!VALUE[option.kind].test(`${value}`)) refuseWanted(site, option, `${value}`);
    const found = existing(site, option, { value, path });
    if (found.length === 0) missing.push(...optionWords(option, value));
    edits.push(...found);
  }
  if (missing.length > 0) edits.push(addition(site, missing));
  return edits.toSorted((one, other) => one.start - other.start);
}

/** The edits where the option, or what stands for it, is; none where it has to be added. */
function existing(
  site: Site,
  option: SettingOption,
  { value, path }: { readonly value: SettingValue; readonly path: string },
): readonly PlacedEdit[] {
  const use = lastUse(site, option);
  const { variable, beside } = site;
  if (use !== undefined) return [replacement(site, use, option, { value: `${value}`, path })];
  if (variable !== undefined) return [variable.edit(value)];
  // A value that can't be followed in there is beaten by the command, where it can be said there.
  const isThere = beside !== undefined && (beside.alone || typeof beside.known === 'number');
  return isThere ? beside.edit(value) : [];
}

function replacement(
  site: Site,
  use: OptionUse,
  option: SettingOption,
  { value: text, path }: { readonly value: string; readonly path: string },
): PlacedEdit {
  const value = knownUse(site, use, option);
  const isKnown = typeof value === 'number' || typeof value === 'string';
  const isOpaque = use.value?.some((char) => char.opaque) === true;
  const spot = isOpaque && use.value !== undefined ? site.environment.behind?.(use.value) : undefined;
  if (isKnown && spot !== undefined) return placed(spot, text, path);
  if (spot !== undefined && spot.path !== path) refuseUnread(spot, use, text);
  const range = use.value === undefined || isOpaque ? undefined : rangeOf(use.value);
  if (range !== undefined && isKnown) return { ...range, text };
  return refuse({
    kind: 'unsafe',
    message: `The value of ${use.name} is not a literal that can be replaced`,
    at: use.at,
    found: use.value === undefined ? use.name : `${use.name} ${textOf(use.value)}`,
    fix: `Write it as a plain value, such as ${use.name} ${text}, or change it where it is set`,
  });
}

const LONGEST = 60;

/** What the option comes from is there, and can't be told from a reference or a quote that goes on. */
function refuseUnread({ path, text, start, end }: Spot, { name }: OptionUse, value: string): never {
  const found = text.slice(start, end).split('\n')[0]?.slice(0, LONGEST) || 'nothing';
  return inside(path, text, () =>
    refuse({
      kind: 'unsafe',
      message: `${name} comes from here, and this is no plain value for it`,
      at: start,
      found,
      fix: `Write ${value} here by hand`,
    }),
  );
}

function placed(spot: Spot, text: string, path: string): PlacedEdit {
  const edit = { start: spot.start, end: spot.end, text };
  return spot.path === path ? edit : { ...edit, file: spot.path };
}

function addition(site: Site, words: readonly string[]): PlacedEdit {
  const { tail, words: present } = site.command;
  if (tail === null) {
    refuse({
      kind: 'unsafe',
      message: 'Nothing can be added after the last word of this command',
      at: present[present.length - 1]?.start ?? 0,
      found: present[present.length - 1]?.text ?? '',
      fix: `Add it by hand: ${words.join(' ')}`,
    });
  }
  refuseOpenOption(site, words);
  const quoted = words.map((word) => {
    const quote = /^\d+$/.test(word) ? tail.numberQuote : tail.quote;
    return `${tail.before}${quote}${word}${quote}`;
  });
  return { start: tail.at, end: tail.at, text: quoted.join('') };
}

/** An option at the end that takes a value and has none would take what is added for it. */
function refuseOpenOption({ args, program, launcher }: Site, words: readonly string[]): void {
  const last = args.options.at(-1);
  if (last === undefined || last.value !== undefined || launcher.grammar.flags.has(last.name)) return;
  if (last.index + last.words < program.args.length) return;
  refuse({
    kind: 'unsafe',
    message: `${last.name} stands at the end without a value, and would take what is added behind it for its value`,
    at: last.at,
    found: last.name,
    fix: `Give ${last.name} its value, or take it out; if it takes none, write ${words.join(' ')} before it by hand`,
  });
}

function refuseWanted(site: Site, option: SettingOption, value: string): never {
  refuse({
    kind: 'unsafe',
    message: `${JSON.stringify(value)} is no value for ${option.setting}`,
    at: site.command.words[0]?.start ?? 0,
    found: value,
    fix: 'Want a value that the command can take',
  });
}
