import type { Basis, Profile, Workload } from '../profile/profile.js';
import type { BoundBy, Found, ServiceRole, SettingKey, SettingValue, StageName, Wanted } from '../settings.js';
import type { DatabaseServer } from '../target/database.js';
import type { Budget } from './budget.js';

/** Who says what the database's limit is: `--max-connections`, the database itself, or the profile. */
export type LimitSource = 'flag' | 'measured' | 'profile';

/** One limit of the application's connections, and what others take of it. */
export interface ConnectionBound {
  readonly maxConnections: number;
  readonly reserved: number;
  readonly inUse: number;
  readonly boundBy: BoundBy;
}

/** What is known of the database. Null: it could not be asked. */
export interface DatabaseFacts {
  readonly maxConnections: number | null;
  /** Slots kept for superusers and reserved roles. */
  readonly reserved: number | null;
  /** Connections held by clients other than this application. */
  readonly inUse: number | null;
  readonly source: LimitSource;
  /** When it was measured, RFC 3339 UTC, where nobody could be asked now. */
  readonly measuredAt?: string;
  /** Whose limit it is: a pooler takes the connections in the server's stead. */
  readonly boundBy?: BoundBy;
  /** Absent or null: nobody answered. */
  readonly server?: DatabaseServer | null;
  /** Limits that leave more than this one: what stands in the way next where it is raised. */
  readonly wider?: readonly ConnectionBound[];
  /** Of `inUse`: with the application's own role and database, and not of its processes on the machine that was asked. */
  readonly alike?: number;
  /** False: what others hold under the application's role and database counts as its own. */
  readonly othersKnown?: boolean;
}

/** Null: nothing bounds it. */
export type ServiceBytes = Readonly<Record<ServiceRole, number | null>>;

/** What was measured on one machine. Null or absent: not known, the profile counts. */
export interface SizingFacts {
  readonly cpus?: number | null;
  /** Cores that the machine shows to every program: celery starts a child for each where nobody says how many. */
  readonly hostCpus?: number | null;
  /** What one container of a service may take of them, where its group or its file says less than all. */
  readonly serviceCpus?: Readonly<Record<ServiceRole, number | null>>;
  readonly memoryBytes?: number | null;
  /** What a service may take of it, where its group or its file says less than all. */
  readonly serviceBytes?: ServiceBytes;
  readonly database: DatabaseFacts;
  /** Memory of one process of a role, where it was measured. The larger of this and the profile's counts. */
  readonly roleMemory?: Partial<Workload['memoryBytes']>;
  /** Whether the database works on the cores of the service; null or absent: not known, and taken as not. */
  readonly databaseOnSameHost?: boolean | null;
  /** Open files that one web process is allowed. */
  readonly descriptors?: number | null;
  readonly redis?: {
    readonly maxClients: number | null;
    /** What the file that starts it says, and where. */
    readonly written?: { readonly maxClients: number; readonly path: string; readonly line: number } | null;
    readonly inUseByOthers: number | null;
    /** Celery's broker is another Redis: what it takes of that is not counted here. */
    readonly brokerApart?: boolean;
    /** What that one takes; null or absent: not known, or it is the same. */
    readonly brokerMaxClients?: number | null;
  };
}

/** The processes of another service of the same code, on one instance. No setting changes how many they are. */
export interface SiblingProcesses {
  readonly name: string;
  readonly kind: 'web' | 'celery' | 'beat';
  /** Those that hold pools. */
  readonly count: number;
  /** Those above them that hold none. */
  readonly parents: number;
  /** Celery workers, each with its own connections to the broker, and the tasks that one of them runs at the same time. */
  readonly workers: number;
  readonly tasks: number;
  /** Connections of the migrations that its copies run when they start; absent: none. */
  readonly migrations?: number;
  /** Nothing here makes it take a new pool: it may keep the one that it has now. */
  readonly kept: boolean;
}

/** What runs beside the web workers and the celery children, and how a restart goes. */
export interface Deployment {
  /** A celery beat process, which imports the application and may open its pool. */
  readonly beat: boolean;
  /** Migrations run when the backend starts: one connection in each container of it. */
  readonly migrations: boolean;
  /** Web workers that run beside the old ones while the service takes a change. */
  readonly overlap: number;
  /** Containers of a service on each instance, where there are several; each starts all of its processes. */
  readonly containers?: Readonly<Record<ServiceRole, number>>;
  /** Other services of the same code. */
  readonly siblings?: readonly SiblingProcesses[];
}

export interface SizingInput {
  readonly profile: Profile;
  readonly facts: SizingFacts;
  /** Settings by hand: taken as they are, still checked against the budgets. */
  readonly overrides: Wanted;
  /** What the files say now; absent where nobody read them. */
  readonly current?: Found;
  readonly deployment?: Deployment;
  /** What is to be carried out, in the order of the roll-out; without it, everything. The moments on the way are those of these. */
  readonly stages?: readonly StageName[];
  /** `--override budget`: a budget that does not hold becomes a warning. */
  readonly allowOverBudget?: boolean;
}

/** What decided a value. */
export type Bound = 'users' | 'cpus' | 'memory' | 'connections' | 'default' | 'override' | 'current' | 'objective';

export interface Reason {
  readonly setting: SettingKey;
  readonly value: SettingValue;
  /** One plain sentence with its figures, without a final full stop. */
  readonly because: string;
  readonly bound: Bound;
  readonly basis: Basis;
}

/** The number of workers that came second, and what it would cost. */
export interface RunnerUp {
  readonly setting: SettingKey;
  readonly value: SettingValue;
  readonly p95Ms: number;
  readonly chosenP95Ms: number;
  readonly because: string;
}

/** A setting that goes with those that are changed, and that this tool does not write. */
export interface Related {
  readonly setting: string;
  readonly value: string;
  readonly because: string;
}

type SizingWarningCode =
  | 'limit-assumed'
  | 'limit-recorded'
  | 'others-unknown'
  | 'fewer-cores'
  | 'less-memory'
  | 'over-budget'
  | 'over-budget-between'
  | 'over-budget-until-restarted'
  | 'redis-below-threads'
  | 'descriptors'
  | 'fewer-tasks'
  | 'pooler-silent'
  | 'pooler-too-small';

export interface SizingWarning {
  readonly code: SizingWarningCode;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly fix: string;
}

export interface Sizing {
  readonly basis: Basis;
  readonly recommended: Readonly<Record<SettingKey, SettingValue>>;
  /** One for each setting, in the order of `SETTING_KEYS`. */
  readonly reasons: readonly Reason[];
  /** Null where nothing was searched. */
  readonly runnerUp: RunnerUp | null;
  readonly related: readonly Related[];
  readonly budget: Budget;
  readonly warnings: readonly SizingWarning[];
}
