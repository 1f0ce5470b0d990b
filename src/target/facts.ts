import type { Role, Runtime, ServiceRole } from '../settings.js';
import type { RedisServer } from './redis.js';
import type { Beside, ServiceFacts, Sibling } from './services.js';

/** A file on the target, with all that is needed to replace it. `path` is real: links are resolved. */
export interface TargetFile {
  readonly role: string;
  readonly path: string;
  readonly kind: 'file' | 'missing' | 'unreadable' | 'other';
  readonly writable: boolean;
  /** Its file system is mounted so that nobody may write there. */
  readonly readOnly: boolean;
  /** Octal permissions, as `stat` and `chmod` have them. */
  readonly mode: string;
  /** `uid:gid`. */
  readonly owner: string;
  readonly links: number;
  readonly bytes: number;
  /** A mount point of its own, as a file that is mounted alone: it can't be replaced by a rename. */
  readonly mounted: boolean;
  /** `null` where it could not be read or is larger than asked for. */
  readonly content: Buffer | null;
}

export interface Lock {
  readonly content: string;
  readonly by: string;
  readonly command: string;
  readonly since: string;
  readonly holder: 'alive' | 'gone';
}

/** Limits of a running service and the memory of its processes. Null: none, or not to be seen. */
export interface ServiceLimits {
  readonly memoryBytes: number | null;
  readonly cpus: number | null;
  /** Processors that it is bound to; null: to none. */
  readonly affinityCpus: number | null;
  readonly openFiles: number | null;
  /** Of the first Python process, and of the largest below it, where there are any. */
  readonly firstBytes: number | null;
  readonly largestBytes: number | null;
}

/** What bounds the services, and what stands around them. */
export interface Surroundings {
  readonly limits: ReadonlyMap<ServiceRole, ServiceLimits>;
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  readonly proxies: readonly { readonly path: string; readonly text: string }[];
  /** One that answers on this machine where one usually is; who the application talks to may be another. */
  readonly broker: RedisServer | null;
}

export type ComposeProgram = 'docker compose' | 'docker-compose';

/** What is there. Everything here was read on the target; nothing is assumed. */
export interface TargetFacts {
  /** Who the tool is on the target, `uid:gid`. */
  readonly owner: string;
  /** The target's own clock, RFC 3339 UTC. */
  readonly clock: string;
  readonly cpus: number | null;
  /** What it shows to every program, whatever that may use. */
  readonly hostCpus: number | null;
  readonly memoryBytes: number | null;
  readonly systemd: boolean;
  readonly compose: { readonly program: ComposeProgram; readonly version: string } | null;
  /** Containers of this compose project that run now. */
  readonly containers: number;
  /** The project's folder without links, or `null` where it is not there. */
  readonly root: string | null;
  /** The folder on the target that holds all state of the project. */
  readonly state: string;
  readonly journal: string;
  readonly newestRelease: number;
  readonly lock: Lock | null;
  /** Releases that are put back unless they are confirmed by then. */
  readonly pending: { readonly deadline: string; readonly releases: readonly number[] } | null;
  readonly files: ReadonlyMap<string, TargetFile>;
  /** Where the compose file is not there: those of usual names that are, from the root. */
  readonly composeInstead: readonly string[];
  /** Empty where neither runtime knows a service of this project. */
  readonly services: ReadonlyMap<ServiceRole, ServiceFacts>;
  /** What else runs such programs, whatever their code. */
  readonly beside: readonly Beside[];
  /** Those of the same code, by the files and by `beside`. */
  readonly siblings: readonly Sibling[];
  readonly surroundings: Surroundings;
}

export interface RuntimeChoice {
  readonly runtime: Runtime;
  readonly because: string;
}

export type FilePaths = Readonly<Record<Role, string>>;
