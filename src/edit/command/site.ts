import type { Known, SettingKey, SettingValue, Wanted } from '../../settings.js';
import type { PlacedEdit, PlacedPosition } from '../types.js';
import { textOf } from './chars.js';
import type { Command } from './command.js';
import { type Environment, environmentOf, type Variable } from './environment.js';
import type { Launcher, SettingOption } from './launchers.js';
import { type Located, locate } from './locate.js';
import type { OptionUse } from './options.js';
import { type InFile, refuse } from './refused.js';
import { type Role, VALUE } from './role.js';
import type { Word } from './word.js';

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
  /** The file that the command stands in, where it is not the editor's own. */
  readonly file?: InFile;
  /** That file is only read for the definition of this service, which another one extends; it is not started. */
  readonly extended?: string;
  /** What the program reads besides, if it sets what the command leaves open. */
  readonly beside?: Beside;
}

/** A file of settings, or the code that starts the server: what it says, and the edits that make it say another value. */
export interface Beside {
  readonly known: Known;
  readonly place?: PlacedPosition;
  /** Nothing can be said in the command itself. */
  readonly alone: boolean;
  readonly edit: (value: SettingValue) => readonly PlacedEdit[];
}

export interface SiteValue {
  readonly setting: SettingKey;
  readonly value: Known;
  readonly at?: number;
  /** Where it stands in another file than the command. */
  readonly place?: PlacedPosition;
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
  const stands = settings.flatMap(({ value }) => /^\$\{?(\w+)/.exec(textOf(value ?? []))?.[1] ?? []);
  // What a variable of the script is given is what an edit may change.
  const written = ({ text }: Word) => (stands.some((name) => text.startsWith(`${name}=`)) ? text.split('=')[0] : text);
  return JSON.stringify(
    commands.map((one) => one.words.filter((word) => one !== command || !dropped.has(word)).map(written)),
  );
}

export function readSite(site: Site): readonly SiteValue[] {
  return site.launcher.settings.map((option) => readSetting(site, option));
}

function readSetting(site: Site, option: SettingOption): SiteValue {
  const { setting } = option;
  const use = lastUse(site, option);
  if (use !== undefined) return { setting, value: knownUse(site, use, option), at: use.value?.[0]?.start ?? use.at };
  const config = configOf(site);
  const variable = fromEnvironment(site, option, saysBeside(site) || config !== undefined);
  if (variable !== undefined) return variable;
  if (site.beside !== undefined) return { setting, value: site.beside.known, ...placeOf(site.beside) };
  if (config === undefined) return { setting, value: null };
  const why = `${site.launcher.program} reads ${textOf(config.value ?? [])}, which may set it`;
  return { setting, value: { unresolved: why }, at: config.at };
}

/** The strongest variable that is set; a configuration beats the one that is only a default. */
function fromEnvironment(
  { environment, file }: Site,
  option: SettingOption,
  configured: boolean,
): SiteValue | undefined {
  for (const name of option.variables) {
    const variable = environment.variables.get(name);
    if (variable === undefined || (configured && name === 'WEB_CONCURRENCY')) continue;
    const at = file === undefined ? { at: variable.at } : {};
    return { setting: option.setting, value: fromVariable(name, variable, option), ...at };
  }
  return undefined;
}

/** The option that names a file with further settings, where that file could not be looked into. */
function configOf({ args, launcher, beside }: Site): OptionUse | undefined {
  if (beside !== undefined) return undefined;
  return args.options.findLast(({ name }) => launcher.configOptions.includes(name));
}

function saysBeside({ beside }: Site): boolean {
  return beside !== undefined && beside.known !== null;
}

function placeOf({ place }: Beside): Pick<SiteValue, 'place'> {
  return place === undefined ? {} : { place };
}

const ARGUMENTS = 'GUNICORN_CMD_ARGS';

/** A variable holds the value itself, or, for gunicorn, further arguments. */
function fromVariable(name: string, { value }: Variable, option: SettingOption): Known {
  if (name !== ARGUMENTS) return parsed(name, value, option);
  const words = /(?:^|\s)(?:-w\s*|--workers[\s=]+)(\d+)(?=\s|$)/.exec(value ?? '');
  return words === null ? { unresolved: `${name} may set it` } : Number(words[1]);
}

/** The last one wins, in uvicorn and in celery. */
export function lastUse(site: Site, option: SettingOption): OptionUse | undefined {
  return site.args.options.findLast((use) => option.names.includes(use.name));
}

export function knownUse(site: Site, { name, value }: OptionUse, option: SettingOption): Known {
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

/** Whether the command already does what is wanted, be it by the program's own default. */
export function satisfied(site: Site, option: SettingOption, value: Wanted[SettingKey]): boolean {
  const isSet = lastUse(site, option) !== undefined || site.variable !== undefined || saysBeside(site);
  if (isSet) return readSetting(site, option).value === value;
  const isConfigured = configOf(site) !== undefined;
  const isGiven = option.variables.some((name) => site.environment.variables.has(name));
  const free = site.environment.complete && !isGiven && !isConfigured;
  return free && option.fallback !== undefined && option.fallback === value;
}
