import { LARGEST } from '../bounds.js';
import type { Surroundings } from '../types.js';
import { inside, refuse } from './refused.js';

/**
 * The text of another file than the editor's own; `null` where there is none.
 * @throws {Refused} where it is larger than what is read: it may decide the value all the same
 */
export function neighbourText(around: Surroundings, path: string, largest = LARGEST): string | null {
  const text = around.textOf(path);
  if (text !== null && text.length > largest) inside(path, text, () => refuseLarge(largest, text.length));
  return text;
}

function refuseLarge(largest: number, length: number): never {
  refuse({
    kind: 'unsupported',
    message: `The file is larger than ${largest / 1024} KiB`,
    at: 0,
    found: `${Math.ceil(length / 1024)} KiB`,
    fix: 'Keep the settings of the service in a small file of their own',
  });
}
