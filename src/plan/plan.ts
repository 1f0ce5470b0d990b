import type { ByteEdit } from '../edit/types.js';
import type { Basis } from '../profile/profile.js';
import type { Known, Role, Runtime, SettingKey, SettingValue, StageName } from '../settings.js';
import type { Budget } from '../size/budget.js';
import type { LimitSource, Reason, Related, RunnerUp } from '../size/sizing.js';
import type { Outlook } from './outlook.js';

/** A change of one file, exact to the byte. Offsets count bytes of the version whose hash is `sha256Before`. */
export interface FilePlan {
  readonly role: Role;
  /** Absolute and real: links are resolved. */
  readonly path: string;
  /** `null` where the file is not there yet. */
  readonly sha256Before: string | null;
  readonly sha256After: string;
  readonly edits: readonly ByteEdit[];
  /** Unified, with two lines of context, secrets blanked. */
  readonly diff: string;
  readonly created: boolean;
}

export interface Change {
  readonly setting: SettingKey;
  readonly from: Known;
  readonly to: SettingValue;
}

export type ActivationKind = 'none' | 'custom' | 'compose' | 'systemd';

/** How the running services are made to take the files. */
export interface ActivationPlan {
  readonly kind: ActivationKind;
  /** Services that are restarted, by the runtime's own names. */
  readonly services: readonly string[];
  /** How long the service is expected to be away; `null` where that is not known before it was tried. */
  readonly expectedGapMs: number | null;
}

/** A stage without files has nothing to change. */
export interface StagePlan {
  readonly name: StageName;
  readonly files: readonly FilePlan[];
  readonly changes: readonly Change[];
  readonly activation: ActivationPlan;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly fix: string;
}

export interface PlanFacts {
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
  readonly database: {
    readonly maxConnections: number | null;
    readonly reserved: number | null;
    readonly inUse: number | null;
    readonly source: LimitSource;
  };
  readonly versions: Readonly<
    Record<'python' | 'uvicorn' | 'celery' | 'sqlalchemy' | 'redis' | 'compose', string | null>
  >;
}

/** Settings as the planner holds them: by the names that `--set` takes. */
export type Settings<T> = Readonly<Partial<Record<SettingKey, T>>>;

/** Settings as the documents show them. Units are those of the setting itself: timeouts and recycling in seconds. */
export interface SettingsTree<T> {
  readonly db: {
    readonly poolSize: T;
    readonly maxOverflow: T;
    readonly poolTimeout: T;
    readonly poolPrePing: T;
    readonly poolRecycle: T;
  };
  readonly redis: { readonly maxConnections: T };
  readonly web: { readonly workers: T };
  readonly celery: { readonly pool: T; readonly concurrency: T };
}

/** What `plan` prints and `apply` carries out: one planner makes it for both. */
export interface Plan {
  readonly schema: 1;
  readonly profile: string;
  readonly target: {
    readonly name: string;
    readonly transport: 'ssh' | 'local';
    readonly runtime: Runtime;
    readonly runtimeBecause: string;
    readonly root: string;
  };
  readonly facts: PlanFacts;
  readonly current: SettingsTree<Known>;
  readonly recommended: SettingsTree<SettingValue>;
  readonly basis: Basis;
  readonly reasons: readonly Reason[];
  readonly runnerUp: RunnerUp | null;
  readonly related: readonly Related[];
  readonly stages: readonly StagePlan[];
  readonly budget: Budget;
  readonly capacity: Outlook;
  readonly warnings: readonly Warning[];
}
