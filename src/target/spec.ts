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
  readonly soakMs: number;
}

const USUAL_PLACES: FilePaths = {
  database: 'backend/app/core/database.py',
  redis: 'backend/app/core/redis_client.py',
  compose: 'docker/docker-compose.polardb.yml',
  'backend-unit': '/etc/systemd/system/action-backend.service',
  'celery-unit': '/etc/systemd/system/action-celery-worker.service',
};

/** Where each file is looked for: absolute, on the target. */
export function filePaths(spec: Pick<TargetSpec, 'files'>, root: string): FilePaths {
  const place = (role: Role) => {
    const path = spec.files[role] ?? USUAL_PLACES[role];
    return path.startsWith('/') ? path : `${root}/${path}`;
  };
  return Object.fromEntries(ROLES.map((role) => [role, place(role)])) as Record<Role, string>;
}
