import type { ExitCode } from '../errors.js';
import { EXIT } from '../errors.js';
import { keptByStage } from '../plan/activate/kept.js';
import type { Warning } from '../plan/plan.js';
import { type FileRole, STAGE_SETTINGS, type StageName } from '../settings.js';
import type { TargetFacts } from '../target/facts.js';
import { everyService } from '../target/told.js';
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
  /**
   * `gapMs`: the longest time without an answer, as it was measured on the target; with `custom`, from the first command until
   * all checks held. `null` where it was not reached, or nothing there could ask. `stopped`: services that should take it and
   * did not run, by the runtime's own names: for them it is written, and effective once they are started.
   */
  readonly activation: { readonly kind: string; readonly gapMs: number | null; readonly stopped: readonly string[] };
  readonly checks: readonly {
    readonly name: string;
    /** `null`: it could not be told. */
    readonly ok: boolean | null;
    readonly expected: string;
    readonly found: string;
  }[];
  /** What to know of it from now on. */
  readonly warnings: readonly Warning[];
}

export function unchangedReport(name: string, stage: StageName, kind: string): StageReport {
  const activation = { kind, gapMs: null, stopped: [] };
  return { name, release: null, stage, outcome: 'unchanged', files: [], activation, checks: [], warnings: [] };
}

/** One report for each stage of a release. `good` is what its outcome is called when it went well. */
export function reportsOf(
  target: string,
  draft: Draft,
  progress: Progress,
  good: 'applied' | 'rolled-back',
  facts: TargetFacts | null = null,
): readonly StageReport[] {
  const { kind } = draft.activation.plan;
  const stopped = progress.outcome === 'applied' && facts !== null ? stoppedIn(draft, facts) : [];
  const asked = facts === null || !stopped.includes(facts.services.get('backend')?.name ?? '');
  return draft.entry.stages.map((stage) => {
    const files = draft.entry.files.filter(({ role }) => stagesOf(role, draft.entry.stages).includes(stage));
    return {
      name: target,
      release: draft.id,
      stage,
      outcome: outcomeOf(draft, progress, good),
      files: files.map(({ role, path, sha256Before, sha256After }) => ({ role, path, sha256Before, sha256After })),
      activation: { kind, gapMs: asked ? gapOf(draft, progress) : null, stopped },
      checks: checksOf(draft, progress, files),
      warnings: progress.outcome === 'applied' && facts !== null ? warningsOf(draft, stage, facts) : [],
    };
  });
}

/** Nothing was done to them, because there was nothing that runs. */
function stoppedIn({ activation }: Draft, facts: TargetFacts): readonly string[] {
  const left = new Set(activation.plan.steps.filter(({ how }) => how === 'none').map(({ service }) => service));
  const idle = everyService(facts).filter(({ state }) => state === 'stopped' || state === 'absent');
  return idle.map(({ name }) => name).filter((name) => left.has(name));
}

function warningsOf({ entry, activation }: Draft, stage: StageName, facts: TargetFacts): readonly Warning[] {
  const own: readonly string[] = STAGE_SETTINGS[stage];
  const changes = entry.changes.filter(({ setting }) => own.includes(setting));
  return changes.length === 0 ? [] : keptByStage({ activation: activation.plan, changes }, facts);
}

/** Where no service that answers clients was touched, they were not refused. */
function gapOf({ id, activation }: Draft, { gaps, outcome }: Progress): number | null {
  if (outcome !== 'applied') return null;
  return gaps.get(id) ?? (activation.watch === null ? activation.plan.expectedGapMs : null);
}

function checksOf(
  { id }: Draft,
  { checks, outcome }: Progress,
  files: readonly { path: string }[],
): StageReport['checks'] {
  const own = new Set(files.map(({ path }) => `file ${path}`));
  const asked = checks.filter(
    (check) => check.release === id && (own.has(check.name) || !check.name.startsWith('file ')),
  );
  // What was asked more than once is as it was at last; but where the run failed, what comes after a failure is the way back.
  const told = new Map<string, StageReport['checks'][number]>();
  for (const { name, ok, expected, found } of asked) {
    if (outcome === 'applied' || told.get(name)?.ok !== false) told.set(name, { name, ok, expected, found });
  }
  return [...told.values()];
}

const USUAL_STAGES: Readonly<Partial<Record<FileRole, readonly StageName[]>>> = {
  database: ['db-pool'],
  redis: ['redis-pool'],
  compose: ['uvicorn-workers', 'celery-workers'],
  'backend-unit': ['uvicorn-workers'],
  'celery-unit': ['celery-workers'],
};

/** A rollback may take several stages back at once; each is told with its own files, and the first with what is of none. */
function stagesOf(role: FileRole, stages: readonly StageName[]): readonly StageName[] {
  const usual = stages.filter((stage) => USUAL_STAGES[role]?.includes(stage));
  return usual.length > 0 ? usual : stages.slice(0, 1);
}

/** A release that went well is rolled back when a later one of its run fails. */
function outcomeOf({ id }: Draft, progress: Progress, good: 'applied' | 'rolled-back'): ReleaseOutcome {
  if (progress.outcome === 'applied') return good;
  if (progress.failed === null || progress.failed.release <= id) return 'failed';
  return good === 'applied' ? 'rolled-back' : 'failed';
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
