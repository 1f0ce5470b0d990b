import type { SettingKey, SettingValue } from '../../settings.js';
import type { Refusal } from '../types.js';
import type { Grammar } from './options.js';

type Reason = Pick<Refusal, 'kind' | 'message' | 'fix'>;

/** One setting as an option of a command. */
export interface SettingOption {
  readonly setting: SettingKey;
  readonly names: readonly string[];
  readonly kind: 'count' | 'name';
  /** How a missing one is added: as `--name value`, or as `--name=value`. */
  readonly joiner: ' ' | '=';
  /** The variables that count where the option is missing, the strongest first. */
  readonly variables: readonly string[];
  /** What the program does where neither says anything. */
  readonly fallback?: SettingValue;
}

/** A program that the tool sets, and what it must know to do so without guessing. */
export interface Role {
  readonly program: string;
  readonly subcommand?: string;
  readonly label: string;
  readonly grammar: Grammar;
  readonly settings: readonly SettingOption[];
  /** Options that make the settings void, or a change dangerous. */
  readonly forbidden: Readonly<Record<string, Reason>>;
  /** The variables that do the same as those options. */
  readonly switches: Readonly<Record<string, string>>;
  /** Subcommands that do the same work by other rules. */
  readonly foreign: Readonly<Record<string, Reason>>;
  /** Programs that do the same work, and what the user does about them. */
  readonly rivals: Readonly<Record<string, string>>;
}

export const VALUE = { count: /^\d+$/, name: /^[A-Za-z][\w.:]*$/ } as const;

export const WEB: Role = {
  program: 'uvicorn',
  label: 'uvicorn',
  grammar: {
    flags: new Set([
      '--reload',
      '--factory',
      '--version',
      '--help',
      '--reset-contextvars',
      '--use-colors',
      '--no-use-colors',
      '--access-log',
      '--no-access-log',
      '--proxy-headers',
      '--no-proxy-headers',
      '--server-header',
      '--no-server-header',
      '--date-header',
      '--no-date-header',
    ]),
  },
  settings: [
    {
      setting: 'web.workers',
      names: ['--workers'],
      kind: 'count',
      joiner: ' ',
      variables: ['UVICORN_WORKERS', 'WEB_CONCURRENCY'],
      fallback: 1,
    },
  ],
  forbidden: {
    '--reload': {
      kind: 'unsafe',
      message: 'uvicorn ignores --workers while --reload is set',
      fix: 'Take --reload out of the command: it is meant for development',
    },
  },
  switches: { UVICORN_RELOAD: '--reload' },
  foreign: {},
  rivals: {
    gunicorn: 'Set its workers by hand, with `-w N` in its own command',
    hypercorn: 'Set its workers by hand, with `--workers N` in its own command',
    granian: 'Set its workers by hand, with `--workers N` in its own command',
    fastapi: 'Set its workers by hand, with `--workers N` after `fastapi run`, or start uvicorn itself',
    daphne: 'Start uvicorn instead: daphne has no workers',
  },
};

export const CELERY: Role = {
  program: 'celery',
  subcommand: 'worker',
  label: 'a celery worker',
  grammar: {
    flags: new Set([
      '-B',
      '--beat',
      '-D',
      '--detach',
      '-E',
      '--task-events',
      '--events',
      '--purge',
      '--discard',
      '-q',
      '--quiet',
      '-C',
      '--no-color',
      '--without-gossip',
      '--without-mingle',
      '--without-heartbeat',
      '--disable-prefetch',
      '--skip-checks',
      '--version',
      '--help',
    ]),
  },
  settings: [
    { setting: 'celery.pool', names: ['-P', '--pool'], kind: 'name', joiner: '=', variables: [] },
    {
      setting: 'celery.concurrency',
      names: ['-c', '--concurrency'],
      kind: 'count',
      joiner: '=',
      variables: ['CELERY_WORKER_CONCURRENCY'],
    },
  ],
  forbidden: {
    '--autoscale': {
      kind: 'unsafe',
      message: 'celery ignores --concurrency while --autoscale is set',
      fix: 'Take --autoscale out of the command, or set its limits by hand',
    },
    '-B': {
      kind: 'unsafe',
      message: 'This worker also runs the beat scheduler, which must run once only',
      fix: 'Start `celery beat` as a service of its own, and take -B out of the worker',
    },
    '--beat': {
      kind: 'unsafe',
      message: 'This worker also runs the beat scheduler, which must run once only',
      fix: 'Start `celery beat` as a service of its own, and take --beat out of the worker',
    },
  },
  switches: {},
  foreign: {
    multi: {
      kind: 'unsupported',
      message: '`celery multi` starts several workers in the background, each with options of its own',
      fix: 'Start one `celery worker` a service, or set its options by hand',
    },
  },
  rivals: {},
};

/** Every variable of the environment that matters to a role. */
export const VARIABLES: readonly string[] = [WEB, CELERY].flatMap((role) => [
  ...Object.keys(role.switches),
  ...role.settings.flatMap((option) => option.variables),
]);

/** Whether a text is about the role at all: what can't be read only matters if it is. */
export function mentions(text: string, role: Role): boolean {
  return (
    [role.program, ...Object.keys(role.rivals)].some((name) => text.includes(name)) &&
    text.includes(role.subcommand ?? '')
  );
}

/** The words that set an option where it is missing. */
export function optionWords(option: SettingOption, value: SettingValue): readonly string[] {
  const name = option.names[option.names.length - 1];
  return option.joiner === '=' ? [`${name}=${value}`] : [`${name}`, `${value}`];
}
