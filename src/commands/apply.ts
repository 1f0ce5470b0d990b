import { EXIT, exitOf, fail, type Problem } from '../errors.js';
import { applyDrafts } from '../rollout/drafts.js';
import { type StageReport, unchangedReport, worstExit } from '../rollout/report.js';
import { STAGES, type StageName } from '../settings.js';
import type { Outcome } from '../view/output.js';
import { renderIntent } from '../view/plan-text.js';
import { renderRun, sayDone } from '../view/run-text.js';
import { carry, draftContext, problemsOf, refreshed, takeBack } from './carry.js';
import type { Edges } from './edges.js';
import type { Override, StageChoice, TargetOptions } from './options.js';
import { resolveTargets } from './resolve.js';
import { selectSaved } from './saved.js';
import { type Selection, select, stagesToDo } from './selection.js';
import { type Session, withSessions } from './session.js';

export interface ApplyOptions extends TargetOptions {
  readonly choice: StageChoice;
  readonly plan?: string | undefined;
  readonly confirmWithinMs?: number | undefined;
  readonly overrides: readonly Override[];
  readonly yes?: boolean | undefined;
}

/** Carries stages out on every target, or on none. */
export async function applyCommand(options: ApplyOptions, edges: Edges): Promise<Outcome> {
  expectConsent(options, edges, 'apply');
  const specs = await resolveTargets(options, edges);
  return withSessions(specs, edges, 'processes', async (sessions) => {
    const selections: Selection[] = [];
    for (const session of sessions) {
      selections.push(
        options.plan === undefined
          ? await select(session, options.choice, options.overrides, edges)
          : await selectSaved(session, options.plan, options.choice, options.overrides, edges),
      );
    }
    if (!(await agreed(selections, options, edges))) return outcomeOf([], [], false);
    return carryAll(selections, options, edges);
  });
}

/** @throws ProblemError `usage` where nobody can be asked and nobody said yes. */
export function expectConsent(options: { readonly yes?: boolean | undefined }, edges: Edges, command: string): void {
  if (options.yes === true || edges.interactive) return;
  fail({
    code: 'usage',
    message: `${command} changes a live service, and nobody can be asked (no terminal, or --json)`,
    expected: '--yes, or a terminal',
    fix: `Look first with \`action-tune ${command === 'apply' ? 'plan' : 'status'}\`, then run \`action-tune ${command}\` with --yes.`,
  });
}

async function agreed(selections: readonly Selection[], options: ApplyOptions, edges: Edges): Promise<boolean> {
  const todo = selections.filter((selection) => stagesToDo(selection).length > 0);
  if (todo.length === 0) return true;
  for (const { plan } of todo) edges.output.show((paint) => renderIntent(plan, paint));
  if (options.yes === true) return true;
  return edges.output.confirm(applyQuestion(todo));
}

export function applyQuestion(selections: readonly Selection[]): string {
  const what = selections.flatMap((selection) =>
    stagesToDo(selection).map(({ name }) => `${name} on ${selection.plan.target.name}`),
  );
  return `Apply ${what.join(', ')}?`;
}

/** Carries out what was agreed to, on every target or on none. */
export async function carryAll(
  selections: readonly Selection[],
  options: Pick<ApplyOptions, 'confirmWithinMs'>,
  edges: Edges,
): Promise<Outcome> {
  const reports: StageReport[] = [];
  const done: Session[] = [];
  for (const selection of selections) {
    const { session, plan } = selection;
    const unchanged = plan.stages.filter(({ files }) => files.length === 0);
    reports.push(...unchanged.map(({ name, activation }) => unchangedReport(session.spec.name, name, activation.kind)));
    if (stagesToDo(selection).length === 0) continue;
    const result = await attempt(selection, options, edges);
    reports.push(...result.reports);
    if (result.problems.length > 0) {
      const undone = await undoAll(done, edges);
      return outcomeOf(markUndone(reports, done), [...result.problems, ...undone], true);
    }
    done.push(session);
  }
  const left = STAGES.filter((stage) => selections.some((selection) => selection.left.includes(stage)));
  return outcomeOf(reports, [], true, left);
}

interface Attempt {
  readonly reports: readonly StageReport[];
  readonly problems: readonly Problem[];
}

async function attempt(
  { session, plan, overrides }: Selection,
  options: Pick<ApplyOptions, 'confirmWithinMs'>,
  edges: Edges,
): Promise<Attempt> {
  try {
    const drafts = applyDrafts(plan.stages, draftContext(session, overrides, edges));
    const seconds = Math.ceil((options.confirmWithinMs ?? 0) / 1000);
    const { reports, problem } = await carry(session, drafts, 'applied', edges, seconds);
    return { reports, problems: problem === null ? [] : [problem] };
  } catch (error) {
    return { reports: [], problems: problemsOf(error) };
  }
}

/** One target failed: what this command did on the others goes back too, so that all are as they were before. */
async function undoAll(done: readonly Session[], edges: Edges): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  // Whoever stopped the run wants exactly this: it must not be stopped by the same signal.
  const steady = { ...edges, interrupted: new AbortController().signal };
  for (const session of done.toReversed()) {
    try {
      const now = await refreshed(session);
      const own = now.history.releases.filter(({ id }) => id > session.facts.newestRelease).toReversed();
      const { problem } = await takeBack(now, own, steady);
      if (problem !== null) problems.push(problem);
    } catch (error) {
      problems.push(...problemsOf(error));
    }
  }
  return problems;
}

function markUndone(reports: readonly StageReport[], done: readonly Session[]): readonly StageReport[] {
  const names = new Set(done.map(({ spec }) => spec.name));
  return reports.map((report) =>
    names.has(report.name) && report.outcome === 'applied' ? { ...report, outcome: 'rolled-back' } : report,
  );
}

function outcomeOf(
  reports: readonly StageReport[],
  problems: readonly Problem[],
  agreedTo: boolean,
  left: readonly StageName[] = [],
): Outcome {
  const nothing = agreedTo ? 'Nothing to do.' : 'Nothing was changed.';
  return {
    exit: worstExit(problems.map(exitOf)) ?? EXIT.done,
    document: { schema: 1, targets: reports, ...(problems.length > 0 && { problems }) },
    text: (paint) => renderRun(reports, paint, { failed: problems.length > 0, nothing, left }),
    problems,
    done: sayDone(reports),
  };
}
