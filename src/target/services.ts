import type { Found, ServiceRole } from '../settings.js';
import type { ServiceDatabase } from './database.js';
import type { RedisServer } from './redis.js';

/**
 * Names a running service for the functions of `templates/target/services.sh`: the runtime, its name there, and, for
 * compose, the project's working directory (`-` for systemd).
 */
export type ServiceRef = readonly [runtime: 'systemd' | 'compose', name: string, dir: string];

/** `paused`: its processes are there and held. `restarting`: it ends as often as it is started. */
export const SERVICE_STATES = ['running', 'paused', 'restarting', 'stopped', 'absent'] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

/** Why nothing holds of the processes of a service that does not run. */
export const NOT_RUNNING: Readonly<Record<Exclude<ServiceState, 'running'>, string>> = {
  paused: 'it is paused',
  restarting: 'it ends as often as it is started',
  stopped: 'it does not run',
  absent: 'it does not run',
};

/** One service of the stack, as the runtime and its own processes show it. */
export interface ServiceFacts {
  readonly role: ServiceRole;
  readonly name: string;
  readonly ref: ServiceRef;
  readonly state: ServiceState;
  readonly unit: UnitFacts | null;
  readonly container: ContainerFacts | null;
  /** `null` where the processes were not asked, or could not be: `why` says so. */
  readonly program: ProgramFacts | null;
  /** How long its newest process took until it could answer, by its log; `null` where that does not tell. */
  readonly cameUpMs: number | null;
  readonly why: string | null;
}

/** What a service does with the code. `beat` hands tasks out, and has one process. */
export const SIBLING_KINDS = ['web', 'celery', 'beat'] as const;
export type SiblingKind = (typeof SIBLING_KINDS)[number];

/** A service beside the two that starts such a program, whatever its code; it has the role whose work it does. */
export interface Beside {
  readonly kind: SiblingKind;
  /** Under what name the file that starts it is kept, where the target told one. */
  readonly key: string;
  readonly service: ServiceFacts;
}

/**
 * Another service of the same code: its processes import the same modules, and hold pools of their own. No stage changes how
 * many there are of them.
 */
export interface Sibling {
  readonly kind: SiblingKind;
  /** By the runtime's own name. */
  readonly name: string;
  readonly ref: ServiceRef;
  /** `null`: there is none yet, or nobody could look at it. */
  readonly service: ServiceFacts | null;
  /** Where its start stands. */
  readonly file: string;
  readonly line: number;
  /** What it has in common with the two: one plain sentence without a final full stop. */
  readonly because: string;
  /** Web workers or pool children of one copy, by its file or by its processes, whichever are more; `null`: neither tells. */
  readonly workers: number | null;
  /** Celery's pool, by its file, else by its processes; `null`: neither tells. */
  readonly pool: string | null;
  /** Copies of it on one machine. */
  readonly replicas: number;
  /** Of a container: its image is made here. */
  readonly built: boolean;
}

/** What systemd has loaded, which is not always what lies on the disk: see `needReload`. */
export interface UnitFacts {
  readonly fragment: string | null;
  readonly dropIns: readonly string[];
  /** The file whose `ExecStart=` is in force. */
  readonly execFile: string | null;
  readonly activeState: string;
  readonly mainPid: number;
  readonly restarts: number;
  readonly needReload: boolean;
  readonly killMode: string;
  readonly restart: string;
  /** `null`: without limit. */
  readonly stopTimeoutMs: number | null;
  /** The least of `CPUQuota=`, `CPUAffinity=` and `AllowedCPUs=` in cores, and `MemoryMax=`; `null`: none. */
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
  /** The `.socket` unit that hands it its port. */
  readonly socket: string | null;
  readonly socketNeedsReload: boolean;
  /** Where that one is to listen, as systemd shows it: `0.0.0.0:8001`, `[::]:8001`, or a path. */
  readonly socketListens: readonly string[];
}

export interface ContainerFacts {
  readonly id: string;
  readonly project: string;
  readonly workingDir: string;
  /** The compose files it was made from, absolute, in the order in which they override each other. */
  readonly configFiles: readonly string[];
  /** Whether the code is a folder of the host, or part of the image. */
  readonly code: 'baked' | 'mounted';
  /** What it sees of the host, by the host's paths. A file that is mounted alone is seen as it was when the container was started. */
  readonly mounts: readonly string[];
  readonly restartPolicy: string;
  /** `null`: the engine's default of 10 s. */
  readonly stopTimeoutMs: number | null;
  readonly restarts: number;
  /** Running containers of this service. What else is known of the processes is known of the first of them. */
  readonly replicas: number;
  /** The running ones beside the first, where they were asked. */
  readonly others: readonly OtherContainer[];
  /** Workers or children that its own command starts; `null` where that does not say. */
  readonly startsWith: number | null;
}

/** One more container of a service. */
export interface OtherContainer {
  /** The first twelve digits. */
  readonly id: string;
  /** `null` where its processes could not be asked: `why` says so. */
  readonly program: ProgramFacts | null;
  readonly why: string | null;
}

export type ProgramName = 'uvicorn' | 'gunicorn' | 'celery' | 'other';

/** What the service's own processes and its own interpreter say. */
export interface ProgramFacts {
  readonly program: ProgramName;
  readonly versions: Readonly<
    Partial<Record<'python' | 'uvicorn' | 'gunicorn' | 'celery' | 'sqlalchemy' | 'redis', string>>
  >;
  /** Web workers or pool children, counted in the process tree; `null` where they can't be told apart. */
  readonly workers: number | null;
  /** A parent without work of its own stands above the workers and takes signals. */
  readonly supervised: boolean;
  /** Celery's pool, `null` for other programs and where it can't be told. */
  readonly pool: string | null;
  /** A shell stands above the program, and keeps SIGTERM to itself. */
  readonly shell: boolean;
  /** The port of a celery worker's broker, where the worker has a connection to it; else `null`. */
  readonly connected: number | null;
  /** From the start of the service's main process to the program's own: migrations and the like. */
  readonly beforeMs: number | null;
  /** A fresh interpreter, the framework and the two modules with the pools, measured. */
  readonly importMs: number | null;
  /** RFC 3339 UTC. */
  readonly startedAt: string;
  /** As the processes have them, by the same keys as the files'. */
  readonly settings: Found;
  /** The files with a pool that were changed after the oldest process was started: it can't have what they say now. */
  readonly olderThan: readonly ('database' | 'redis')[];
  readonly database: ServiceDatabase | null;
  /** Connections that its processes have to their Redis; `null`: not to be seen. */
  readonly redisConnections: number | null;
  /** The server of its Redis pool, and that of celery's broker; `null`: there is none, or it did not answer. */
  readonly redisServer: RedisServer | null;
  readonly brokerServer: RedisServer | null;
}
