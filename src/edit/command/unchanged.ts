import type { Wanted } from '../../settings.js';
import { refuse } from './refused.js';
import { type Site, satisfied } from './site.js';

/**
 * Makes sure that an edit did what was wanted, and nothing else, to the command as the program will see it.
 * @throws {Refused} otherwise
 */
export function checkSite(before: Site, after: Site | undefined, want: Wanted): void {
  const done =
    after !== undefined &&
    after.shape === before.shape &&
    before.launcher.settings.every((option) => {
      const value = want[option.setting];
      return value === undefined || satisfied(after, option, value);
    });
  if (!done) refuseResult(before.command.words[0]?.start ?? 0);
}

/** @throws {Refused} always: the result was not what it had to be */
export function refuseResult(at: number): never {
  refuse({
    kind: 'unsafe',
    message: 'The command was changed by way of trial, and the result did not read back as wanted',
    at,
    fix: 'Edit this command by hand',
  });
}
