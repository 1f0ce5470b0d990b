import type { ExitCode, Problem } from '../errors.js';

/** What a command came to. One place prints it, as text or as one JSON document. */
export interface Outcome {
  readonly exit: ExitCode;
  readonly document: object;
  readonly text: (paint: Paint) => string;
  /** What went wrong, for stderr. The document and the text still tell what was done. */
  readonly problems?: readonly Problem[];
  /** Of a command that may change something: a phrase for each thing that it did, should nobody get the answer. */
  readonly done?: readonly string[];
}

interface Choice<T> {
  readonly value: T;
  readonly name: string;
  /** Shown while the choice is marked. */
  readonly description: string;
}

/** What a person is asked, on stderr, where both ends are a terminal. Each rejects when the person leaves. */
export interface Questions {
  /** Yes, or, when nothing is typed, no. */
  confirm(message: string): Promise<boolean>;
  select<T extends string>(message: string, choices: readonly Choice<T>[], marked?: T): Promise<T>;
  /** Asks until `problem` has nothing to say about the answer, which may be empty. */
  input(message: string, problem: (answer: string) => string | null): Promise<string>;
}

/** What happens while a command works, on stderr. */
export interface Output extends Questions {
  /** The one line that says what is being done; `null` ends it. */
  progress(line: string | null): void;
  /** A line that stays. */
  say(line: string): void;
  /** The result so far, before a question; nothing with `--json`. */
  show(text: (paint: Paint) => string): void;
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
