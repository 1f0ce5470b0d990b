import type { ServiceRole, Wanted } from '../settings.js';
import type { DatabaseServer } from '../target/database.js';
import type { ServiceFacts } from '../target/services.js';
import type { Code } from './code.js';

/** After how long somebody drops an idle connection, and who. */
interface IdleLimit {
  readonly ms: number;
  readonly by: string;
}

/** A file as it was read on the target. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** One program, and the file and line that it stands on. */
export interface Started {
  readonly name: string;
  readonly text: string;
  readonly path: string;
  readonly line: number;
  /** A shell stays above it while it runs. */
  readonly belowShell: boolean;
}

/** How a service is started, as its file has it. */
export interface Start {
  readonly service: ServiceRole;
  readonly path: string;
  readonly line: number;
  /** As it is written, with the programs of the scripts that it leads to. */
  readonly command: string;
  /** What it starts, in order; none where the command can't be read exactly. */
  readonly programs: readonly Started[];
  /** Names of the variables that the file and its environment files set for it. */
  readonly environment: readonly string[];
  /** Containers of it, where the file asks for several. */
  readonly replicas: number;
}

/** A Redis that may be the broker, as it was asked or as its own start says. */
export interface BrokerFacts {
  /** The names under which it is reached; none where it is the only one that is known. */
  readonly names: readonly string[];
  readonly policy: string;
  /** Its memory has a bound. */
  readonly bounded: boolean;
  /** Whether celery is told of it; `null` where celery is told of none. */
  readonly told: boolean | null;
  /** Celery is told by a variable that speaks of the broker. */
  readonly exact: boolean;
  readonly path?: string;
  readonly line?: number;
}

export interface TrapInput {
  readonly database: SourceText | null;
  /** The application's own Python files. */
  readonly sources: readonly SourceText[];
  readonly starts: readonly Start[];
  readonly units: readonly SourceText[];
  /** Configurations of a proxy on the same machine. */
  readonly proxies: readonly SourceText[];
  readonly services: ReadonlyMap<ServiceRole, ServiceFacts>;
  readonly brokers: readonly BrokerFacts[];
  /** The settings as they will be. */
  readonly wanted: Wanted;
  readonly instances: number;
  readonly idle: IdleLimit | null;
  /** The database as it was asked; null where it was not. */
  readonly server: DatabaseServer | null;
}

/** Something that works today and will not tomorrow: one sentence, where it is, and what to do. */
export interface Trap {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly fix: string;
}

export type Check = (input: TrapInput, code: Code) => readonly Trap[];
