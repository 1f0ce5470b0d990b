import type { Problem } from '../errors.js';
import type { TargetOptions } from './options.js';

/** A command as a user would type it into a shell, with the options that say on what and how. */
export function typed(command: readonly string[], options: TargetOptions, last: readonly string[] = []): string {
  return ['action-tune', ...command, ...sharedFlags(options), ...last].map(quoted).join(' ');
}

function sharedFlags({
  target,
  config,
  profile,
  runtime,
  set,
  file,
  service,
  maxConnections,
}: TargetOptions): readonly string[] {
  const pairs = (given: Readonly<Record<string, string>> = {}) =>
    Object.entries(given).map(([role, value]) => `${role}=${value}`);
  return [
    ...flags('--target', target ?? []),
    ...flags('--config', [config]),
    ...flags('--profile', [profile]),
    ...flags('--runtime', [runtime]),
    ...flags('--set', set ?? []),
    ...flags('--file', pairs(file)),
    ...flags('--service', pairs(service)),
    ...flags('--max-connections', [maxConnections]),
  ];
}

function flags(name: string, values: readonly (string | number | undefined)[]): readonly string[] {
  return values.flatMap((value) => (value === undefined ? [] : [name, String(value)]));
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

const ADVISED = /`(action-tune (?:apply|confirm|history|plan|rollback|status|unlock)\b[^`]*)`/g;

/** Problems whose advised commands mean the targets of the command line that ran into them. */
export function aimed(problems: readonly Problem[], argv: readonly string[]): readonly Problem[] {
  return aimedAt(problems, aimOf(argv));
}

/** The same, where the options are known, and one of several targets is meant. */
export function aimedBy(problems: readonly Problem[], { target, config }: TargetOptions): readonly Problem[] {
  return aimedAt(problems, [...flags('--target', target ?? []), ...flags('--config', [config])].map(quoted));
}

function aimedAt(problems: readonly Problem[], aim: readonly string[]): readonly Problem[] {
  const withAim = (_: string, command: string) =>
    `\`${[command, ...(command.includes('--target') ? [] : aim)].join(' ')}\``;
  return aim.length === 0
    ? problems
    : problems.map((problem) => ({ ...problem, fix: problem.fix.replace(ADVISED, withAim) }));
}

function aimOf(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word, index) => {
    if (/^--(target|config)=/.test(word)) return [quoted(word)];
    const value = argv[index + 1];
    return (word === '--target' || word === '--config') && value !== undefined ? [word, quoted(value)] : [];
  });
}
