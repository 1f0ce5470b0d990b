import type { Command } from '../command/command.js';

/** Commands that one part of a file runs, one after the other. */
export interface Group {
  readonly commands: readonly Command[];
  /** The folder that they run in, where the file says so. */
  readonly folder?: string;
  /** More of their environment may be set in other files. */
  readonly open: boolean;
}
