import type { Problem } from '../errors.js';

/** Where a release keeps the copies of a file; `state` is the folder of all releases' state. */
function copyOf(state: string, side: 'before' | 'after', release: number, file: string): string {
  return `${state}/releases/${release}/${side}${file}`;
}

function shown(hash: string | null): string {
  return hash === null ? 'no such file' : `sha256 ${hash}`;
}

/** `keeps`: what somebody else changed can stay, where that is wanted. */
export function drifted(file: string, expected: string | null, found: string | null, keeps: boolean): Problem {
  return {
    code: 'drift',
    message: 'the file was changed since it was applied, and a rollback would lose that change',
    place: { file },
    expected: shown(expected),
    found: shown(found),
    fix: keeps
      ? 'Keep that change and take out only what was applied with --override drift --reason "…"; or take it out (or save it elsewhere), and roll back again.'
      : 'Save that change elsewhere and take it out of the file, then roll back again.',
  };
}

/** Nothing of it is left that could be taken out, and it is not known whether somebody wants it to stay away. */
export function deleted(file: string, expected: string | null, release: number, state: string): Problem {
  return {
    code: 'drift',
    message: 'the file was removed since it was applied',
    place: { file },
    expected: shown(expected),
    found: shown(null),
    fix: `Put it back, as it is in ${copyOf(state, 'after', release, file)}, then roll back again.`,
  };
}

/** `expected`: the hash of the copy, as the journal has it. */
export function copyLost(
  file: string,
  release: number,
  expected: string | null,
  found: string | null,
  state: string,
): Problem {
  const copy = copyOf(state, 'before', release, file);
  return {
    code: 'release',
    message: `the copy that release ${release} kept of the file is ${found === null ? 'gone' : 'not what it was'}`,
    place: { file },
    expected: `${copy} with ${shown(expected)}`,
    found: shown(found),
    fix: `Put a copy with that hash there (${copyOf(state, 'before', 0, file)} may be one), or make the file itself what it was, then roll back again.`,
  };
}

/** `head`: the release that wrote the file last. */
export function changedHere(file: string, release: number, head: number, state: string): Problem {
  return {
    code: 'drift',
    message: `the file was changed since in the very place that release ${release} changed, or right beside it`,
    place: { file },
    expected: 'changes that stand apart from what is taken out',
    fix: `Save that change elsewhere, make the file again what ${copyOf(state, 'after', head, file)} is, and roll back again.`,
  };
}

export function standsOn(file: string, release: number, by: number): Problem {
  return {
    code: 'order',
    message: `release ${by} changed the same place after release ${release}`,
    place: { file },
    fix: `Roll back release ${by} first: action-tune rollback --to ${by - 1}.`,
  };
}

export function lost(file: string): Problem {
  return {
    code: 'drift',
    message: 'the file was changed by hand between two releases, so this one can no longer be taken out alone',
    place: { file },
    fix: 'Put the copy in the release folder back by hand, after comparing it with the file.',
  };
}
