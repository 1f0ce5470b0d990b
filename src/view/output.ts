import type { ExitCode, Problem } from '../errors.js';

/** What a command came to. One place prints it, as text or as one JSON document. */
export interface Outcome {
  readonly exit: ExitCode;
  readonly document: object;
  readonly text: (paint: Paint) => string;
  /** What went wrong, for stderr. The document and the text still tell what was done. */
  readonly problems?: readonly Problem[];
}

/** What happens while a command works, on stderr. */
export interface Output {
  /** The one line that says what is being done; `null` ends it. */
  progress(line: string | null): void;
  /** A line that stays. */
  say(line: string): void;
  /** The result so far, before a question; nothing with `--json`. */
  show(text: (paint: Paint) => string): void;
  /** Asked only where both ends are a terminal. */
  confirm(question: string): Promise<boolean>;
}

type Style = (text: string) => string;

/** The few styles the views use; plain where colour is not wanted. */
export interface Paint {
  readonly strong: Style;
  readonly faint: Style;
  readonly good: Style;
  readonly bad: Style;
  readonly warn: Style;
  readonly added: Style;
  readonly removed: Style;
}

const same: Style = (text) => text;
export const PLAIN: Paint = {
  strong: same,
  faint: same,
  good: same,
  bad: same,
  warn: same,
  added: same,
  removed: same,
};
