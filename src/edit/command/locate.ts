import { textOf } from './chars.js';
import type { Command } from './command.js';
import type { Launcher } from './launchers.js';
import { type Arguments, type OptionUse, parseArguments } from './options.js';
import { baseName, type Program, programOf } from './program.js';
import { refuse } from './refused.js';
import type { Role } from './role.js';
import type { Word } from './word.js';

/** The one command of a file or service that a role is about. */
export interface Located {
  readonly command: Command;
  readonly launcher: Launcher;
  readonly program: Program;
  readonly args: Arguments;
}

/** Programs that name others without starting them. */
const ONLY_TALKS = new Set([
  'echo',
  'printf',
  'pip',
  'pip3',
  'which',
  'pkill',
  'pgrep',
  'killall',
  'apt-get',
  'apk',
  'type',
  'test',
  '[',
  '[[',
  'for',
]);

/**
 * Finds the command of a role among the commands that run one after the other.
 * @returns `undefined` where none of them has to do with it
 * @throws {Refused} where several fit, where another launcher does the work, or where a change would be a guess
 */
export function locate(commands: readonly Command[], role: Role): Located | undefined {
  const found = commands.flatMap((command) => role.launchers.flatMap((launcher) => match(command, launcher)));
  const [first, ...others] = found;
  if (first === undefined) {
    for (const command of commands) refuseRelative(command, role);
    return undefined;
  }
  if (others.length > 0) refuseSeveral(found, role);
  checkSplit(commands);
  checkArguments(first);
  return first;
}

function match(command: Command, launcher: Launcher): Located[] {
  const program = programOf(command.words);
  if (program?.name !== launcher.program) return [];
  const args = parseArguments(program.args, launcher.grammar);
  const located = { command, launcher, program, args };
  if (launcher.subcommand === undefined) return [located];
  const subcommand = args.positionals[0];
  const foreign = launcher.foreign[subcommand?.text ?? ''];
  if (foreign !== undefined) refuse({ ...foreign, at: subcommand?.start ?? 0, found: subcommand?.text ?? '' });
  if (subcommand?.opaque) refuseOpaque(subcommand, launcher);
  return subcommand?.text === launcher.subcommand ? [located] : [];
}

function refuseSeveral(found: readonly Located[], role: Role): never {
  refuse({
    kind: 'unsupported',
    message: `Several commands start ${role.label}, and only one of them can be meant`,
    at: found[0]?.command.words[0]?.start ?? 0,
    found: role.label,
    candidates: found.map((one) => ({ name: one.program.name, at: one.command.words[0]?.start ?? 0 })),
    fix: 'Set the options of each by hand, or leave one',
  });
}

/** An option at the start of a line was meant for the line above, but the shell reads a command of its own there. */
function checkSplit(commands: readonly Command[]): void {
  const stray = commands.map((command) => command.words[0]).find((word) => word?.text.startsWith('-'));
  if (stray === undefined) return;
  refuse({
    kind: 'unsafe',
    message: 'The shell reads this option as a command of its own, because it stands on a new line',
    at: stray.start,
    found: stray.text,
    fix: 'Join the lines: in a folded scalar, give them all the same indentation',
  });
}

function checkArguments({ args, launcher }: Located): void {
  for (const option of args.options) {
    const reason = launcher.forbidden[option.name];
    if (reason !== undefined) refuse({ ...reason, at: option.at, found: option.name });
    checkRequired(option, launcher);
  }
  if (args.end !== undefined) {
    refuse({
      kind: 'unsupported',
      message: 'Nothing after `--` is an option',
      at: args.end.start,
      found: args.end.text,
      fix: 'Take `--` out',
    });
  }
  const stray = args.positionals.find((word) => word.opaque);
  const isApp = launcher.subcommand === undefined && args.positionals.length === 1;
  if (stray !== undefined && !isApp) refuseOpaque(stray, launcher);
}

function checkRequired({ name, value, at }: OptionUse, { requires }: Launcher): void {
  const rule = requires.find(({ names }) => names.includes(name));
  const text = textOf(value ?? []);
  if (rule === undefined || rule.value.test(text)) return;
  refuse({ ...rule.otherwise, at, found: `${name} ${text}` });
}

function refuseOpaque(word: Word, { program }: Launcher): never {
  refuse({
    kind: 'unsafe',
    message: `What this stands for is only known where the command runs, and it may hold options of ${program}`,
    at: word.start,
    found: word.text,
    fix: 'Write the options out in the command',
  });
}

function refuseRelative(command: Command, role: Role): void {
  const program = programOf(command.words);
  const first = command.words[0];
  if (program === undefined || first === undefined || ONLY_TALKS.has(program.name)) return;
  const rival = role.rivals[program.name];
  if (rival !== undefined) refuseLauncher(program.name || program.word.text, first.start, role, rival);
  for (const { program: known, subcommand } of role.launchers) {
    const named = program.args.find((word) => baseName(word) === known);
    if (named === undefined || program.name === known) continue;
    const follows = program.args[program.args.indexOf(named) + 1];
    if (subcommand !== undefined && follows === undefined) continue;
    refuseLauncher(
      program.name || program.word.text,
      first.start,
      role,
      `Start ${known} itself, or set its options by hand`,
    );
  }
}

function refuseLauncher(name: string, at: number, role: Role, fix: string): never {
  refuse({
    kind: 'unsupported',
    message: `\`${name}\` does the work here, and only a command of ${role.label} is changed`,
    at,
    found: name,
    fix,
  });
}
