import { LARGEST_UNIT } from '../bounds.js';
import { type InFile, Refused } from '../command/refused.js';

/** All that is followed for one role, in characters, as much as one file may have: files that start each other multiply. */
const MOST = LARGEST_UNIT;
/** What even an empty file costs. */
const LEAST = 4096;

/** How much may still be followed. Once it is spent, nothing is known for certain of the rest. */
export class Budget {
  #left = MOST;
  #exceeded: Refused | undefined;

  /** Why not all was looked at. */
  get exceeded(): Refused | undefined {
    return this.#exceeded;
  }

  /** @throws {Refused} where it is more than is left */
  spend(file: InFile): void {
    this.#left -= Math.max(file.text.length, LEAST);
    if (this.#left >= 0) return;
    this.#exceeded ??= refusalIn(file);
    throw this.#exceeded;
  }
}

function refusalIn({ path, text }: InFile): Refused {
  return new Refused({
    kind: 'unsupported',
    message: 'The start commands lead through more files than are followed',
    at: 0,
    found: path,
    inside: { path, text },
    fix: 'Start the program in the first of them, or name the service that counts',
  });
}
