import type { TargetAddress } from '../remote/address.js';
import type { Remote } from '../remote/remote.js';
import type { Library } from '../rollout/steps.js';
import type { Output } from '../view/output.js';

/** Everything a command may touch of the world. Built by `main`, and by nothing else. */
export interface Edges {
  readonly cwd: string;
  /** The user's own folder. */
  readonly home: string;
  readonly output: Output;
  /** Both ends are a terminal: questions may be asked. */
  readonly interactive: boolean;
  readonly interrupted: AbortSignal;
  /** Marks the work during which a target must not be left alone. */
  readonly hold: <T>(work: () => Promise<T>) => Promise<T>;
  /** Says that the target knows of an interruption. */
  readonly told: () => void;
  /** Who is at work, for the journal: `user@machine`. */
  readonly operator: string;
  /** The command as it was typed, without its secrets: it has none. */
  readonly commandLine: string;
  readonly nonce: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly open: (address: TargetAddress) => Promise<Remote>;
  /** As `open`, with the keys and known hosts of another home, and nothing of the user's own. */
  readonly openDemo: (address: TargetAddress, home: string) => Promise<Remote>;
  readonly files: Files;
  readonly assets: Assets;
}

/** This machine's own files. Each rejects as Node's functions do. */
export interface Files {
  readonly readFile: (path: string) => Promise<string>;
  readonly listDir: (path: string) => Promise<readonly string[]>;
  /** Refuses to write over a file that is there, unless told to. */
  readonly writeFile: (path: string, text: string, how: { readonly replace: boolean }) => Promise<void>;
}

/** What comes with the package. */
export interface Assets {
  readonly profilesDir: string;
  readonly demoDir: string;
  readonly library: () => Promise<Library>;
  readonly unitTemplate: (role: 'backend-unit' | 'celery-unit' | 'backend-socket') => Promise<string>;
}
