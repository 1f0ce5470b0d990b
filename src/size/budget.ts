import type { Origin } from '../profile/profile.js';
import type { ServiceRole, StageName } from '../settings.js';

/** What pools hold grows: as it is when each web worker has answered so many requests since it was started. */
interface Grown {
  readonly users: number;
  readonly afterRequests: number;
  readonly open: number;
}

/** Processes of the two services, or of another one of the same code, where `service` names it. */
export interface PoolProcesses {
  readonly role: 'web' | 'celery' | 'beat';
  readonly service?: string;
  /** On each instance, where there are several. */
  readonly containers?: number;
  /** Processes that hold a pool of their own, over all instances. */
  readonly count: number;
  readonly perProcess: number;
  readonly ceiling: number;
}

/** One moment of the roll-out or of a way back, with the most that can be open or used then. */
export interface Instant {
  readonly stage: StageName | null;
  readonly moment: 'now' | 'changing' | 'after' | 'rollback';
  readonly connections: number;
  /** A pool has no limit: `connections` is one more than there are. */
  readonly unlimited?: true | undefined;
  readonly memoryBytes: number;
  readonly fits: boolean;
}

/** Other services of the same code that nothing here restarts, with the larger pools that they keep. */
interface UntilRestarted {
  readonly services: readonly string[];
  /** Of all processes, with everything applied; null where those pools have no limit. */
  readonly ceiling: number | null;
  readonly fits: boolean;
}

export interface DatabaseBudget {
  readonly limit: number;
  /** Everything kept free: the database's own slots, the profile's reserve, and what others hold. */
  readonly reserved: number;
  readonly processes: readonly PoolProcesses[];
  /** With everything applied and nothing being restarted. */
  readonly ceiling: number;
  readonly headroom: number;
  /** While a restart overlaps: the new processes beside the old ones, and the migrations. */
  readonly peak: number;
  /** Of these, for migrations, which have no pool. */
  readonly migrations: number;
  /** At the peak, too. */
  readonly fits: boolean;
  /** Null where everybody has the new pools. */
  readonly untilRestarted: UntilRestarted | null;
  /** By the model with the most users: in use at the same time on average, and open. Null where nothing is known. */
  readonly expected: (Grown & { readonly busy: number }) | null;
}

export interface MemoryProcesses {
  readonly role: 'web' | 'web-parent' | 'celery' | 'celery-parent' | 'beat' | 'redis' | 'system';
  readonly service?: string;
  readonly count: number;
  readonly bytesEach: number;
}

/** What the processes of one service take at the most, also while a restart overlaps, and may take. */
interface ServiceMemory {
  readonly service: ServiceRole;
  readonly limitBytes: number;
  readonly peakBytes: number;
  readonly fits: boolean;
}

/** What will be seen of the memory of one instance. */
export interface ExpectedMemory {
  readonly processes: readonly (MemoryProcesses & { readonly source: 'measured' | Origin })[];
  readonly bytes: number;
}

/** The memory of one instance. */
export interface MemoryBudget {
  readonly limitBytes: number;
  readonly processes: readonly MemoryProcesses[];
  readonly totalBytes: number;
  readonly headroomBytes: number;
  /** While a restart overlaps. */
  readonly peakBytes: number;
  /** Services that are bound to less than all of it. */
  readonly services: readonly ServiceMemory[];
  readonly fits: boolean;
  /** With everything applied: as the processes of each role were measured, else the profile's figure. */
  readonly expected: ExpectedMemory;
}

/** What a process uses files for. */
interface DescriptorUse {
  readonly use: 'database' | 'redis' | 'clients' | 'own';
  readonly count: number;
}

/** Open files of one web process. */
export interface DescriptorBudget {
  readonly limit: number;
  readonly source: 'measured' | 'assumed';
  readonly reserved: number;
  readonly uses: readonly DescriptorUse[];
  readonly ceiling: number;
  readonly headroom: number;
  readonly fits: boolean;
  /** By the model with the most users; null where nothing is known. */
  readonly expected: (Grown & { readonly uses: readonly DescriptorUse[] }) | null;
}

export interface RedisProcesses {
  readonly role: 'web' | 'celery' | 'celery-parent' | 'beat';
  readonly service?: string;
  readonly count: number;
  readonly perProcess: number;
}

export interface RedisBudget {
  readonly limit: number;
  /** `file`: as the compose file starts it. */
  readonly source: 'measured' | 'file' | 'assumed';
  readonly reserved: number;
  readonly processes: readonly (RedisProcesses & { readonly ceiling: number })[];
  readonly ceiling: number;
  readonly headroom: number;
  readonly fits: boolean;
  /** By the model with the most users: clients that are open. Null where nothing is known. */
  readonly expected: (Grown & { readonly processes: readonly RedisProcesses[] }) | null;
}

export interface Budget {
  readonly database: DatabaseBudget;
  readonly memory: MemoryBudget;
  readonly descriptors: DescriptorBudget;
  readonly redis: RedisBudget;
  /** Now, then each stage that is planned, in the order of the roll-out, then the worst of all ways back from them. */
  readonly instants: readonly Instant[];
}
