import { composeEditor } from '../edit/compose/compose.js';
import { dotenv } from '../edit/compose/dotenv.js';
import { databaseEditor } from '../edit/python/database.js';
import { loadPython } from '../edit/python/grammar.js';
import { redisEditor } from '../edit/python/redis.js';
import { renderSocket, renderUnit } from '../edit/systemd/template.js';
import { unitEditor } from '../edit/systemd/unit.js';
import { type Problem, ProblemError } from '../errors.js';
import { type Built, buildPlan } from '../plan/build.js';
import { runtimeProblem } from '../plan/runtime.js';
import { currentSettings } from '../plan/sources.js';
import type { Creator, Editors } from '../plan/stage.js';
import { deploymentOf, measuredFacts } from '../plan/surroundings.js';
import { STAGES, type StageName } from '../settings.js';
import { databaseFacts } from '../size/limit.js';
import { recommend } from '../size/recommend.js';
import type { TargetFacts } from '../target/facts.js';
import type { TargetSpec } from '../target/spec.js';
import { databaseOf } from '../target/told.js';
import type { Edges } from './edges.js';
import type { Override } from './options.js';
import { profileOf, type Session } from './session.js';

/** The one planner: `plan` prints what it makes, `apply` carries the same out. */
export async function planTarget(
  session: Session,
  stages: readonly StageName[],
  overrides: readonly Override[],
  edges: Edges,
): Promise<Built> {
  const { spec, facts, runtime } = session;
  const obstacle = runtimeProblem(runtime.runtime, spec, facts);
  if (obstacle !== null) throw new ProblemError(obstacle);
  const profile = await profileOf(spec, edges);
  const database = databaseFacts(spec.maxConnections, databaseOf(facts), profile.database.maxConnections);
  const [editors, create, socket] = await Promise.all([
    makeEditors(spec, facts),
    makeCreator(session, edges),
    edges.assets.unitTemplate('backend-socket'),
  ]);
  const sizing = recommend({
    profile,
    current: currentSettings({ spec, facts, runtime, editors }),
    facts: { ...measuredFacts(facts), database },
    deployment: deploymentOf({ spec, facts, runtime }),
    overrides: spec.settings,
    allowOverBudget: overrides.some(({ gate }) => gate === 'budget'),
  });
  return buildPlan({
    spec,
    facts,
    runtime,
    profile,
    database,
    sizing,
    editors,
    create,
    renderSocket: (listen) => renderSocket(socket, listen),
    stages: STAGES.filter((stage) => stages.includes(stage)),
  });
}

/** @throws ProblemError with every problem of the stages asked for, each naming the target. */
export function expectPlannable({ problems }: Built, stages: readonly StageName[], target: string): void {
  const found = stages.flatMap((stage) => problems.get(stage) ?? []);
  if (found.length > 0) throw new ProblemError(...found.map((problem) => onTarget(problem, target)));
}

export function onTarget(problem: Problem, target: string): Problem {
  return { ...problem, place: { target, ...problem.place } };
}

export async function makeEditors({ services }: TargetSpec, facts: TargetFacts): Promise<Editors> {
  const python = await loadPython();
  const named = Object.fromEntries(Object.entries(services).filter(([, name]) => name !== null));
  return {
    database: databaseEditor(python),
    redis: redisEditor(python),
    compose: composeEditor(named, dotenv(facts.files.get('env')?.content?.toString('utf8') ?? '')),
    'backend-unit': unitEditor('backend'),
    'celery-unit': unitEditor('celery'),
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
