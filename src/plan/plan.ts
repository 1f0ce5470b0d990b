import type { ByteEdit } from '../edit/types.js';
import type { Basis, Workload } from '../profile/profile.js';
import type {
  BoundBy,
  FileRole,
  Known,
  Runtime,
  ServiceRole,
  SettingKey,
  SettingValue,
  StageName,
} from '../settings.js';
import type { Budget } from '../size/budget.js';
import type { LimitSource, Reason, Related, RunnerUp } from '../size/sizing.js';
import type { DatabaseServer, IdleLimits, Pooler } from '../target/database.js';
import type { ContainerFacts, ProgramName, ServiceFacts } from '../target/services.js';
import type { Outlook } from './outlook.js';
import type { SettingsTree } from './tree.js';

/** A change of one file, exact to the byte. Offsets count bytes of the version whose hash is `sha256Before`. */
export interface FilePlan {
  readonly role: FileRole;
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

/**
 * What is done to a running service. `reload`: its workers are replaced one by one. `scale`, `resize`: processes are added or
 * taken away. `warm-restart`: begun tasks are finished first. `recreate`, `rebuild`: a new container, from a new image.
 * `adopt`, `give-back`: its port goes to a socket unit, or comes back. `none`: it does not run, or needs nothing.
 */
export const METHODS = [
  'none',
  'command',
  'reload',
  'scale',
  'resize',
  'restart',
  'warm-restart',
  'recreate',
  'rebuild',
  'start',
  'stop',
  'adopt',
  'give-back',
] as const;
export type MethodName = (typeof METHODS)[number];

export interface ActivationStep {
  /** By the runtime's own name. */
  readonly service: string;
  readonly how: MethodName;
  /** How long clients are expected to be refused; `null` where that is not known before it was tried. */
  readonly expectedGapMs: number | null;
  /** One plain sentence, without a final full stop. */
  readonly because: string;
}

/** How the running services are made to take the files. */
export interface ActivationPlan {
  readonly kind: ActivationKind;
  /** Services that are touched, by the runtime's own names. */
  readonly services: readonly string[];
  /** The gaps of all steps together; `null` where one is not known before it was tried. */
  readonly expectedGapMs: number | null;
  readonly steps: readonly ActivationStep[];
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
    /** When it was measured, RFC 3339 UTC, where nobody could be asked now; else null. */
    readonly measuredAt: string | null;
    /** Whose limit it is. */
    readonly boundBy: BoundBy;
    /** Which program answers; null where none could be asked. */
    readonly product: DatabaseServer['product'] | null;
    readonly version: string | null;
    /** Whether it works on the cores of the service; null where that can't be told. */
    readonly sameHost: boolean | null;
    /** When it drops who is idle; null in a field: never. */
    readonly idle: IdleLimits | null;
    /** What stands before it; `limits` is null where it did not tell them. */
    readonly pooler: Pooler | null;
  };
  /** What the services' own interpreters say, null where they could not be asked; of Compose, the machine's. */
  readonly versions: Readonly<
    Record<'python' | 'uvicorn' | 'celery' | 'sqlalchemy' | 'redis' | 'compose', string | null>
  >;
  readonly services: readonly PlanService[];
  /** What bounds the services, and by whom: their running group, or the file that starts them next. Null: none, or not to be seen. */
  readonly limits: readonly {
    readonly role: ServiceRole;
    readonly cpus: number | null;
    readonly cpusBy: 'cgroup' | 'affinity' | 'file' | null;
    readonly memoryBytes: number | null;
    readonly memoryBy: 'cgroup' | 'file' | null;
    readonly openFiles: number | null;
  }[];
  /** Memory of a process, by role, where it runs and was measured (`Pss`). */
  readonly processBytes: Partial<Workload['memoryBytes']>;
  /** A Redis on the same machine; null where none answered. */
  readonly redisServer: {
    readonly maxClients: number | null;
    /** Clients of others; null where they can't be told apart. */
    readonly others: number | null;
    readonly policy: string | null;
  } | null;
}

/** A running service, as it was seen. */
export interface PlanService {
  readonly role: ServiceRole;
  /** By the runtime's own name. */
  readonly name: string;
  readonly runtime: 'systemd' | 'compose';
  readonly state: ServiceFacts['state'];
  /** Of a container: whether its code is part of the image, or a folder of the machine. */
  readonly code: ContainerFacts['code'] | null;
  readonly program: ProgramName | null;
  /** Web workers or pool children, by the process tree. */
  readonly workers: number | null;
  readonly pool: string | null;
  /** As the processes have them; `null` also for what is not of this service. */
  readonly settings: SettingsTree<Known>;
  /** Why nothing is known of the processes. */
  readonly why: string | null;
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
