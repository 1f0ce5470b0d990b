import type { Profile } from '../profile/profile.js';
import type { SettingKey, SettingValue, Wanted } from '../settings.js';

/** Who says what the database's limit is: `--max-connections`, the database itself, or the profile. */
export type LimitSource = 'flag' | 'measured' | 'profile';

/** What is known of the database. Null: it could not be asked. */
export interface DatabaseFacts {
  readonly maxConnections: number | null;
  /** Slots kept for superusers and reserved roles. */
  readonly reserved: number | null;
  /** Connections held by clients other than this application. */
  readonly inUse: number | null;
  readonly source: LimitSource;
}

/** What was measured on one machine. Null or absent: not known, the profile counts. */
interface SizingFacts {
  readonly cpus?: number | null;
  readonly memoryBytes?: number | null;
  readonly database: DatabaseFacts;
}

export interface SizingInput {
  readonly profile: Profile;
  readonly facts: SizingFacts;
  /** Settings by hand: taken as they are, still checked against the budgets. */
  readonly overrides: Wanted;
  /** `--override budget`: a budget that does not hold becomes a warning. */
  readonly allowOverBudget?: boolean;
}

/** What decided a value. */
export type Bound = 'users' | 'cpus' | 'memory' | 'connections' | 'default' | 'override';

export interface Reason {
  readonly setting: SettingKey;
  readonly value: SettingValue;
  /** One plain sentence with its figures, without a final full stop. */
  readonly because: string;
  readonly bound: Bound;
}

interface PoolProcesses {
  readonly role: 'web' | 'celery';
  /** Processes that hold a pool of their own, over all instances. */
  readonly count: number;
  readonly perProcess: number;
  readonly ceiling: number;
}

export interface DatabaseBudget {
  readonly limit: number;
  /** Everything kept free: the database's own slots, the profile's reserve, and what others hold. */
  readonly reserved: number;
  readonly processes: readonly PoolProcesses[];
  readonly ceiling: number;
  readonly headroom: number;
  readonly fits: boolean;
}

export interface MemoryProcesses {
  readonly role: 'web' | 'web-parent' | 'celery' | 'celery-parent' | 'redis' | 'system';
  readonly count: number;
  readonly bytesEach: number;
}

/** The memory of one instance. */
export interface MemoryBudget {
  readonly limitBytes: number;
  readonly processes: readonly MemoryProcesses[];
  readonly totalBytes: number;
  readonly headroomBytes: number;
  readonly fits: boolean;
}

export interface Budget {
  readonly database: DatabaseBudget;
  readonly memory: MemoryBudget;
}

type SizingWarningCode = 'limit-assumed' | 'fewer-cores' | 'less-memory' | 'over-budget' | 'redis-below-threads';

export interface SizingWarning {
  readonly code: SizingWarningCode;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly fix: string;
}

export interface Sizing {
  readonly recommended: Readonly<Record<SettingKey, SettingValue>>;
  /** One for each setting, in the order of `SETTING_KEYS`. */
  readonly reasons: readonly Reason[];
  readonly budget: Budget;
  readonly warnings: readonly SizingWarning[];
}

/** How many people are served well, and what would give way first. */
export interface Capacity {
  /** From the knee to the last user within the objective. */
  readonly users: readonly [low: number, high: number];
  readonly bottleneck: 'database-pool' | 'server';
}

export interface CurvePoint {
  readonly users: number;
  /** Requests per second. */
  readonly throughput: number;
  readonly responseMs: { readonly mean: number; readonly p95: number };
}
