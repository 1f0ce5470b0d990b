import type { Role, Runtime, Wanted } from '../settings.js';

/** The user's own commands for one service, run by `sh` on the target in the project root. */
interface CustomCommands {
  readonly restart: string;
  readonly check: string | null;
}

export interface CustomRuntime {
  readonly backend: CustomCommands | null;
  readonly celery: CustomCommands | null;
}

/** How running services are made to take a change, and how they are watched afterwards. */
export interface Activating {
  /** `socket`: systemd holds the backend's port, so that a restart loses no request. */
  readonly handoff: 'socket' | null;
  /** How long a service must stay up before its release counts as applied. */
  readonly settleMs: number;
  /** What a well backend answers on; null: it is not asked. `assumed`: nobody named it. */
  readonly health: { readonly path: string; readonly assumed: boolean } | null;
  /** How long celery may take to finish the tasks that it has begun. */
  readonly celeryStopMs: number;
}

export const DEFAULT_ACTIVATING: Activating = {
  handoff: null,
  settleMs: 10_000,
  health: { path: '/health', assumed: true },
  celeryStopMs: 300_000,
};

/** One target, with the defaults of the whole file already filled in. Null: left to flags and detection. */
export interface TargetConfig {
  readonly name: string;
  /** `ssh://user@host:port/root` or `local:path`, as written; never with a password. */
  readonly url: string;
  readonly runtime: Runtime | null;
  readonly profile: string | null;
  readonly maxConnections: number | null;
  /** Relative to the project root, or absolute. A role that is absent is at the guide's place. */
  readonly files: Readonly<Partial<Record<Role, string>>>;
  /** Compose service names. */
  readonly services: { readonly backend: string | null; readonly celery: string | null };
  readonly custom: CustomRuntime | null;
  readonly activating: Activating;
  /** As `--set`, which wins over it. */
  readonly settings: Wanted;
}

/** `action-tune.yaml`, read and resolved. */
export interface Config {
  readonly file: string;
  /** Null: the last segment of the target's root. */
  readonly project: string | null;
  /** Always a key of `targets`; the only target where there is one; null where the file does not say. */
  readonly default: string | null;
  /** Defaults that also hold for a target given as a URL. */
  readonly profile: string | null;
  readonly runtime: Runtime | null;
  readonly custom: CustomRuntime | null;
  readonly activating: Activating;
  /** How long a stage is watched before the next one may follow; 0: not at all. */
  readonly soakMs: number;
  readonly targets: ReadonlyMap<string, TargetConfig>;
}
