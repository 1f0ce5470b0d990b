import { type Problem, ProblemError } from '../errors.js';
import { driftOf } from '../journal/drift.js';
import { releaseOf } from '../journal/history.js';
import type { Built } from '../plan/build.js';
import type { Plan, StagePlan } from '../plan/plan.js';
import { closedGates } from '../rollout/gates.js';
import { STAGES, type StageName } from '../settings.js';
import { type Soak, soakOf } from '../soak/verdict.js';
import type { Edges } from './edges.js';
import type { Gate, Override, StageChoice } from './options.js';
import { expectPlannable, onTarget, planTarget } from './planning.js';
import type { Session } from './session.js';

/** What is to be done on one target, with every gate passed or overridden. */
export interface Selection {
  readonly session: Session;
  /** Only the stages that were chosen. */
  readonly plan: Plan;
  readonly overrides: readonly Override[];
  /** Stages that were not chosen, and have something to change. */
  readonly left: readonly StageName[];
}

/** @throws ProblemError with every problem and every closed gate. */
export async function select(
  session: Session,
  choice: StageChoice,
  overrides: readonly Override[],
  edges: Edges,
): Promise<Selection> {
  const all = await planTarget(session, STAGES, overrides, edges, []);
  const stages = chosenStages(choice, all);
  expectPlannable(all, stages, session.spec.name);
  const chosen = await planTarget(all.session, stages, overrides, edges);
  return passGates(chosen.session, chosen.plan, all, overrides);
}

function chosenStages(choice: StageChoice, all: Built): readonly StageName[] {
  if (choice.kind === 'all') return STAGES;
  if (choice.kind === 'named') return choice.stages;
  const next = STAGES.find((stage) => isPending(stage, all));
  return next === undefined ? [] : [next];
}

function isPending(stage: StageName, { plan, problems }: Built): boolean {
  return problems.has(stage) || plan.stages.some(({ name, files }) => name === stage && files.length > 0);
}

/** Stages that differ from what is recommended; `null` where no plan can be made, which `plan` explains. */
export async function pendingStages(session: Session, edges: Edges): Promise<ReadonlySet<StageName> | null> {
  try {
    const all = await planTarget(session, STAGES, [], edges, []);
    return new Set(STAGES.filter((stage) => isPending(stage, all)));
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

/** @throws ProblemError with every gate that is closed and was not overridden. */
export function passGates(session: Session, plan: Plan, all: Built, overrides: readonly Override[]): Selection {
  const { history, facts, runtime, spec } = session;
  const drift = driftOf(history, facts.files);
  const pending = new Set(STAGES.filter((stage) => isPending(stage, all)));
  const closed = closedGates({
    selected: plan.stages.filter(({ files }) => files.length > 0),
    pending,
    history,
    drift,
    facts,
    soakOf: (stage) => soakOfStage(session, stage),
    soakMs: spec.soakMs,
    activates: runtime.runtime !== 'none',
  });
  const open = (problem: Problem) => overrides.some(({ gate }) => gate === problem.code);
  const refused = closed.filter((problem) => !open(problem));
  if (refused.length > 0) throw new ProblemError(...refused.map((problem) => onTarget(problem, spec.name)));
  const used = new Set<string>([...closed.map(({ code }) => code), ...budgetGate(plan)]);
  const left = [...pending].filter((stage) => !plan.stages.some(({ name }) => name === stage));
  return { session, plan, overrides: overrides.filter(({ gate }) => used.has(gate)), left };
}

/** What does not fit, in the end or at a moment on the way, is a warning only where the gate was opened. */
function budgetGate({ warnings }: Plan): readonly Gate[] {
  return warnings.some(({ code }) => code === 'over-budget') ? ['budget'] : [];
}

export function soakOfStage({ history, facts, spec }: Session, stage: StageName): Soak | null {
  const release = releaseOf(history, stage);
  if (release === undefined) return null;
  const own = new Set(release.entry.files.map((file) => file.path));
  const drifted = driftOf(history, facts.files).filter(({ path }) => own.has(path));
  return soakOf({ release, soakMs: spec.soakMs, now: facts.clock, drifted: drifted.map(({ path }) => path) });
}

export function stagesToDo({ plan }: Selection): readonly StagePlan[] {
  return plan.stages.filter(({ files }) => files.length > 0);
}
