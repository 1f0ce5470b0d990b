import { type Command, commandsOf } from '../command/command.js';
import { type Environment, environmentOf } from '../command/environment.js';
import { type Program, programOf } from '../command/program.js';
import { type InFile, inside, Refused, refuse } from '../command/refused.js';
import type { Role } from '../command/role.js';
import { type Site, siteOf } from '../command/site.js';
import { besideIn, runSite, withConfiguration } from './beside.js';
import type { Budget } from './budget.js';
import type { StartCode } from './code.js';
import { type Ground, movedTo, openAt } from './ground.js';
import type { Group } from './group.js';
import { type Lead, leadOf } from './lead.js';
import { makefileGroups } from './makefile.js';
import { namesRole, refuseMention, refuseUnread } from './mention.js';
import { procfileGroups } from './procfile.js';
import { commandsOfScript, isPythonScript, isShellScript, passesOn } from './script.js';
import { shellValue } from './shellvalue.js';
import { supervisorGroups } from './supervisor.js';

/** Who reads the code that commands lead to, and how much is followed. */
export interface Reach {
  readonly code: StartCode | undefined;
  readonly budget: Budget;
}

/** What commands run in. */
export interface Setting extends Reach {
  readonly role: Role;
  readonly environment: Environment;
  readonly ground: Ground;
}

const DEEPEST = 4;
const MOST_SHOWN = 4;

/** A command that leads to a file, and that file. */
interface Led {
  readonly command: Command;
  readonly program: Program;
  readonly lead: Lead;
  readonly file: InFile;
  /** Where it runs. */
  readonly ground: Ground;
}

/**
 * The site of a role among commands, or in a file that one of them leads to.
 * @throws {Refused} as `siteOf` does, and where a file starts the program in a form that can't be changed
 */
export function siteBehind(commands: readonly Command[], setting: Setting, depth = 0): Site | undefined {
  const { role, environment, code } = setting;
  const led = depth > DEEPEST ? [] : ledBy(commands, setting);
  const leading = new Set(led.map(({ command }) => command));
  const own = commands.filter((command) => !leading.has(command));
  const direct = siteOf(own, role, environment);
  const ground = direct === undefined ? setting.ground : groundAt(commands, direct.command, setting.ground);
  const found = [
    ...(direct === undefined ? [] : [withConfiguration(direct, ground, code)]),
    ...led.flatMap((one) => siteIn(one, commands, setting, depth) ?? []),
  ];
  if (found.length > 1) refuseSeveral(found, role);
  return found[0];
}

function ledBy(commands: readonly Command[], setting: Setting): readonly Led[] {
  const found: Led[] = [];
  let { ground } = setting;
  for (const command of commands) {
    const program = programOf(command.words);
    const led = program === undefined ? undefined : ledTo(command, program, { ...setting, ground });
    if (led !== undefined) found.push(led);
    ground = behindFolder(program, ground);
  }
  return found;
}

function ledTo(command: Command, program: Program, { ground, role, budget }: Setting): Led | undefined {
  const isOwn = role.launchers.some((launcher) => launcher.program === program.name);
  const lead = isOwn ? undefined : leadOf(program);
  const file = lead === undefined ? undefined : openAt(ground, lead.names);
  if (lead === undefined || file === undefined) return undefined;
  budget.spend(file);
  return { command, program, lead, file, ground };
}

/** Where a command runs after the `cd` before it. */
function groundAt(commands: readonly Command[], command: Command, ground: Ground): Ground {
  const before = commands.slice(0, commands.indexOf(command)).map(({ words }) => programOf(words));
  return before.reduce((here, program) => behindFolder(program, here), ground);
}

function behindFolder(program: Program | undefined, ground: Ground): Ground {
  if (program?.name !== 'cd') return ground;
  const [folder] = program.args;
  return movedTo(ground, folder === undefined || folder.opaque ? null : folder.text);
}

function siteIn(led: Led, commands: readonly Command[], setting: Setting, depth: number): Site | undefined {
  const { lead, file } = led;
  const environment = environmentOf(setting.environment, commands, led.command);
  const inner = { ...setting, environment, ground: led.ground };
  if (lead.kind === 'python' || isPythonScript(file.text)) return runIn(led, inner);
  if (lead.kind === 'script') return inScript(led, inner, depth);
  const groups = attempt(file, setting.role, () => groupsIn(lead, file));
  const sites = groups.flatMap((group) => inGroup(group, file, inner, depth) ?? []);
  if (sites.length > 1) refuseSeveral(sites, setting.role);
  if (sites.length === 0 && namesRole(file.text, setting.role)) {
    refuseMention(file, setting.role, `The way in which this file starts ${setting.role.label} is not understood`);
  }
  return sites[0];
}

function groupsIn({ kind, args }: Lead, { text }: InFile): readonly Group[] {
  const names = args.map((word) => word.text);
  if (kind === 'procfile') return procfileGroups(text, names);
  return kind === 'supervisor' ? supervisorGroups(text) : makefileGroups(text, names);
}

function inGroup(group: Group, file: InFile, setting: Setting, depth: number): Site | undefined {
  const environment = { ...setting.environment, complete: false };
  const behind = shellValue(file, group.commands, { ...environment, given: () => null });
  const ground = group.folder === undefined ? setting.ground : movedTo(setting.ground, group.folder);
  const inner = { ...setting, ground, environment: { ...environment, behind } };
  return placedIn(file, () => siteBehind(group.commands, inner, depth + 1));
}

function inScript(led: Led, setting: Setting, depth: number): Site | undefined {
  const { lead, file } = led;
  if (!isShellScript(file.text)) return undefined;
  const commands = attempt(file, setting.role, () => commandsOfScript(file.text));
  const behind = shellValue(file, commands, setting.environment);
  const inner = { ...setting, environment: { ...setting.environment, behind } };
  const site = placedIn(file, () => siteBehind(commands, inner, depth + 1));
  if (site !== undefined || !passesOn(commands) || lead.args.length === 0) return site;
  const [last] = lead.args.slice(-1);
  const tail = last?.end === led.command.words.at(-1)?.end ? led.command.tail : null;
  return siteBehind(commandsOf({ words: lead.args, tail }), setting, depth + 1);
}

/** What can't be read only matters where the file has to do with the role. */
function attempt<T>(file: InFile, role: Role, work: () => readonly T[]): readonly T[] {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (!namesRole(file.text, role)) return [];
    return refuseUnread(file, role, error);
  }
}

/** The file of a site is the innermost that it was found in. */
function placedIn(file: InFile, work: () => Site | undefined): Site | undefined {
  const site = inside(file.path, file.text, work);
  return site === undefined ? undefined : { ...site, file: site.file ?? file };
}

function runIn({ command, program, file }: Led, { role, environment, ground, code }: Setting): Site | undefined {
  if (role.name === 'celery') {
    if (/\bworker_main\s*\(/.test(file.text)) refuseMention(file, role, 'Code of its own starts the worker here');
    return undefined;
  }
  if (code === undefined || !/\buvicorn\b/.test(file.text)) return undefined;
  return runSite({ command, role, environment }, program, besideIn(file, code.run, ground.around, true));
}

function refuseSeveral(found: readonly Site[], role: Role): never {
  const [first] = found;
  const work = () =>
    refuse({
      kind: 'unsupported',
      message: `Several commands start ${role.label}, and only one of them can be meant`,
      at: first?.command.words[0]?.start ?? 0,
      found: found
        .slice(0, MOST_SHOWN)
        .map(({ program, file }) => `${program.name}${file === undefined ? '' : ` in ${file.path}`}`)
        .join(', '),
      fix: 'Set the options of each by hand, or leave one',
    });
  return first?.file === undefined ? work() : inside(first.file.path, first.file.text, work);
}
