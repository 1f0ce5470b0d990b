import { basename, dirname } from 'node:path/posix';
import type { Activating, CustomRuntime } from '../config/config.js';
import type { TargetAddress } from '../remote/address.js';
import { ROLES, type Role, type Runtime, type Wanted } from '../settings.js';
import type { FilePaths } from './facts.js';

/** One target as flags and configuration name it, before anything was asked of it. */
export interface TargetSpec {
  readonly name: string;
  readonly address: TargetAddress;
  /** Names the folder that holds the state. */
  readonly project: string;
  readonly profile: string;
  /** Null: to be detected. */
  readonly runtime: Runtime | null;
  readonly files: Readonly<Partial<Record<Role, string>>>;
  readonly services: { readonly backend: string | null; readonly celery: string | null };
  readonly custom: CustomRuntime | null;
  readonly activating: Activating;
  readonly maxConnections: number | null;
  readonly settings: Wanted;
  /** Values of the profile that were set by hand, by their paths, as they were typed. */
  readonly profileValues: ReadonlyMap<string, string>;
  readonly soakMs: number;
}

const USUAL_PLACES: FilePaths = {
  database: 'backend/app/core/database.py',
  redis: 'backend/app/core/redis_client.py',
  compose: 'docker/docker-compose.polardb.yml',
  'backend-unit': '/etc/systemd/system/action-backend.service',
  'celery-unit': '/etc/systemd/system/action-celery-worker.service',
};

/** Whether the user restarts the services by commands of his own. */
export function hasOwnCommands({ custom }: Pick<TargetSpec, 'custom'>): boolean {
  return custom?.backend != null || custom?.celery != null;
}

/** What the services are called in a compose file, where nobody says so. */
export const USUAL_SERVICES = { backend: 'backend', celery: 'celery-worker' } as const;

const PICKED = /^(.+)#([A-Za-z_]\w*)$/s;

/** What is picked in a file, where `PATH#NAME` was given: the variable or function of several that could be meant. */
export function pickedIn({ files }: Pick<TargetSpec, 'files'>, role: Role): string | undefined {
  return PICKED.exec(files[role] ?? '')?.[2];
}

/** Where each file is looked for: absolute, on the target. */
export function filePaths(spec: Pick<TargetSpec, 'files'>, root: string): FilePaths {
  const place = (role: Role) => {
    const written = spec.files[role] ?? USUAL_PLACES[role];
    const path = PICKED.exec(written)?.[1] ?? written;
    return path.startsWith('/') ? path : `${root}/${path}`;
  };
  return Object.fromEntries(ROLES.map((role) => [role, place(role)])) as Record<Role, string>;
}

/** Where the socket unit of a service lies: beside the unit, and never among those that packages bring. */
export function socketPath(unitFile: string): string {
  const folder = dirname(unitFile);
  const dropIn = /\.service\.d$/.test(folder);
  const unit = dropIn ? basename(folder, '.d') : basename(unitFile);
  const beside = dropIn ? dirname(folder) : folder;
  const place = /^(?:\/usr)?\/lib\//.test(beside) ? '/etc/systemd/system' : beside;
  return `${place}/${unit.replace(/\.service$/, '')}.socket`;
}
