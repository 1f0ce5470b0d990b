import { exitOf, fail, type Problem } from '../errors.js';
import { appliedReleases, type History, type Release, unfinishedReleases } from '../journal/history.js';
import { unfinishedMeaning, unfinishedResult } from '../journal/unfinished.js';
import { lockProblem, pausedProblems } from '../rollout/gates.js';
import { type StageReport, worstExit } from '../rollout/report.js';
import type { StageName } from '../settings.js';
import type { Outcome } from '../view/output.js';
import { renderRun, sayDone } from '../view/run-text.js';
import { expectConsent } from './apply.js';
import { carry, problemsOf, returnDraft } from './carry.js';
import type { Edges } from './edges.js';
import type { Override, TargetOptions } from './options.js';
import { onTarget } from './planning.js';
import { resolveTargets } from './resolve.js';
import { type Session, withSessions } from './session.js';
import { removeLeftLock } from './unlock.js';

export interface RollbackOptions extends TargetOptions {
  /** Without a choice: the newest release in force. */
  readonly stage?: readonly StageName[];
  readonly to?: number;
  readonly all?: boolean;
  readonly yes?: boolean;
  /** Of all gates only `drift` stands before a way back. */
  readonly overrides?: readonly Override[];
}

/** Takes releases back: byte for byte, with owner and mode, and the services with them. */
export async function rollbackCommand(options: RollbackOptions, edges: Edges): Promise<Outcome> {
  expectConsent(options, edges, 'rollback');
  const specs = await resolveTargets(options, edges);
  return withSessions(specs, edges, 'processes', async (sessions) => {
    const jobs = [];
    for (const session of sessions) jobs.push(await prepare(session, options, edges));
    const todo = jobs.flatMap((job) => (job === null ? [] : [job]));
    const names = todo.flatMap(({ session, undo }) =>
      undo.map((release) => `${label(release)} on ${session.spec.name}`),
    );
    for (const meaning of ofUnfinished(todo, unfinishedMeaning)) edges.output.say(meaning);
    const asked = todo.length > 0 && options.yes !== true;
    if (asked && !(await edges.output.confirm(`Take back ${names.join(', ')}?`)))
      return outcomeOf([], [], 'Nothing was changed.');
    return withResults(await takeAllBack(todo, edges), ofUnfinished(todo, unfinishedResult));
  });
}

type Job = {
  readonly session: Session;
  readonly undo: readonly Release[];
  readonly draft: Awaited<ReturnType<typeof returnDraft>>;
};

/** Everything that could refuse is asked before the first target is touched. */
async function prepare(session: Session, options: RollbackOptions, edges: Edges): Promise<Job | null> {
  const { history, facts, spec } = session;
  const undo = chooseReleases(history, options, spec.name);
  if (undo.length === 0) return null;
  const left = unfinishedReleases(history).length > 0;
  const held = facts.lock !== null && !(left && facts.lock.holder === 'gone');
  if (held) fail({ ...lockProblem(facts.lock, left), place: { target: spec.name } });
  const draft = await returnDraft(session, undo, edges, options.overrides);
  const paused = pausedProblems(draft.activation.plan.steps, facts);
  if (paused.length > 0) fail(...paused.map((problem) => onTarget(problem, spec.name)));
  return { session, undo, draft };
}

async function takeAllBack(jobs: readonly Job[], edges: Edges): Promise<Outcome> {
  const reports: StageReport[] = [];
  const problems: Problem[] = [];
  for (const { session, draft } of jobs) {
    try {
      await removeLeftLock(session, edges);
      const result = await carry(session, [draft], 'rolled-back', edges);
      reports.push(...result.reports);
      if (result.problem !== null) problems.push(result.problem);
    } catch (error) {
      problems.push(...problemsOf(error));
    }
  }
  return outcomeOf(reports, problems);
}

/** What is cut off goes back first, and alone: everything else is judged by what it leaves. */
function chooseReleases(history: History, options: RollbackOptions, target: string): readonly Release[] {
  const unfinished = unfinishedReleases(history);
  if (unfinished.length > 0) return unfinished;
  const applied = appliedReleases(history);
  const { to, stage, all } = options;
  if (all === true) return applied;
  if (to !== undefined) return after(applied, expectRelease(history, to, target));
  if (stage !== undefined) return applied.filter(({ entry }) => entry.stages.some((name) => stage.includes(name)));
  return applied.slice(0, 1);
}

function after(releases: readonly Release[], release: number): readonly Release[] {
  return releases.filter(({ id }) => id > release);
}

function expectRelease(history: History, id: number, target: string): number {
  if (id === 0 || history.releases.some((release) => release.id === id)) return id;
  return fail({
    code: 'release',
    message: `There is no release ${id}`,
    place: { target },
    expected: ['0 (the untouched original)', ...history.releases.map((release) => String(release.id))].join(', '),
    found: String(id),
    fix: 'See the releases with `action-tune history`.',
  });
}

function ofUnfinished(jobs: readonly Job[], say: (release: Release) => string | null): readonly string[] {
  return jobs.flatMap(({ session, undo }) =>
    undo
      .filter(({ state }) => state === 'unfinished')
      .flatMap((release) => say(release) ?? [])
      .map((told) => `${session.spec.name}: ${told}`),
  );
}

/** Where all went well, the outcome says what it was that was taken back. */
function withResults(outcome: Outcome, results: readonly string[]): Outcome {
  if ((outcome.problems ?? []).length > 0) return outcome;
  return { ...outcome, text: (paint) => [outcome.text(paint), ...results].join('\n') };
}

function label({ id, entry }: Release): string {
  return `release ${id} (${entry.stages.join(', ')})`;
}

function outcomeOf(
  reports: readonly StageReport[],
  problems: readonly Problem[],
  nothing = 'Nothing to take back.',
): Outcome {
  return {
    exit: worstExit(problems.map(exitOf)),
    document: { schema: 1, targets: reports, ...(problems.length > 0 && { problems }) },
    text: (paint) => renderRun(reports, paint, { failed: problems.length > 0, nothing }),
    problems,
    done: sayDone(reports),
  };
}
