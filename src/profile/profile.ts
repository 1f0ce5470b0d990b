/** Where a resolved value comes from: written in the profile, this tool's default, or set over both by hand. */
export type Origin = 'profile' | 'default' | 'set';

export const BASES = ['rule', 'model'] as const;
export type Basis = (typeof BASES)[number];

/** Memory of one process of each role, in bytes. `system` is what the machine keeps for everything else. */
interface RoleMemory {
  readonly webWorker: number;
  readonly webParent: number;
  readonly celeryChild: number;
  readonly celeryParent: number;
  readonly redis: number;
  readonly system: number;
}

/** How people use the service: think time between two requests, what a request demands, and how large its answer is. */
export interface Workload {
  readonly thinkTimeMs: number;
  readonly responseBytes: number;
  /** `databaseCpu`: of the time in the database, work on cores; the rest it waits for disks, locks and the like. */
  readonly demandMs: { readonly web: number; readonly database: number; readonly databaseCpu: number };
  /** Cores of one instance that celery's tasks, Redis and others take on average. */
  readonly otherCores: number;
  /** How often a request waits for Python's lock while another one computes, beside its own work. */
  readonly lockWaits: number;
  readonly memoryBytes: RoleMemory;
}

/** The database's limit as the profile states it. */
interface DatabaseLimits {
  /** `max_connections`; null where the profile does not say. */
  readonly maxConnections: number | null;
  /** What the database keeps for superusers. */
  readonly reserved: number;
  /** What this tool keeps free for migrations, psql and monitoring. */
  readonly reserve: number;
  /** Queries that it works on at the same time. */
  readonly cpus: number;
  /** After how long the server, or a proxy before it, drops an idle connection; null where nobody says. */
  readonly idleTimeoutMs: number | null;
}

/** What the user wants, resolved: every default filled in, sizes in bytes, times in milliseconds. */
export interface Profile {
  readonly name: string;
  readonly file: string;
  readonly description: string | null;
  /** People served, over all instances. */
  readonly users: { readonly min: number; readonly max: number };
  /** One machine; there are `instances` of it. */
  readonly server: {
    readonly cpus: number;
    readonly memoryBytes: number;
    readonly bandwidthBps: number | null;
    readonly instances: number;
  };
  readonly workload: Workload;
  readonly database: DatabaseLimits;
  readonly slo: { readonly p95Ms: number };
  /** `rule`: settings by rule of thumb from the users; `model`: those that the model finds best for the objective. */
  readonly basis: Basis;
  /** By the key as it is written in a profile, such as `workload.demand.web`. Optional values left out are absent. */
  readonly origins: Readonly<Record<string, Origin>>;
}
