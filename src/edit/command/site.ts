import type { Known, SettingKey, Wanted } from '../../settings.js';
import type { TextEdit } from '../types.js';
import { type Chars, rangeOf, textOf } from './chars.js';
import type { Command } from './command.js';
import { type Environment, environmentOf } from './environment.js';
import { type Located, locate } from './locate.js';
import type { OptionUse } from './options.js';
import { refuse } from './refused.js';
import { optionWords, type Role, type SettingOption, VALUE } from './role.js';

/** A command that can be read and edited, in its surroundings. */
export interface Site extends Located {
  readonly role: Role;
  readonly environment: Environment;
  /** Every word of every command but the settings: what an edit must leave as it was. */
  readonly shape: string;
}

export interface SiteValue {
  readonly setting: SettingKey;
  readonly value: Known;
  readonly at?: number;
}

/**
 * The site of a role among commands, or `undefined` where none of them has to do with it.
 * @throws {Refused} as `locate` does
 */
export function siteOf(commands: readonly Command[], role: Role, around: Environment): Site | undefined {
  const located = locate(commands, role);
  if (located === undefined) return undefined;
  const environment = environmentOf(around, commands, located.command);
  checkSwitches(environment, role);
  return { ...located, role, environment, shape: shapeOf(commands, located, role) };
}

const OFF = /^(?:|0|f|false|n|no|off)$/i;

function checkSwitches({ variables }: Environment, role: Role): void {
  for (const [name, option] of Object.entries(role.switches)) {
    const variable = variables.get(name);
    const reason = role.forbidden[option];
    if (variable === undefined || reason === undefined || OFF.test(variable.value ?? 'unknown')) continue;
    refuse({ ...reason, at: variable.at, found: name, fix: `Take ${name} out: it does the same as ${option}` });
  }
}

function shapeOf(commands: readonly Command[], { command, program, args }: Located, role: Role): string {
  const names = role.settings.flatMap((option) => option.names);
  const settings = args.options.filter((option) => names.includes(option.name));
  const dropped = new Set(settings.flatMap((option) => program.args.slice(option.index, option.index + option.words)));
  return JSON.stringify(
    commands.map((one) => one.words.filter((word) => one !== command || !dropped.has(word)).map((word) => word.text)),
  );
}

export function readSite(site: Site): readonly SiteValue[] {
  return site.role.settings.map((option) => readSetting(site, option));
}

function readSetting(site: Site, option: SettingOption): SiteValue {
  const { setting } = option;
  const use = lastUse(site, option);
  if (use !== undefined) {
    const { substitute } = site.environment;
    return { setting, value: known(use.name, use.value, option, substitute), at: use.value?.[0]?.start ?? use.at };
  }
  for (const name of option.variables) {
    const variable = site.environment.variables.get(name);
    if (variable !== undefined) return { setting, value: parsed(name, variable.value, option), at: variable.at };
  }
  return { setting, value: null };
}

/** The last one wins, in uvicorn and in celery. */
function lastUse(site: Site, option: SettingOption): OptionUse | undefined {
  return site.args.options.findLast((use) => option.names.includes(use.name));
}

function known(
  name: string,
  value: Chars | undefined,
  option: SettingOption,
  substitute: Environment['substitute'],
): Known {
  if (value === undefined) return { unresolved: `${name} has no value` };
  if (!value.some((char) => char.opaque)) return parsed(name, textOf(value), option);
  const substituted = substitute?.(textOf(value)) ?? null;
  if (substituted !== null) return parsed(name, substituted, option);
  return { unresolved: `${name} is ${textOf(value)}, which is only known where the command runs` };
}

function parsed(name: string, text: string | null, option: SettingOption): Known {
  if (text === null) return { unresolved: `${name} is only known where the command runs` };
  if (!VALUE[option.kind].test(text))
    return { unresolved: `${name} is ${JSON.stringify(text)}, which is no value for it` };
  return option.kind === 'count' ? Number(text) : text;
}

/**
 * The edits that give a command the wanted settings; those of other roles are ignored.
 * @throws {Refused} where a value is not a literal, or nothing can be added to the command
 */
export function editSite(site: Site, want: Wanted): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const missing: string[] = [];
  for (const option of site.role.settings) {
    const value = want[option.setting];
    const use = lastUse(site, option);
    if (value === undefined || satisfied(site, option, value)) continue;
    if (!VALUE[option.kind].test(`${value}`)) refuseWanted(site, option, `${value}`);
    if (use === undefined) missing.push(...optionWords(option, value));
    else edits.push(replacement(use, option, `${value}`));
  }
  if (missing.length > 0) edits.push(addition(site, missing));
  return edits.toSorted((one, other) => one.start - other.start);
}

/** Whether the command already does what is wanted, be it by the program's own default. */
export function satisfied(site: Site, option: SettingOption, value: Wanted[SettingKey]): boolean {
  if (lastUse(site, option) !== undefined) return readSetting(site, option).value === value;
  const free = site.environment.complete && !option.variables.some((name) => site.environment.variables.has(name));
  return free && option.fallback !== undefined && option.fallback === value;
}

function replacement(use: OptionUse, option: SettingOption, text: string): TextEdit {
  const value = known(use.name, use.value, option, undefined);
  const range = use.value === undefined ? undefined : rangeOf(use.value);
  if (range !== undefined && (typeof value === 'number' || typeof value === 'string')) return { ...range, text };
  return refuse({
    kind: 'unsafe',
    message: `The value of ${use.name} is not a literal that can be replaced`,
    at: use.at,
    found: use.value === undefined ? use.name : `${use.name} ${textOf(use.value)}`,
    fix: `Write it as a plain value, such as ${use.name} ${text}, or change it where it is set`,
  });
}

function addition(site: Site, words: readonly string[]): TextEdit {
  const { tail, words: present } = site.command;
  if (tail === null) {
    refuse({
      kind: 'unsafe',
      message: 'Nothing can be added after the last word of this command',
      at: present[present.length - 1]?.start ?? 0,
      fix: `Add it by hand: ${words.join(' ')}`,
    });
  }
  const quoted = words.map((word) => {
    const quote = /^\d+$/.test(word) ? tail.numberQuote : tail.quote;
    return `${tail.before}${quote}${word}${quote}`;
  });
  return { start: tail.at, end: tail.at, text: quoted.join('') };
}

function refuseWanted(site: Site, option: SettingOption, value: string): never {
  refuse({
    kind: 'unsafe',
    message: `${JSON.stringify(value)} is no value for ${option.setting}`,
    at: site.command.words[0]?.start ?? 0,
    fix: 'Want a value that the command can take',
  });
}
