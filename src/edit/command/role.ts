import type { SettingKey, SettingValue, Wanted } from '../../settings.js';
import { CELERY_LAUNCHERS, type Launcher, type SettingOption, WEB_LAUNCHERS } from './launchers.js';

/** One kind of service, and the programs that may run it. */
export interface Role {
  /** As `services` and `--service` call it. */
  readonly name: 'backend' | 'celery';
  readonly label: string;
  readonly settings: readonly SettingKey[];
  readonly launchers: readonly Launcher[];
  /** Programs that do the same work, and what the user does about them. */
  readonly rivals: Readonly<Record<string, string>>;
  /** What is wanted of it, where that is known: refusals say what to write. */
  readonly want?: Wanted;
}

export const VALUE = { count: /^\d+$/, name: /^[A-Za-z][\w.:]*$/ } as const;

export const WEB: Role = {
  name: 'backend',
  label: 'uvicorn',
  settings: ['web.workers'],
  launchers: WEB_LAUNCHERS,
  rivals: {
    hypercorn: 'Set its workers by hand, with `--workers N` in its own command',
    granian: 'Set its workers by hand, with `--workers N` in its own command',
    daphne: 'Start uvicorn instead: daphne has no workers',
  },
};

export const CELERY: Role = {
  name: 'celery',
  label: 'a celery worker',
  settings: ['celery.pool', 'celery.concurrency'],
  launchers: CELERY_LAUNCHERS,
  rivals: {},
};

/** Every variable of the environment that matters to a role. */
export const VARIABLES: readonly string[] = [...WEB_LAUNCHERS, ...CELERY_LAUNCHERS].flatMap((launcher) => [
  ...Object.keys(launcher.switches),
  ...launcher.settings.flatMap((option) => option.variables),
]);

/** Whether a text is about the role at all: what can't be read only matters if it is. */
export function mentions(text: string, role: Role): boolean {
  return (
    role.launchers.some(({ program, subcommand = '' }) => text.includes(program) && text.includes(subcommand)) ||
    Object.keys(role.rivals).some((name) => text.includes(name)) ||
    role.launchers.some(
      ({ program, foreign }) => text.includes(program) && Object.keys(foreign).some((word) => text.includes(word)),
    )
  );
}

/** The words that set an option where it is missing. */
export function optionWords(option: SettingOption, value: SettingValue): readonly string[] {
  const name = option.names[option.names.length - 1];
  return option.joiner === '=' ? [`${name}=${value}`] : [`${name}`, `${value}`];
}

/** What a person writes into the command of a role, with the values where they are known. */
export function byHand({ launchers: [launcher], want = {} }: Role): string {
  return (launcher?.settings ?? []).flatMap((option) => optionWords(option, want[option.setting] ?? 'N')).join(' ');
}
