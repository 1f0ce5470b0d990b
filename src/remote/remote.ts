/**
 * One piece of work on a target, as data: a function of the target library (`templates/target/*.sh`) and its arguments.
 * Arguments and input are never interpreted by a shell; quoting happens in `script.ts` alone.
 */
export interface Call {
  readonly verb: string;
  readonly args: readonly string[];
  /** Handed to the function on its standard input. */
  readonly input?: Uint8Array;
}

/** What a list of calls left behind: they run in order and stop at the first that fails. */
export interface Result {
  /** Exit status of the call that ended the list. */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * The door to a target. Every implementation runs the same library in a POSIX shell, so callers can't tell them apart.
 * `run` rejects with a `line-lost` problem when the connection ends before the result is known.
 */
export interface Remote {
  /** How a message names the target: `ssh://root@host:22` or `local`. */
  readonly address: string;
  run(calls: readonly Call[]): Promise<Result>;
  close(): Promise<void>;
}
