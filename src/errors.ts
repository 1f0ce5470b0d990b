/** Where a problem sits, as far as it is known. Lines and columns count from 1. */
export interface Place {
  readonly target?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Exit codes, as users and scripts may rely on them. */
export const EXIT = {
  done: 0,
  bug: 1,
  badInput: 2,
  refused: 3,
  putBack: 4,
  notPutBack: 5,
  unknown: 6,
  pending: 10,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Every expected error, with the exit code it ends in. */
const EXIT_OF = {
  usage: EXIT.badInput,
  profile: EXIT.badInput,
  config: EXIT.badInput,
  plan: EXIT.badInput,
  target: EXIT.badInput,
  file: EXIT.badInput,
  unsupported: EXIT.badInput,
  release: EXIT.badInput,
  unsafe: EXIT.refused,
  budget: EXIT.refused,
  stale: EXIT.refused,
  drift: EXIT.refused,
  lock: EXIT.refused,
  order: EXIT.refused,
  soak: EXIT.refused,
  'host-key': EXIT.refused,
  'put-back': EXIT.putBack,
  'not-put-back': EXIT.notPutBack,
  'line-lost': EXIT.unknown,
  remote: EXIT.bug,
  output: EXIT.bug,
  interrupted: EXIT.interrupted,
} as const satisfies Record<string, ExitCode>;

export type ProblemCode = keyof typeof EXIT_OF;

/** An expected error as a value: what was wrong, where, and the one thing to do next. Rendered by `view` alone. */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence, without a final full stop. */
  readonly message: string;
  readonly place?: Place;
  readonly expected?: string;
  readonly found?: string;
  /** One sentence on what the user does next. */
  readonly fix: string;
  /** Further lines: every file, service or candidate concerned. */
  readonly details?: readonly string[];
}

/** Carries problems up to the one place that renders them. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];

  /** The same problem of several stages is one. */
  constructor(...problems: readonly Problem[]) {
    const distinct = [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
    super(distinct.map((problem) => problem.message).join('; '));
    this.name = 'ProblemError';
    this.problems = distinct;
  }
}

export function fail(...problems: readonly Problem[]): never {
  throw new ProblemError(...problems);
}

export function exitOf(problem: Problem): ExitCode {
  return EXIT_OF[problem.code];
}
