import type { Found, Known, ServiceRole, SettingKey, SettingValue } from '../settings.js';
import type { ProgramName } from '../target/services.js';

/** What should hold of one service's processes. */
export interface Expected {
  readonly service: ServiceRole;
  /** By what the checks are told apart; the role, where it is one of the two. */
  readonly label?: string;
  /** What it ran before: while a shell does something else first, nothing is taken for done. */
  readonly program?: ProgramName | null;
  /** The port of the broker that it was connected to before, and has to be again. */
  readonly connected?: number | null;
  /** As the files set them, or as they are to be. What is not known, or not of this service, is not asked for. */
  readonly settings: Found;
  /** The files with the two pools, absolute, by the paths of the target itself. */
  readonly files: { readonly database: string | null; readonly redis: string | null };
  /** Files that every worker must have been started after. */
  readonly newer: readonly string[];
  /** The path that must answer; for a service that listens. */
  readonly health: string | null;
  /** Where it must listen, besides wherever else; empty where nobody says so. */
  readonly listens?: readonly string[];
  /** The most connections that the database may have from all of this application. */
  readonly maxConnections: number | null;
}

const SETTINGS_OF: Readonly<Record<ServiceRole, RegExp>> = {
  backend: /^(db|redis|web)\./,
  celery: /^(db|redis|celery)\./,
};

/** What the probe's verb `judge` takes, and with it `at_service_checks` and `at_settle`. */
export function expectationsOf(expected: Expected): string {
  const {
    service,
    label = service,
    program = null,
    connected = null,
    settings,
    files,
    newer,
    health,
    listens = [],
    maxConnections,
  } = expected;
  const known = Object.entries(settings).filter(([key, value]) => isOf(service, key as SettingKey) && isValue(value));
  return JSON.stringify({
    label,
    program: program === 'other' ? null : program,
    files: Object.fromEntries(Object.entries(files).filter(([, path]) => path !== null)),
    settings: Object.fromEntries(known),
    newer,
    health,
    ...(listens.length > 0 && { listens }),
    ...(connected !== null && { connected }),
    maxConnections,
  });
}

/** What the checks of another service of the same code begin with. */
export function siblingLabel(name: string): string {
  return `service ${name}`;
}

/** Whether a service's processes have a setting at all. */
export function isOf(service: ServiceRole, key: SettingKey): boolean {
  return SETTINGS_OF[service].test(key);
}

function isValue(value: Known | undefined): value is SettingValue {
  return value !== undefined && value !== null && typeof value !== 'object';
}
