import { resolve } from 'node:path';
import { EXIT, fail, type Problem } from '../errors.js';
import { sealPlans } from '../plan/codec.js';
import type { Plan } from '../plan/plan.js';
import { unsettledProblems } from '../rollout/gates.js';
import { STAGES, type StageName } from '../settings.js';
import { UNSETTLED } from '../view/onward-text.js';
import type { Outcome } from '../view/output.js';
import { renderPlan } from '../view/plan-text.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';
import { expectPlannable, planTarget } from './planning.js';
import { resolveTargets } from './resolve.js';
import { pendingStages } from './selection.js';
import { type Session, withSessions } from './session.js';
import { aimedBy, typed } from './typed.js';

export interface PlanOptions extends TargetOptions {
  readonly stage?: readonly StageName[];
  readonly out?: string;
  readonly check?: boolean;
}

/** Looks at the targets and says what `apply` would do. Writes nothing there. */
export async function planCommand(options: PlanOptions, edges: Edges): Promise<Outcome> {
  const stages = options.stage ?? STAGES;
  const found = await withSessions(await resolveTargets(options, edges), edges, 'processes', async (sessions) => {
    const built = [];
    for (const session of sessions) {
      const result = await planTarget(session, stages, [], edges);
      expectPlannable(result, stages, session.spec.name);
      const left = await pendingBeside(stages, session, edges);
      built.push({ plan: result.plan, unsettled: unsettledProblems(session.history, session.facts), left });
    }
    return built;
  });
  const plans = found.map(({ plan }) => plan);
  const shown = found.map(({ left, ...each }) => ({ plan: withUnsettled(each, options), left }));
  if (options.out !== undefined) await save(plans, resolve(edges.cwd, options.out), options, edges);
  const pending = found.some(
    ({ plan, unsettled }) => unsettled.length > 0 || plan.stages.some((stage) => stage.files.length > 0),
  );
  return {
    exit: options.check === true && pending ? EXIT.pending : EXIT.done,
    document: planDocumentOf(shown.map(({ plan }) => plan)),
    text: (paint) =>
      shown.map(({ plan, left }) => renderPlan(plan, { apply: applyOf(plan, options), left }, paint)).join('\n\n'),
  };
}

/** Stages that are not asked for, and have something to change all the same. */
async function pendingBeside(
  stages: readonly StageName[],
  session: Session,
  edges: Edges,
): Promise<readonly StageName[]> {
  const others = STAGES.filter((stage) => !stages.includes(stage));
  if (others.length === 0) return [];
  const pending = await pendingStages(session, edges);
  return others.filter((stage) => pending?.has(stage) === true);
}

/** What stands in the way now is shown with the plan, and is no part of the saved one: it may be over when that is carried out. */
function withUnsettled(
  { plan, unsettled }: { readonly plan: Plan; readonly unsettled: readonly Problem[] },
  options: PlanOptions,
): Plan {
  const warnings = aimedBy(unsettled, ownOptions(plan, options)).map(({ message, found, fix }) => ({
    code: UNSETTLED,
    message: found === undefined ? message : `${message} (${found})`,
    fix,
  }));
  return { ...plan, warnings: [...warnings, ...plan.warnings] };
}

/** As it would be typed next, with the same flags. */
function applyOf(plan: Plan, options: PlanOptions): (stage: StageName) => string {
  const own = ownOptions(plan, options);
  return (stage) => typed(['apply', '--stage', stage], own);
}

/** Of several targets the plan's own alone is meant. */
function ownOptions({ target }: Plan, options: PlanOptions): PlanOptions {
  return (options.target?.length ?? 0) > 1 ? { ...options, target: [target.name] } : options;
}

/** One target's plan is the document itself. */
function planDocumentOf(plans: readonly Plan[]): object {
  const [only] = plans;
  return plans.length === 1 && only !== undefined ? only : { schema: 1, plans };
}

async function save(
  plans: readonly Plan[],
  file: string,
  options: PlanOptions,
  { files, output }: Edges,
): Promise<void> {
  try {
    await files.writeFile(file, sealPlans(plans), { replace: true });
  } catch (error) {
    fail({
      code: 'usage',
      message: 'The plan could not be saved',
      place: { file },
      found: (error as NodeJS.ErrnoException).code ?? String(error),
      fix: 'Give --out a path that can be written.',
    });
  }
  output.say(`plan saved in ${file}; carry it out with: ${typed(['apply'], options, ['--plan', file])}`);
}
