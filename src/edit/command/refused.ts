import { positionAt } from '../splice.js';
import type { Answer, Refusal } from '../types.js';

/** A refusal that is still placed by offsets, because the line is only known to the one who holds the whole text. */
export interface OffsetRefusal extends Omit<Refusal, 'at'> {
  readonly at?: number;
  /** Where every candidate stands, when there are several. */
  readonly candidates?: readonly number[];
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

function placed(text: string, { at, candidates, ...rest }: OffsetRefusal): Refusal {
  const lines = candidates?.map((offset) => positionAt(text, offset).line);
  const listed = lines === undefined ? {} : { found: `${rest.found ?? 'candidates'}, lines ${lines.join(', ')}` };
  return { ...rest, ...listed, ...(at === undefined ? {} : { at: positionAt(text, at) }) };
}
