import type { Known, SettingKey, SettingValue, Wanted } from '../../settings.js';
import type { Spot } from '../spot.js';
import type { PlacedEdit } from '../types.js';
import { rangeOf, textOf } from './chars.js';
import type { Command } from './command.js';
import { type Environment, environmentOf, type Variable } from './environment.js';
import type { Launcher, SettingOption } from './launchers.js';
import { type Located, locate } from './locate.js';
import type { OptionUse } from './options.js';
import { refuse } from './refused.js';
import { optionWords, type Role, VALUE } from './role.js';

/** A command that can be read and edited, in its surroundings. */
export interface Site extends Located {
  readonly role: Role;
  readonly environment: Environment;
  /** Every word of every command but the settings: what an edit must leave as it was. */
  readonly shape: string;
  /** The variable that sets what the command leaves open, where nothing can be added to the command itself. */
  readonly variable?: {
    readonly name: string;
    readonly edit: (value: SettingValue) => PlacedEdit;
  };
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
  checkSwitches(environment, located.launcher);
  return { ...located, role, environment, shape: shapeOf(commands, located) };
}

const OFF = /^(?:|0|f|false|n|no|off)$/i;

function checkSwitches({ variables }: Environment, launcher: Launcher): void {
  for (const [name, option] of Object.entries(launcher.switches)) {
    const variable = variables.get(name);
    const reason = launcher.forbidden[option];
    if (variable === undefined || reason === undefined || OFF.test(variable.value ?? 'unknown')) continue;
    refuse({ ...reason, at: variable.at, found: name, fix: `Take ${name} out: it does the same as ${option}` });
  }
}

function shapeOf(commands: readonly Command[], { command, program, args, launcher }: Located): string {
  const names = launcher.settings.flatMap((option) => option.names);
  const settings = args.options.filter((option) => names.includes(option.name));
  const dropped = new Set(settings.flatMap((option) => program.args.slice(option.index, option.index + option.words)));
  return JSON.stringify(
    commands.map((one) => one.words.filter((word) => one !== command || !dropped.has(word)).map((word) => word.text)),
  );
}

export function readSite(site: Site): readonly SiteValue[] {
  return site.launcher.settings.map((option) => readSetting(site, option));
}

function readSetting(site: Site, option: SettingOption): SiteValue {
  const { setting } = option;
  const use = lastUse(site, option);
  if (use !== undefined) return { setting, value: known(site, use, option), at: use.value?.[0]?.start ?? use.at };
  const config = site.args.options.findLast(({ name }) => site.launcher.configOptions.includes(name));
  for (const name of option.variables) {
    const variable = site.environment.variables.get(name);
    const isBeaten = config !== undefined && name === 'WEB_CONCURRENCY';
    if (variable !== undefined && !isBeaten)
      return { setting, value: fromVariable(name, variable, option), at: variable.at };
  }
  if (config === undefined) return { setting, value: null };
  const why = `${site.launcher.program} reads ${textOf(config.value ?? [])}, which may set it`;
  return { setting, value: { unresolved: why }, at: config.at };
}

const ARGUMENTS = 'GUNICORN_CMD_ARGS';

/** A variable holds the value itself, or, for gunicorn, further arguments. */
function fromVariable(name: string, { value }: Variable, option: SettingOption): Known {
  if (name !== ARGUMENTS) return parsed(name, value, option);
  const words = /(?:^|\s)(?:-w\s*|--workers[\s=]+)(\d+)(?=\s|$)/.exec(value ?? '');
  return words === null ? { unresolved: `${name} may set it` } : Number(words[1]);
}

/** The last one wins, in uvicorn and in celery. */
function lastUse(site: Site, option: SettingOption): OptionUse | undefined {
  return site.args.options.findLast((use) => option.names.includes(use.name));
}

function known(site: Site, { name, value }: OptionUse, option: SettingOption): Known {
  if (value === undefined) return { unresolved: `${name} has no value` };
  if (!value.some((char) => char.opaque)) return parsed(name, textOf(value), option);
  const spot = site.environment.behind?.(value);
  if (spot !== undefined && VALUE[option.kind].test(`${spot.known}`)) return spot.known;
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
export function editSite(site: Site, want: Wanted, path: string): readonly PlacedEdit[] {
  const edits: PlacedEdit[] = [];
  const missing: string[] = [];
  for (const option of site.launcher.settings) {
    const value = want[option.setting];
    if (value === undefined || satisfied(site, option, value)) continue;
    if (!VALUE[option.kind].test(`${value}`)) refuseWanted(site, option, `${value}`);
    const edit = existing(site, option, { value, path });
    if (edit === undefined) missing.push(...optionWords(option, value));
    else edits.push(edit);
  }
  if (missing.length > 0) edits.push(addition(site, missing));
  return edits.toSorted((one, other) => one.start - other.start);
}

/** The edit where the option, or the variable that stands for it, is; `undefined` where it has to be added. */
function existing(
  site: Site,
  option: SettingOption,
  { value, path }: { readonly value: SettingValue; readonly path: string },
): PlacedEdit | undefined {
  const use = lastUse(site, option);
  if (use === undefined) return site.variable?.edit(value);
  return replacement(site, use, option, { value: `${value}`, path });
}

/** Whether the command already does what is wanted, be it by the program's own default. */
export function satisfied(site: Site, option: SettingOption, value: Wanted[SettingKey]): boolean {
  const isSet = lastUse(site, option) !== undefined || site.variable !== undefined;
  if (isSet) return readSetting(site, option).value === value;
  const isConfigured = site.args.options.some(({ name }) => site.launcher.configOptions.includes(name));
  const isGiven = option.variables.some((name) => site.environment.variables.has(name));
  const free = site.environment.complete && !isGiven && !isConfigured;
  return free && option.fallback !== undefined && option.fallback === value;
}

function replacement(
  site: Site,
  use: OptionUse,
  option: SettingOption,
  { value: text, path }: { readonly value: string; readonly path: string },
): PlacedEdit {
  const value = known(site, use, option);
  const isKnown = typeof value === 'number' || typeof value === 'string';
  const isOpaque = use.value?.some((char) => char.opaque) === true;
  const spot = isOpaque && use.value !== undefined ? site.environment.behind?.(use.value) : undefined;
  if (isKnown && spot !== undefined) return placed(spot, text, path);
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
