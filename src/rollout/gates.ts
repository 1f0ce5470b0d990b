import type { Problem } from '../errors.js';
import type { Drift } from '../journal/drift.js';
import { type History, releaseOf, unfinishedReleases } from '../journal/history.js';
import { unfinishedName, unfinishedRemedy } from '../journal/unfinished.js';
import type { ActivationStep, StagePlan } from '../plan/plan.js';
import { STAGES, type StageName } from '../settings.js';
import type { Soak } from '../soak/verdict.js';
import type { Lock, TargetFacts, TargetFile } from '../target/facts.js';
import { everyService } from '../target/told.js';

export interface GateInput {
  /** What is to be carried out, in order. */
  readonly selected: readonly StagePlan[];
  /** Stages that still have something to change, selected or not. */
  readonly pending: ReadonlySet<StageName>;
  readonly history: History;
  readonly drift: readonly Drift[];
  readonly facts: TargetFacts;
  readonly soakOf: (stage: StageName) => Soak | null;
  readonly soakMs: number;
  /** False where nothing runs: then neither order nor soak matter. */
  readonly activates: boolean;
}

/** Everything that forbids a run, at once. The codes of those that can be overridden are the gates' names. */
export function closedGates(input: GateInput): readonly Problem[] {
  const unsettled = unsettledProblems(input.history, input.facts);
  if (input.selected.length === 0) return unsettled;
  const steps = input.selected.flatMap(({ activation }) => activation.steps);
  const timing = input.activates ? [...orderGate(input), ...soakGate(input)] : [];
  return [
    ...unsettled,
    ...permissionGate(input),
    ...pausedProblems(steps, input.facts),
    ...driftGate(input),
    ...timing,
  ];
}

/** What is under way, or was cut off: as long as it is, also files without a difference say nothing of what is in force. */
export function unsettledProblems(history: History, facts: TargetFacts): readonly Problem[] {
  const left = unfinishedReleases(history).length > 0;
  const locked = facts.lock === null ? [] : [lockProblem(facts.lock, left)];
  return [...locked, ...unfinishedGate(history, facts)];
}

/** `unfinished`: the lock is of a run that left something to put back. */
export function lockProblem(lock: Lock, unfinished: boolean): Problem {
  const gone = lock.holder === 'gone';
  return {
    code: 'lock',
    message: gone ? 'a run that did not end has left its lock' : 'somebody else is at work on this target',
    found: `${lock.by}, since ${lock.since}: ${lock.command}`,
    fix: gone ? leftLockFix(unfinished) : 'Wait until it has ended, then look again with `action-tune status`.',
  };
}

function leftLockFix(unfinished: boolean): string {
  return unfinished
    ? 'Put back what it began with `action-tune rollback --yes`, which removes the lock, too.'
    : 'It left nothing but the lock: remove it with `action-tune unlock --yes`.';
}

function unfinishedGate(history: History, facts: TargetFacts): readonly Problem[] {
  if (facts.pending !== null) return [pendingProblem(facts.pending)];
  const [release] = unfinishedReleases(history);
  if (release === undefined) return [];
  return [
    {
      code: 'lock',
      message: unfinishedName(release),
      found: `${release.entry.stages.join(', ')}, by ${release.entry.by}, at ${release.entry.at}`,
      fix: unfinishedRemedy(release),
    },
  ];
}

function pendingProblem({ deadline, releases }: NonNullable<TargetFacts['pending']>): Problem {
  return {
    code: 'lock',
    message: `release ${releases.join(', ')} waits to be confirmed`,
    found: `it is put back at ${deadline}`,
    fix: 'Keep it with `action-tune confirm`, or put it back with `action-tune rollback`.',
  };
}

function permissionGate({ selected, facts }: GateInput): readonly Problem[] {
  const planned = new Set(selected.flatMap((stage) => stage.files.map((file) => file.path)));
  return [...facts.files.values()]
    .filter((file) => planned.has(file.path) && !file.writable)
    .map((file) => {
      if (file.readOnly) return readOnlyProblem(file);
      return facts.owner.startsWith('0:') ? heldProblem(file) : noPermission(file);
    });
}

function readOnlyProblem({ path }: TargetFile): Problem {
  return {
    code: 'file',
    message: 'the file lies on a read-only file system',
    place: { file: path },
    expected: 'a file system that is mounted read-write',
    found: 'one that is mounted read-only, also for root',
    fix: 'Mount it read-write, or change the file where that file system comes from.',
  };
}

/** Permissions do not bind root. */
function heldProblem({ path, mode, owner }: TargetFile): Problem {
  return {
    code: 'file',
    message: 'something other than its permissions keeps root from replacing the file',
    place: { file: path },
    expected: 'a file and a folder that root may write to',
    found:
      mode === '' ? 'a folder that is not writable for root' : `mode ${mode}, owner ${owner}, not writable for root`,
    fix: 'See whether the file or its folder is immutable with `lsattr -d`, and end that with `chattr -i`; if not, its mount forbids it, as NFS does that takes root for nobody.',
  };
}

function noPermission({ path, mode, owner }: TargetFile): Problem {
  return {
    code: 'file',
    message: 'no permission to replace the file',
    place: { file: path },
    expected: 'a file and a folder that this user may write to',
    found: mode === '' ? 'a folder that is not writable' : `mode ${mode}, owner ${owner}`,
    fix: 'Log in as the owner or as root, or change the permissions.',
  };
}

/** Whether it takes a change could not be told, and to start it anew would end a pause that somebody wants. */
export function pausedProblems(steps: readonly ActivationStep[], facts: TargetFacts): readonly Problem[] {
  const concerned = new Set(steps.filter(({ how }) => how !== 'none').map(({ service }) => service));
  const paused = everyService(facts).filter(({ name, state }) => state === 'paused' && concerned.has(name));
  return paused.map(({ name, container }) => ({
    code: 'unsafe',
    message: `${name} is paused, and is to take the change`,
    expected: 'a service that runs',
    found: 'paused',
    fix: `Let it go on with \`docker unpause ${container?.id.slice(0, 12) ?? name}\`, then run again.`,
  }));
}

function driftGate({ drift, selected }: GateInput): readonly Problem[] {
  const planned = new Set(selected.flatMap((stage) => stage.files.map((file) => file.path)));
  return drift
    .filter(({ path }) => planned.has(path))
    .map(({ path, expected, found }) => ({
      code: 'drift',
      message: 'the file was changed since it was applied',
      place: { file: path },
      expected: expected === null ? 'no such file' : `sha256 ${expected}`,
      found: found === null ? 'no such file' : `sha256 ${found}`,
      fix: 'Look at the change; to build on it, use --override drift --reason "…".',
    }));
}

function orderGate({ selected, pending }: GateInput): readonly Problem[] {
  const last = Math.max(...selected.map(({ name }) => STAGES.indexOf(name)));
  const missing = STAGES.slice(0, last).filter(
    (stage) => pending.has(stage) && !selected.some(({ name }) => name === stage),
  );
  if (missing.length === 0) return [];
  return [
    {
      code: 'order',
      message: `an earlier stage is not applied: ${missing.join(', ')}`,
      expected: `the order ${STAGES.join(', ')}`,
      fix: 'Apply it first with `action-tune apply --next`, or use --override order --reason "…".',
    },
  ];
}

function soakGate({ selected, history, soakOf, soakMs }: GateInput): readonly Problem[] {
  if (soakMs === 0) return [];
  const together = selected.slice(0, -1).map(({ name }) => `${name} would have no time at all`);
  const first = STAGES.indexOf(selected[0]?.name ?? 'db-pool');
  const earlier = STAGES.slice(0, first).flatMap((stage) => {
    const soak = releaseOf(history, stage) === undefined ? null : soakOf(stage);
    return soak === null || soak.verdict === 'pass' ? [] : [`${stage} is watched until ${soak.until}: ${soak.because}`];
  });
  if (together.length + earlier.length === 0) return [];
  return [
    {
      code: 'soak',
      message: 'the stage before has no pass verdict yet',
      details: [...earlier, ...together],
      fix: 'Apply one stage at a time with `action-tune apply --next`, or use --override soak --reason "…".',
    },
  ];
}
