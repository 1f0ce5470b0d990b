import type { Answer, Refusal } from '../types.js';

/** Carries a refusal from deep inside a reading up to the editor's door, where it becomes an answer. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/** Stops the reading or edit that runs inside `answered`. */
export function refuse(refusal: Refusal): never {
  throw new Refused(refusal);
}

/** Runs `work` and turns a refusal into an answer; any other error is a bug and passes through. */
export function answered<T>(work: () => T): Answer<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

const LONGEST_SHOWN = 60;

/** Source text fit for a message: one line, cut short, and without the credentials of a URL. */
export function shown(text: string): string {
  const oneLine = text.replace(/\/\/[^@\s'"]{1,200}@/g, '//***@').replace(/\s+/g, ' ');
  return oneLine.length > LONGEST_SHOWN ? `${oneLine.slice(0, LONGEST_SHOWN - 1)}…` : oneLine;
}
