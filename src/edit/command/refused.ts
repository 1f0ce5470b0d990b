import { positionAt } from '../splice.js';
import type { Answer, Position, Refusal } from '../types.js';

/** A file other than the editor's own. */
export interface InFile {
  readonly path: string;
  readonly text: string;
}

/** A refusal that is still placed by offsets, because the line is only known to the one who holds the whole text. */
export interface OffsetRefusal extends Omit<Refusal, 'at' | 'file' | 'candidates'> {
  readonly at?: number;
  /** Where its line is known already. */
  readonly position?: Position;
  /** Every candidate, when there are several: what the user can name, and where it stands. */
  readonly candidates?: readonly { readonly name: string; readonly at: number }[];
  /** The file that the offsets count in, where it is not the editor's own. */
  readonly inside?: InFile;
}

/** Carries a refusal up to `answer`, which is an editor's only door. */
export class Refused extends Error {
  readonly refusal: OffsetRefusal;

  constructor(refusal: OffsetRefusal) {
    super(refusal.message);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/** Nothing is wrong with what was found: it is only more than is understood, and a person has to change it. */
export class UnknownForm extends Refused {}

/** @throws {Refused} always */
export function refuse(refusal: OffsetRefusal): never {
  throw new Refused(refusal);
}

/** Runs `work` over `text`; a refusal becomes a value with its line and column, a bug stays an exception. */
export function answer<T>(text: string, work: () => T): Answer<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: placed(text, error.refusal) };
    throw error;
  }
}

/** What comes of the work; `undefined` where it is refused. */
export function attempted<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** More than that nobody reads. */
const MOST_CANDIDATES = 100;

function placed(text: string, { at, position: known, candidates, inside, ...rest }: OffsetRefusal): Refusal {
  const position = (offset: number) => positionAt(inside?.text ?? text, offset);
  return {
    ...rest,
    ...(candidates === undefined
      ? {}
      : { candidates: candidates.slice(0, MOST_CANDIDATES).map(({ name, at }) => ({ name, at: position(at) })) }),
    ...(at === undefined ? {} : { at: position(at) }),
    ...(known === undefined ? {} : { at: known }),
    ...(inside === undefined ? {} : { file: inside.path }),
  };
}

/** Runs `work` over another file than the editor's own: its refusals are placed there. */
export function inside<T>(path: string, text: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused && error.refusal.inside === undefined) {
      throw new Refused({ ...error.refusal, inside: { path, text } });
    }
    throw error;
  }
}
