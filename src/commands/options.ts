import type { Role, Runtime, ServiceRole, StageName } from '../settings.js';

/** The options that every command on targets takes, as the command line gives them. */
export interface TargetOptions {
  readonly target?: readonly string[];
  readonly config?: string;
  readonly profile?: string;
  readonly runtime?: Runtime;
  readonly set?: readonly string[];
  readonly file?: Readonly<Partial<Record<Role, string>>>;
  readonly service?: Readonly<Partial<Record<ServiceRole, string>>>;
  readonly maxConnections?: number;
  readonly json?: boolean;
}

export interface Override {
  readonly gate: Gate;
  readonly reason: string;
}

/** What `--override` may take away. An unknown host key never is. */
export const GATES = ['order', 'soak', 'budget', 'stale', 'drift'] as const;
export type Gate = (typeof GATES)[number];

export type StageChoice =
  | { readonly kind: 'all' }
  | { readonly kind: 'next' }
  | { readonly kind: 'named'; readonly stages: readonly StageName[] };
