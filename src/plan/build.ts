import type { Problem } from '../errors.js';
import type { Profile } from '../profile/profile.js';
import { type Known, ROLES, type Role, STAGES, type StageName } from '../settings.js';
import type { DatabaseFacts, Sizing } from '../size/sizing.js';
import type { RuntimeChoice, TargetFacts } from '../target/facts.js';
import type { TargetSpec } from '../target/spec.js';
import { activationOf } from './activation.js';
import { outlookOf } from './outlook.js';
import type { Plan, PlanFacts, Settings, StagePlan } from './plan.js';
import { rolesOf } from './roles.js';
import { readSource, type Source, type Sourced } from './source.js';
import { type Creator, type Editors, editStage, readStage } from './stage.js';
import { toTree } from './tree.js';

export interface PlanInput {
  readonly spec: TargetSpec;
  readonly facts: TargetFacts;
  readonly runtime: RuntimeChoice;
  readonly profile: Profile;
  readonly database: DatabaseFacts;
  readonly sizing: Sizing;
  /** The stages to plan, in the order of the roll-out. */
  readonly stages: readonly StageName[];
  readonly editors: Editors;
  readonly create: Creator;
}

export interface Built {
  readonly plan: Plan;
  /** Stages that can't be planned, and why. They are not in the plan. */
  readonly problems: ReadonlyMap<StageName, readonly Problem[]>;
}

/** Pure: the same facts and wishes always give the same plan, and nothing is written anywhere. */
export function buildPlan(input: PlanInput): Built {
  const { spec, facts, runtime, profile, sizing } = input;
  const walk = planStages(input);
  const current = currentSettings(input);
  return {
    problems: walk.problems,
    plan: {
      schema: 1,
      profile: profile.name,
      target: {
        name: spec.name,
        transport: spec.address.kind,
        runtime: runtime.runtime,
        runtimeBecause: runtime.because,
        root: facts.root ?? spec.address.root,
      },
      facts: planFacts(facts, input.database),
      current: toTree<Known>(current, null),
      recommended: toTree(sizing.recommended, 0),
      basis: sizing.basis,
      reasons: sizing.reasons,
      runnerUp: sizing.runnerUp,
      related: sizing.related,
      stages: walk.stages,
      budget: sizing.budget,
      capacity: outlookOf(profile, { cpus: coresOf(input) }, current, sizing.recommended),
      warnings: sizing.warnings,
    },
  };
}

/** As sizing takes them: never more than the profile is for. */
function coresOf({ profile, facts }: PlanInput): number {
  return Math.min(profile.server.cpus, facts.cpus ?? profile.server.cpus);
}

/** What the files of all stages say now, as far as they can be read. A file that is not there yet sets nothing. */
export function currentSettings(input: Pick<PlanInput, 'spec' | 'facts' | 'runtime' | 'editors'>): Settings<Known> {
  const found = STAGES.map((stage) => {
    const sources = sourcesOf(stage, input, new Map()).flatMap((source) => (source.ok ? [source.source] : []));
    return readStage(stage, sources, input.editors);
  });
  return Object.assign({}, ...found);
}

interface Walk {
  readonly stages: readonly StagePlan[];
  readonly problems: ReadonlyMap<StageName, readonly Problem[]>;
}

/** Each stage is planned on the files as the stages before it leave them. */
function planStages(input: PlanInput): Walk {
  const stages: StagePlan[] = [];
  const problems = new Map<StageName, readonly Problem[]>();
  const edited = new Map<string, Source>();
  for (const stage of input.stages) {
    const found = sourcesOf(stage, input, edited);
    const unreadable = found.flatMap((source) => (source.ok ? [] : [source.problem]));
    const sources = found.flatMap((source) => (source.ok ? [source.source] : []));
    const edits = editStage(stage, sources, input.sizing.recommended, input);
    if (unreadable.length > 0 || !edits.ok) {
      problems.set(stage, [...unreadable, ...(edits.ok ? [] : edits.problems)]);
      continue;
    }
    for (const source of edits.sources) edited.set(source.path, source);
    const touched = edits.files.map(({ role, path, created }) => ({
      role,
      path,
      effect: created ? ('created' as const) : ('changed' as const),
    }));
    const activation =
      touched.length === 0
        ? { kind: activationKind(input), services: [], expectedGapMs: 0 }
        : activationOf({ ...input, runtime: input.runtime.runtime, stages: [stage], touched }).plan;
    stages.push({ name: stage, files: edits.files, changes: edits.changes, activation });
  }
  return { stages, problems };
}

function activationKind({ runtime }: PlanInput): StagePlan['activation']['kind'] {
  return runtime.runtime;
}

function sourcesOf(
  stage: StageName,
  { spec, facts, runtime }: Pick<PlanInput, 'spec' | 'facts' | 'runtime'>,
  edited: ReadonlyMap<string, Source>,
): readonly Sourced[] {
  const named = new Set(ROLES.filter((role) => spec.files[role] !== undefined));
  return rolesOf(stage, runtime.runtime, named).map((role) => {
    const file = facts.files.get(role);
    if (file === undefined) throw new Error(`the target was not asked for the ${role} file`);
    const before = edited.get(file.path);
    if (before !== undefined) return { ok: true, source: { ...before, role } };
    return readSource(role, file, isUnit(role) && runtime.runtime === 'systemd');
  });
}

function isUnit(role: Role): boolean {
  return role === 'backend-unit' || role === 'celery-unit';
}

function planFacts(facts: TargetFacts, database: DatabaseFacts): PlanFacts {
  const { python = null, uvicorn = null, celery = null, sqlalchemy = null, redis = null } = facts.versions;
  const compose = facts.compose?.version ?? null;
  return {
    cpus: facts.cpus,
    memoryBytes: facts.memoryBytes,
    database,
    versions: { python, uvicorn, celery, sqlalchemy, redis, compose },
  };
}
