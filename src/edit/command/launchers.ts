import type { SettingKey, SettingValue } from '../../settings.js';
import type { Refusal } from '../types.js';
import type { Grammar } from './options.js';

export type Reason = Pick<Refusal, 'kind' | 'message' | 'fix'>;

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

/** A program that does a role's work, and what must be known to set it without guessing. */
export interface Launcher {
  readonly program: string;
  readonly subcommand?: string;
  readonly grammar: Grammar;
  readonly settings: readonly SettingOption[];
  /** Options that make the settings void, or a change dangerous. */
  readonly forbidden: Readonly<Record<string, Reason>>;
  /** The variables that do the same as those options. */
  readonly switches: Readonly<Record<string, string>>;
  /** Subcommands that do the same work by other rules. */
  readonly foreign: Readonly<Record<string, Reason>>;
  /** An option that names the file with further settings, which a value on the command line beats. */
  readonly configOptions: readonly string[];
  /** An option that must have a value of this kind, where it is given. */
  readonly requires: readonly {
    readonly names: readonly string[];
    readonly value: RegExp;
    readonly otherwise: Reason;
  }[];
}

const NOTHING = { forbidden: {}, switches: {}, foreign: {}, configOptions: [], requires: [] } as const;

const WORKERS = { setting: 'web.workers', kind: 'count', joiner: ' ', fallback: 1 } as const;

const UVICORN: Launcher = {
  ...NOTHING,
  program: 'uvicorn',
  grammar: {
    flags: new Set(
      '--reload --factory --version --help --reset-contextvars --use-colors --no-use-colors --access-log --no-access-log --proxy-headers --no-proxy-headers --server-header --no-server-header --date-header --no-date-header'.split(
        ' ',
      ),
    ),
  },
  settings: [{ ...WORKERS, names: ['--workers'], variables: ['UVICORN_WORKERS', 'WEB_CONCURRENCY'] }],
  forbidden: {
    '--reload': {
      kind: 'unsafe',
      message: 'uvicorn ignores --workers while --reload is set',
      fix: 'Take --reload out of the command: it is meant for development',
    },
  },
  switches: { UVICORN_RELOAD: '--reload' },
};

const GUNICORN: Launcher = {
  ...NOTHING,
  program: 'gunicorn',
  grammar: {
    flags: new Set(
      '-h --help -v --version --reload --spew --check-config --print-config --preload --no-sendfile --reuse-port -D --daemon --initgroups --capture-output --log-syslog -R --enable-stdio-inheritance --disable-redirect-access-to-syslog --proxy-protocol --do-handshake-on-connect --suppress-ragged-eofs --permit-obsolete-folding --strip-header-spaces --permit-unconventional-http-method --permit-unconventional-http-version --casefold-http-method --tolerate-dangerous-framing'.split(
        ' ',
      ),
    ),
  },
  settings: [{ ...WORKERS, names: ['-w', '--workers'], variables: ['GUNICORN_CMD_ARGS', 'WEB_CONCURRENCY'] }],
  configOptions: ['-c', '--config'],
  requires: [
    {
      names: ['-k', '--worker-class'],
      value: /uvicorn/i,
      otherwise: {
        kind: 'unsupported',
        message: 'gunicorn runs this service with another worker class than the one of uvicorn',
        fix: 'Set its workers by hand: how many there should be depends on that class',
      },
    },
  ],
};

const FASTAPI: Launcher = {
  ...NOTHING,
  program: 'fastapi',
  subcommand: 'run',
  grammar: {
    flags: new Set(['--reload', '--no-reload', '--proxy-headers', '--no-proxy-headers', '--help', '--version']),
  },
  settings: [{ ...WORKERS, names: ['--workers'], variables: ['WEB_CONCURRENCY'] }],
  forbidden: {
    '--reload': {
      kind: 'unsafe',
      message: 'fastapi ignores --workers while --reload is set',
      fix: 'Take --reload out of the command: it is meant for development',
    },
  },
  foreign: {
    dev: {
      kind: 'unsafe',
      message: '`fastapi dev` reloads, and has no workers',
      fix: 'Start the service with `fastapi run`',
    },
  },
};

const BEAT: Reason = {
  kind: 'unsafe',
  message: 'This worker also runs the beat scheduler, which must run once only',
  fix: 'Start `celery beat` as a service of its own, and take the option out of the worker',
};

const CELERY_WORKER: Launcher = {
  ...NOTHING,
  program: 'celery',
  subcommand: 'worker',
  grammar: {
    flags: new Set(
      '-B --beat -D --detach -E --task-events --events --purge --discard -q --quiet -C --no-color --without-gossip --without-mingle --without-heartbeat --disable-prefetch --skip-checks --version --help'.split(
        ' ',
      ),
    ),
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
    '-B': BEAT,
    '--beat': BEAT,
  },
  foreign: {
    multi: {
      kind: 'unsupported',
      message: '`celery multi` starts several workers in the background, each with options of its own',
      fix: 'Start one `celery worker` a service, or set its options by hand',
    },
  },
};

/** `uvicorn.run(...)` in the code that a command starts: its arguments stand there, and nothing can be said in the command. */
export const UVICORN_RUN: Launcher = {
  ...NOTHING,
  program: 'uvicorn.run',
  grammar: { flags: new Set() },
  settings: [{ ...WORKERS, names: [], variables: ['WEB_CONCURRENCY'] }],
};

export const WEB_LAUNCHERS: readonly Launcher[] = [UVICORN, GUNICORN, FASTAPI];
export const CELERY_LAUNCHERS: readonly Launcher[] = [CELERY_WORKER];
