import type { Known, SettingValue } from '../settings.js';
import { positionAt } from './splice.js';
import type { PlacedEdit, PlacedPosition, Refusal, Surroundings } from './types.js';

/** One place where a value is written down, and how another one would be written there. */
export interface Spot {
  readonly path: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly known: Known;
  readonly written: (value: SettingValue) => string;
}

/** The places that decide a value together, or the place where it can't be followed further. */
export type Trace =
  | { readonly ok: true; readonly spots: readonly Spot[] }
  | { readonly ok: false; readonly why: string; readonly stuck?: Stuck };

export interface Stuck {
  readonly path: string;
  readonly text: string;
  readonly at: number;
}

export function spotAt(spot: Pick<Spot, 'path' | 'text' | 'start'>, around: Surroundings): PlacedPosition {
  return { ...positionAt(spot.text, spot.start), ...(spot.path === around.path ? {} : { file: spot.path }) };
}

export function editOf(spot: Spot, value: SettingValue, around: Surroundings): PlacedEdit {
  const edit = { start: spot.start, end: spot.end, text: spot.written(value) };
  return spot.path === around.path ? edit : { ...edit, file: spot.path };
}

/** Where a trace got stuck, for a refusal. */
export function stuckAt(stuck: Stuck | undefined, around: Surroundings): Pick<Refusal, 'at' | 'file'> {
  if (stuck === undefined) return {};
  const { line, column, file } = spotAt({ ...stuck, start: stuck.at }, around);
  return { at: { line, column }, ...(file === undefined ? {} : { file }) };
}

/** What all places say together. */
export function knownOf(spots: readonly Spot[]): Known {
  const [first, ...others] = spots;
  if (first === undefined) return null;
  return others.every(({ known }) => known === first.known)
    ? first.known
    : { unresolved: `it is set in ${spots.length} places, and they differ` };
}

/** A number or a word as an environment or a command has it. */
export function plainly(value: SettingValue): string {
  return String(value);
}

/** A number that is written without its type, as in an environment. */
export function valueOfText(text: string): Known {
  if (/^-?\d+$/.test(text) || /^-?\d+\.\d+$/.test(text)) return Number(text);
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (/^[A-Za-z][\w.:]*$/.test(text)) return text;
  return { unresolved: text === '' ? 'it is empty' : 'it is no plain number' };
}
