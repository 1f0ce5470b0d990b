import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { GATES, type Override, type StageChoice } from '../commands/options.js';
import { fail } from '../errors.js';
import {
  ROLES,
  type Role,
  RUNTIMES,
  type Runtime,
  SERVICE_ROLES,
  type ServiceRole,
  STAGES,
  type StageName,
} from '../settings.js';
import { parseDuration } from '../units.js';

/** A command with the options that all commands share. */
export function command(name: string, description: string) {
  return new Command(name)
    .description(description)
    .helpOption('--help', 'print this help')
    .option('--json', 'print one JSON document')
    .option('--yes', 'do it without asking')
    .option('--no-color', 'no colours (as the variable NO_COLOR)')
    .option('--verbose', 'keep every line of progress, and show where a bug is');
}

/** A command that works on targets. */
export function targetCommand(name: string, description: string) {
  return command(name, description)
    .addOption(new Option('--target <target>', 'name or URL of a target; repeatable').argParser(collect))
    .option('--config <file>', 'configuration (default: action-tune.yaml, here or upwards)')
    .option('--profile <name|file>', 'capacity profile (default: department-20-50)')
    .addOption(
      new Option('--runtime <runtime>', 'what runs the stack (default: detected)').choices(RUNTIMES).argParser(runtime),
    )
    .addOption(setOption())
    .addOption(
      new Option('--file <role=path>', `where a file is (${ROLES.join(', ')}); repeatable`).argParser(filePath),
    )
    .addOption(
      new Option('--service <role=name>', 'the compose service of a role (backend, celery); repeatable').argParser(
        serviceName,
      ),
    )
    .addOption(new Option('--max-connections <n>', "the database's limit").argParser(positive));
}

export function setOption() {
  return new Option('--set <key=value>', 'one setting or value of the profile by hand; repeatable').argParser(collect);
}

export function stageOption() {
  return new Option('--stage <stage>', `one of ${STAGES.join(', ')}; repeatable`).argParser(stage);
}

export function overrideOption() {
  return new Option(
    '--override <gate>',
    `pass a closed gate: ${GATES.join(', ')}; needs --reason; several are parted by commas, or given one by one`,
  ).argParser(gate);
}

/** A way back passes none but this gate. */
export function driftOption() {
  const what = 'keep what was changed in the files since, and take out only what was applied: drift; needs --reason';
  return new Option('--override <gate>', what).argParser((value): readonly ['drift'] => [oneOf(['drift'], value)]);
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

function stage(value: string, previous: readonly StageName[] | undefined): readonly StageName[] {
  return [...(previous ?? []), oneOf(STAGES, value)];
}

function gate(value: string, previous: readonly Override['gate'][] | undefined): readonly Override['gate'][] {
  const named = value.split(',').map((each) => each.trim());
  const unknown = named.find((each) => !(GATES as readonly string[]).includes(each));
  if (unknown === undefined) return [...(previous ?? []), ...named.map((each) => oneOf(GATES, each))];
  throw new InvalidArgumentError(`expected one of ${GATES.join(', ')}, or several parted by commas, not '${unknown}'.`);
}

function runtime(value: string): Runtime {
  return oneOf(RUNTIMES, value);
}

function filePath(value: string, previous: Partial<Record<Role, string>> | undefined): Partial<Record<Role, string>> {
  const [, role = '', path = ''] = /^([^=]*)=(.+)$/s.exec(value) ?? [];
  if (path === '') throw new InvalidArgumentError(`expected ROLE=PATH, with a role of ${ROLES.join(', ')}.`);
  return { ...previous, [oneOf(ROLES, role)]: path };
}

function serviceName(
  value: string,
  previous: Partial<Record<ServiceRole, string>> | undefined,
): Partial<Record<ServiceRole, string>> {
  const [, role = '', name = ''] = /^([^=]*)=([\w.-]+)$/.exec(value) ?? [];
  if (name === '') throw new InvalidArgumentError(`expected ROLE=NAME, with a role of ${SERVICE_ROLES.join(', ')}.`);
  return { ...previous, [oneOf(SERVICE_ROLES, role)]: name };
}

/** A whole number from 1 up. */
function positive(value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('expected a whole number from 1 up.');
}

/** A duration of a second or more, in ms. */
export function seconds(value: string): number {
  const ms = parseDuration(value);
  if (ms >= 1000) return ms;
  throw new InvalidArgumentError('expected a second or more, such as 5m.');
}

/** A whole number from 0 up. */
export function natural(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('expected a whole number from 0 up.');
}

function oneOf<const T extends readonly string[]>(known: T, value: string): T[number] {
  if (known.includes(value)) return value;
  throw new InvalidArgumentError(`expected one of ${known.join(', ')}.`);
}

interface Choosing {
  readonly stage?: readonly StageName[] | undefined;
  readonly next?: true | undefined;
  readonly all?: true | undefined;
}

/** @throws ProblemError `usage` where more than one of these flags was given. */
export function expectOne(flags: Readonly<Record<string, unknown>>): void {
  if (Object.values(flags).filter((value) => value !== undefined).length < 2) return;
  const names = Object.keys(flags);
  const message = `${names.slice(0, -1).join(', ')} and ${names.at(-1)} exclude each other`;
  fail({ code: 'usage', message, fix: 'Give one of them.' });
}

/** Without a flag: the next stage, as the roll-out goes one at a time. */
export function stageChoice({ stage: stages, next, all }: Choosing): StageChoice {
  expectOne({ '--stage': stages, '--next': next, '--all': all });
  if (stages !== undefined) return { kind: 'named', stages };
  return { kind: all === true ? 'all' : 'next' };
}

export function overridesOf(gates: readonly Override['gate'][] = [], reason: string | undefined): readonly Override[] {
  // On one line, and without anything that steers a terminal: the journal shows it again.
  const given = reason?.replace(/\p{Cc}+/gu, ' ').trim() ?? '';
  if (gates.length > 0 && given === '') {
    fail({
      code: 'usage',
      message: '--override needs a reason',
      expected: '--reason TEXT',
      fix: 'Say why; the journal keeps it.',
    });
  }
  if (gates.length === 0 && reason !== undefined) {
    fail({
      code: 'usage',
      message: '--reason stands alone',
      expected: '--override GATE',
      fix: 'Name the gate it is for.',
    });
  }
  return [...new Set(gates)].map((gate) => ({ gate, reason: given }));
}
