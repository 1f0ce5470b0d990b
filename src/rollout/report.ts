import type { ExitCode, Problem } from '../errors.js';
import { EXIT } from '../errors.js';
import type { StageName } from '../settings.js';
import type { Draft } from './draft.js';
import type { Progress } from './progress.js';

export type ReleaseOutcome = 'applied' | 'unchanged' | 'rolled-back' | 'failed';

/** What became of one stage on one target. */
export interface StageReport {
  readonly name: string;
  readonly release: number | null;
  readonly stage: StageName;
  readonly outcome: ReleaseOutcome;
  readonly files: readonly {
    readonly role: string;
    readonly path: string;
    readonly sha256Before: string | null;
    readonly sha256After: string | null;
  }[];
  /** `gapMs`: from the first restart until all checks held; `null` where that was not reached. */
  readonly activation: { readonly kind: string; readonly gapMs: number | null };
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly expected: string;
    readonly found: string;
  }[];
}

export function unchangedReport(name: string, stage: StageName, kind: string): StageReport {
  return { name, release: null, stage, outcome: 'unchanged', files: [], activation: { kind, gapMs: null }, checks: [] };
}

/** One report for each stage of a release. `good` is what its outcome is called when it went well. */
export function reportsOf(
  target: string,
  draft: Draft,
  progress: Progress,
  good: 'applied' | 'rolled-back',
): readonly StageReport[] {
  const checks = progress.checks.filter((check) => check.release === draft.id);
  const kind = draft.activation.plan.kind;
  return draft.entry.stages.map((stage) => ({
    name: target,
    release: draft.id,
    stage,
    outcome: outcomeOf(draft, progress, good),
    files: draft.entry.files.map(({ role, path, sha256Before, sha256After }) => ({
      role,
      path,
      sha256Before,
      sha256After,
    })),
    activation: { kind, gapMs: kind === 'none' ? 0 : (progress.gaps.get(draft.id) ?? null) },
    checks: checks.map(({ name, ok, expected, found }) => ({ name, ok, expected, found })),
  }));
}

/** A release that went well is rolled back when a later one of its run fails. */
function outcomeOf({ id }: Draft, progress: Progress, good: 'applied' | 'rolled-back'): ReleaseOutcome {
  if (progress.outcome === 'applied') return good;
  if (progress.failed === null || progress.failed.release <= id) return 'failed';
  return good === 'applied' ? 'rolled-back' : 'failed';
}

/** What a run that did not end well means for the user; `null` where it ended well. */
export function problemOf(target: string, state: string, drafts: readonly Draft[], progress: Progress): Problem | null {
  const { outcome, failed, stuck, stale } = progress;
  const place = { target };
  const log = progress.log.trim().split('\n').filter(Boolean).slice(-5);
  const what = drafts.find(({ id }) => id === failed?.release)?.entry.stages.join(', ') ?? 'the run';
  const newest = failed?.release ?? drafts[0]?.id ?? 0;
  switch (outcome) {
    case 'applied':
      return null;
    case 'put-back':
      return {
        code: 'put-back',
        message: `${what} failed at '${failed?.step}', and everything was put back`,
        place,
        details: log,
        fix: `Read ${state}/releases/${newest}/log, mend the cause, and try again.`,
      };
    case 'interrupted':
      return {
        code: 'interrupted',
        message: `Stopped as asked; ${what} was put back`,
        place,
        fix: 'Start again whenever you like.',
      };
    case 'stale':
      return {
        code: 'stale',
        message: 'The target changed since it was looked at; nothing was changed',
        place: { target, ...(stale[0] === undefined ? {} : { file: stale[0] }) },
        fix: 'Look again with `action-tune plan`.',
      };
    case 'locked':
      return {
        code: 'lock',
        message: 'Somebody else began to work on this target meanwhile; nothing was changed',
        place,
        fix: 'See who with `action-tune status`.',
      };
    case 'never-started':
      return {
        code: 'remote',
        message: 'The line was lost before the run began; nothing was changed',
        place,
        fix: 'Try again.',
      };
    default:
      return {
        code: 'not-put-back',
        message: `${what} failed at '${failed?.step ?? 'an unknown step'}', and not everything could be put back`,
        place,
        details: [...stuck.map(({ kind, what: which }) => `${kind} ${which}`), ...log],
        fix: `Mend the cause, then put it back with: sh ${state}/releases/${newest}/revert.sh`,
      };
  }
}

/** The exit code of several problems: the worst of them, where the unknown is worse than the known. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = [
    EXIT.unknown,
    EXIT.notPutBack,
    EXIT.bug,
    EXIT.interrupted,
    EXIT.putBack,
    EXIT.refused,
    EXIT.badInput,
  ];
  return order.find((code) => codes.includes(code)) ?? EXIT.done;
}
