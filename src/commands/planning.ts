import { composeEditor } from '../edit/compose/compose.js';
import { databaseEditor } from '../edit/python/database.js';
import { loadPython } from '../edit/python/grammar.js';
import { gunicornEditor } from '../edit/python/gunicorn-conf.js';
import { redisEditor } from '../edit/python/redis.js';
import { runEditor } from '../edit/python/uvicorn-run.js';
import { renderSocket, renderUnit } from '../edit/systemd/template.js';
import { unitEditor } from '../edit/systemd/unit.js';
import { type Problem, ProblemError } from '../errors.js';
import { driftOf } from '../journal/drift.js';
import { recordedLimit } from '../journal/limit.js';
import { type Built, buildPlan } from '../plan/build.js';
import type { Plan } from '../plan/plan.js';
import { runtimeProblem } from '../plan/runtime.js';
import { currentSettings } from '../plan/sources.js';
import type { Creator, Editors, StageReading } from '../plan/stage.js';
import { deploymentOf, measuredFacts } from '../plan/surroundings.js';
import { STAGES, type StageName } from '../settings.js';
import { databaseFacts } from '../size/limit.js';
import { recommend } from '../size/recommend.js';
import type { TargetFacts } from '../target/facts.js';
import { pickedIn, type TargetSpec, USUAL_SERVICES } from '../target/spec.js';
import { databaseOf } from '../target/told.js';
import type { Edges } from './edges.js';
import type { Override } from './options.js';
import { profileOf, type Session, withFiles } from './session.js';

/**
 * The one planner: `plan` prints what it makes, `apply` carries the same out. `held`: the stages whose moments must fit,
 * where that is another question than what each stage would change.
 */
export async function planTarget(
  session: Session,
  stages: readonly StageName[],
  overrides: readonly Override[],
  edges: Edges,
  held: readonly StageName[] = stages,
): Promise<Planned> {
  const { spec, facts, runtime } = session;
  const obstacle = runtimeProblem(runtime.runtime, spec, facts);
  if (obstacle !== null) throw new ProblemError(obstacle);
  const profile = await profileOf(spec, edges);
  const database = databaseFacts(
    spec.maxConnections,
    databaseOf(facts),
    profile.database.maxConnections,
    recordedLimit(session.history),
  );
  const [editors, python, create, socket] = await Promise.all([
    makeEditors(spec),
    loadPython(),
    makeCreator(session, edges),
    edges.assets.unitTemplate('backend-socket'),
  ]);
  const { settings, session: known } = await untilKnown(session, (found) =>
    currentSettings({ spec, runtime, editors, facts: found }),
  );
  const sizing = recommend({
    profile,
    current: settings,
    facts: { ...measuredFacts({ spec, facts, runtime }), database },
    // With the scripts that the starts lead to, which were fetched for their settings.
    deployment: deploymentOf({ spec, runtime, facts: known.facts }),
    overrides: spec.settings,
    stages: inOrder(held),
    allowOverBudget: overrides.some(({ gate }) => gate === 'budget'),
  });
  const input = {
    spec,
    runtime,
    profile,
    database,
    sizing,
    editors,
    python,
    create,
    renderSocket: (listen: string) => renderSocket(socket, listen),
    stages: inOrder(stages),
  };
  const made = await untilKnown(known, (found) => buildPlan({ ...input, facts: found }));
  return { ...made, plan: { ...made.plan, warnings: [...driftWarnings(made.session), ...made.plan.warnings] } };
}

/** Whatever stage is planned: a person who goes on with another one should know. */
function driftWarnings({ history, facts }: Session): Plan['warnings'] {
  return driftOf(history, facts.files).map(({ path, found }) => ({
    code: 'drifted',
    message: found === null ? 'a file that was applied is gone' : 'the file was changed since it was applied',
    file: path,
    fix: 'Look at the change; stages that change this file are refused without --override drift --reason "…"',
  }));
}

function inOrder(stages: readonly StageName[]): readonly StageName[] {
  return STAGES.filter((stage) => stages.includes(stage));
}

/** A plan, and the session with every file that it is made of. */
export type Planned = Built & { readonly session: Session };

/** More steps than any value takes that a person wrote: a class, its base, its environment file, and what that names. */
const MOST_ROUNDS = 8;

/** Values may stand in files that only other files lead to: what the planner lacks is fetched until it lacks nothing. */
async function untilKnown<T extends { readonly needs: readonly string[] }>(
  session: Session,
  work: (facts: TargetFacts) => T,
): Promise<T & { readonly session: Session }> {
  let known = session;
  for (let round = 0; ; round += 1) {
    const made = work(known.facts);
    if (made.needs.length === 0 || round === MOST_ROUNDS) return { ...made, session: known };
    known = await withFiles(known, made.needs);
  }
}

/** What the files of a target say of every setting, wherever their values stand. */
export async function settingsOfFiles(session: Session): Promise<Pick<StageReading, 'settings' | 'places'>> {
  const { spec, runtime } = session;
  const editors = await makeEditors(spec);
  const { settings, places } = await untilKnown(session, (facts) => currentSettings({ spec, facts, runtime, editors }));
  return { settings, places };
}

/** @throws ProblemError with every problem of the stages asked for, each naming the target. */
export function expectPlannable({ problems }: Built, stages: readonly StageName[], target: string): void {
  const found = stages.flatMap((stage) => problems.get(stage) ?? []);
  if (found.length > 0) throw new ProblemError(...found.map((problem) => onTarget(problem, target)));
}

export function onTarget(problem: Problem, target: string): Problem {
  return { ...problem, place: { target, ...problem.place } };
}

export async function makeEditors(spec: TargetSpec): Promise<Editors> {
  const python = await loadPython();
  const code = { run: runEditor(python), gunicorn: gunicornEditor(python) };
  const named = Object.fromEntries(Object.entries(spec.services).filter(([, name]) => name !== null));
  return {
    database: databaseEditor(python, pickedIn(spec, 'database')),
    redis: redisEditor(python, pickedIn(spec, 'redis')),
    compose: composeEditor(named, code, USUAL_SERVICES),
    'backend-unit': unitEditor('backend', code),
    'celery-unit': unitEditor('celery', code),
  };
}

async function makeCreator({ facts, spec }: Session, { assets }: Edges): Promise<Creator> {
  const [backend, celery] = await Promise.all([
    assets.unitTemplate('backend-unit'),
    assets.unitTemplate('celery-unit'),
  ]);
  const root = facts.root ?? spec.address.root;
  return (role, want) =>
    renderUnit(role === 'backend-unit' ? backend : celery, {
      root,
      user: 'root',
      workers: String(want['web.workers'] ?? ''),
      pool: String(want['celery.pool'] ?? ''),
      concurrency: String(want['celery.concurrency'] ?? ''),
    });
}
