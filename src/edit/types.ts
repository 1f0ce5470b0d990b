import type { Found, SettingKey, Wanted } from '../settings.js';

/** Replaces the UTF-16 range `[start, end)` of a decoded text. Ranges of one answer never overlap and are in order. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** An edit of the editor's own file, or of another one where its absolute path is given. In order within each file. */
export interface PlacedEdit extends TextEdit {
  readonly file?: string;
  /** The edit is one of a start command that stands in a file of its own: a script, a Procfile, a Dockerfile. */
  readonly starts?: true;
}

/** Replaces the byte range `[start, end)` of a file. The unit in which plans, releases and their JSON speak. */
export interface ByteEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Line and column count from 1; the column counts UTF-16 units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A place in the editor's own file, or in another one. */
export interface PlacedPosition extends Position {
  readonly file?: string;
}

/** One of several things that could be meant: what the user can name, and where it stands. */
export interface Candidate {
  readonly name: string;
  readonly at: Position;
}

/** Why a file can't be read or edited exactly. `unsupported`: not a shape the tool knows. `unsafe`: known, and dangerous. */
export interface Refusal {
  readonly kind: 'unsupported' | 'unsafe';
  /** One sentence, without a final full stop. */
  readonly message: string;
  readonly at?: Position;
  /** The absolute path of the file meant by `at`, where it is not the editor's own. */
  readonly file?: string;
  /** The text found there, without secrets. */
  readonly found?: string;
  /** All of them, where several could be meant. */
  readonly candidates?: readonly Candidate[];
  /** What the user can do, as one sentence. */
  readonly fix: string;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** What may beat a value and can't be seen from the files: one sentence without a final full stop, its place, and what to do. */
export interface Doubt {
  readonly code: string;
  readonly message: string;
  readonly at: PlacedPosition;
  readonly fix: string;
}

export interface Reading {
  readonly values: Found;
  /** Where each value that was found stands. */
  readonly places: Readonly<Partial<Record<SettingKey, PlacedPosition>>>;
  readonly doubts?: readonly Doubt[];
}

/** What stands around a file: other files of the project, by their absolute paths on the target. */
export interface Surroundings {
  /** The editor's own file. */
  readonly path: string;
  /** The project's folder. */
  readonly root: string;
  /** Compose files and units, in the order in which they come to force, that may set the environment of the processes. */
  readonly compose: readonly string[];
  readonly units: readonly string[];
  /**
   * The files of a unit by the path of each: the unit itself, then the drop-ins that systemd has loaded. Where they are not
   * known, only the drop-in of `systemctl edit` is asked for.
   */
  readonly unitParts?: ReadonlyMap<string, readonly string[]>;
  /** The application's own Python by its paths, where all of it is known: who calls what is looked for in there. */
  readonly code?: ReadonlyMap<string, string>;
  /**
   * The text of another file; `null` where there is none. A file that nobody fetched yet is `null`, too: whoever calls
   * the editor notes what was asked for, fetches it, and asks the editor again.
   */
  textOf(path: string): string | null;
}

/** A file that stands alone. */
export const ALONE: Surroundings = { path: '/alone', root: '/', compose: [], units: [], textOf: () => null };

/**
 * One kind of file. Pure: text in, values or edits out. A wanted key that the kind does not know is ignored.
 * Values that stand in other files are followed there, as far as the surroundings hold them.
 */
export interface Editor {
  read(text: string, around?: Surroundings): Answer<Reading>;
  /** The edits that make `read` return what is wanted; an empty list where it already does. */
  edit(text: string, want: Wanted, around?: Surroundings): Answer<readonly PlacedEdit[]>;
}
