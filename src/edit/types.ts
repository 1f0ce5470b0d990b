import type { Found, SettingKey, Wanted } from '../settings.js';

/** Replaces the UTF-16 range `[start, end)` of a decoded text. Ranges of one answer never overlap and are in order. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
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

/** Why a file can't be read or edited exactly. `unsupported`: not a shape the tool knows. `unsafe`: known, and dangerous. */
export interface Refusal {
  readonly kind: 'unsupported' | 'unsafe';
  /** One sentence, without a final full stop. */
  readonly message: string;
  readonly at?: Position;
  /** The text found there, without secrets. */
  readonly found?: string;
  /** What the user can do, as one sentence. */
  readonly fix: string;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export interface Reading {
  readonly values: Found;
  /** Where each value that was found stands. */
  readonly places: Readonly<Partial<Record<SettingKey, Position>>>;
}

/** One kind of file. Pure: text in, values or edits out. A wanted key that the kind does not know is ignored. */
export interface Editor {
  read(text: string): Answer<Reading>;
  /** The edits that make `read` return what is wanted; an empty list where it already does. */
  edit(text: string, want: Wanted): Answer<readonly TextEdit[]>;
}
