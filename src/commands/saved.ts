import { resolve } from 'node:path';
import { sha256 } from '../edit/sha256.js';
import { fail, type Problem, ProblemError } from '../errors.js';
import type { Built } from '../plan/build.js';
import { unsealPlans } from '../plan/codec.js';
import type { FilePlan, Plan, StagePlan } from '../plan/plan.js';
import type { StageName } from '../settings.js';
import type { TargetFacts } from '../target/facts.js';
import { fileAt } from '../target/files.js';
import type { Edges } from './edges.js';
import type { Override, StageChoice } from './options.js';
import { onTarget } from './planning.js';
import { passGates, type Selection, select } from './selection.js';
import { type Session, withFiles } from './session.js';

/** The stages of a saved plan, exactly as they were saved, or not at all; with the gate `stale` overridden, planned anew. */
export async function selectSaved(
  opened: Session,
  file: string,
  choice: StageChoice,
  overrides: readonly Override[],
  edges: Edges,
): Promise<Selection> {
  const path = resolve(edges.cwd, file);
  const saved = planFor(opened, unsealPlans(await read(path, edges), path), path);
  const session = await withFiles(
    opened,
    saved.stages.flatMap(({ files }) => files.map((each) => each.path)),
  );
  const chosen = choose(saved, choice, session.facts);
  const stale = [...staleFiles(chosen, session.facts), ...foreignFiles(saved, chosen, session.facts)];
  const accepted = overrides.filter(({ gate }) => gate === 'stale');
  if (stale.length > 0 && accepted.length > 0) {
    const anew = await select(session, choice, overrides, edges);
    return { ...anew, overrides: [...anew.overrides, ...accepted] };
  }
  if (stale.length > 0) throw new ProblemError(...stale.map((problem) => onTarget(problem, session.spec.name)));
  const left = saved.stages.filter((stage) => !isDone(stage, saved, session.facts));
  const all: Built = { plan: { ...saved, stages: left }, problems: new Map(), needs: [] };
  return passGates(session, chosen, all, overrides);
}

async function read(path: string, { files }: Edges): Promise<string> {
  try {
    return await files.readFile(path);
  } catch (error) {
    return fail({
      code: 'plan',
      message: 'The saved plan can not be read',
      place: { file: path },
      found: (error as NodeJS.ErrnoException).code ?? String(error),
      fix: 'Give --plan the file that `action-tune plan --out` wrote.',
    });
  }
}

function planFor({ spec, facts, runtime }: Session, plans: readonly Plan[], file: string): Plan {
  const plan = plans.find(({ target }) => target.name === spec.name && target.root === facts.root);
  if (plan?.target.runtime === runtime.runtime) return plan;
  return fail({
    code: 'plan',
    message: 'The saved plan is for something else',
    place: { target: spec.name, file },
    expected: plans.map(({ target }) => `${target.name} with runtime ${target.runtime}`).join(', '),
    found: `${spec.name} with runtime ${runtime.runtime}`,
    fix: 'Give the same --target and --runtime as when it was made, or make a new plan.',
  });
}

function choose(plan: Plan, choice: StageChoice, facts: TargetFacts): Plan {
  if (choice.kind === 'all') return { ...plan, stages: plan.stages.filter((stage) => !isDone(stage, plan, facts)) };
  if (choice.kind === 'named')
    return { ...plan, stages: plan.stages.filter(({ name }) => choice.stages.includes(name)) };
  const next: StageName | undefined = plan.stages.find(
    (stage) => stage.files.length > 0 && !isDone(stage, plan, facts),
  )?.name;
  return { ...plan, stages: plan.stages.filter(({ name }) => name === next) };
}

/** Whether all files are as this stage, or a later one of the plan, leaves them: it was carried out before. */
function isDone({ name, files }: StagePlan, plan: Plan, facts: TargetFacts): boolean {
  const later = plan.stages
    .slice(plan.stages.findIndex((stage) => stage.name === name))
    .flatMap((stage) => stage.files);
  return files.every((file) => {
    const found = hashOf(file, facts);
    return later.some(({ path, sha256After }) => path === file.path && sha256After === found);
  });
}

function staleFiles({ stages }: Plan, facts: TargetFacts): readonly Problem[] {
  const first = new Map<string, FilePlan>();
  for (const file of stages.flatMap((stage) => stage.files)) if (!first.has(file.path)) first.set(file.path, file);
  return [...first.values()].flatMap((file) => {
    const found = hashOf(file, facts);
    return found === file.sha256Before ? [] : [staleProblem(file, found)];
  });
}

/** Also a file of another stage must be as the plan found it, or as one of its stages leaves it. */
function foreignFiles(saved: Plan, chosen: Plan, facts: TargetFacts): readonly Problem[] {
  const own = new Set(chosen.stages.flatMap(({ files }) => files.map(({ path }) => path)));
  const others = saved.stages.flatMap(({ files }) => files).filter(({ path }) => !own.has(path));
  const paths = [...new Set(others.map(({ path }) => path))];
  return paths.flatMap((path) => {
    const versions = others.filter((file) => file.path === path);
    const [first] = versions;
    if (first === undefined) return [];
    const found = hashOf(first, facts);
    const known = versions.some(({ sha256Before, sha256After }) => found === sha256Before || found === sha256After);
    return known ? [] : [staleProblem(first, found)];
  });
}

function staleProblem({ path, sha256Before }: FilePlan, found: string | null): Problem {
  return {
    code: 'stale',
    message: 'the file is not as it was when the plan was made',
    place: { file: path },
    expected: sha256Before === null ? 'no such file' : `sha256 ${sha256Before}`,
    found: found === null ? 'no such file' : `sha256 ${found}`,
    fix: 'Make a new plan with `action-tune plan --out FILE`, and look at it again.',
  };
}

function hashOf({ path }: FilePlan, facts: TargetFacts): string | null {
  const content = fileAt(facts, path)?.content ?? null;
  return content === null ? null : sha256(content);
}
