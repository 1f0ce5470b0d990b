import type { Problem } from '../errors.js';
import type { Profile } from '../profile/profile.js';
import type { Known, StageName } from '../settings.js';
import { capacity, curve } from '../size/capacity.js';
import type { DatabaseFacts } from '../size/sizing.js';
import type { TargetFacts } from '../target/facts.js';
import type { ServiceFacts } from '../target/services.js';
import { versionsOf } from '../target/told.js';
import { activationWarnings } from './activate/warnings.js';
import type { PlanInput } from './input.js';
import type { Plan, PlanFacts, PlanService } from './plan.js';
import { toTree } from './tree.js';
import { planStages } from './walk.js';

export interface Built {
  readonly plan: Plan;
  /** Stages that can't be planned, and why. They are not in the plan. */
  readonly problems: ReadonlyMap<StageName, readonly Problem[]>;
  /** Files that decide something and are not among the facts yet. The plan counts once there are none. */
  readonly needs: readonly string[];
}

/** Pure: the same facts and wishes always give the same plan, and nothing is written anywhere. */
export function buildPlan(input: PlanInput): Built {
  const { spec, facts, runtime, profile, sizing } = input;
  const walk = planStages(input);
  const current = walk.current;
  return {
    problems: walk.problems,
    needs: walk.needs,
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
      reasons: sizing.reasons,
      stages: walk.stages,
      budget: sizing.budget,
      capacity: {
        before: capacity(profile, current),
        after: known(capacity(profile, sizing.recommended)),
        curve: curve(profile, sizing.recommended, curvePoints(profile)),
      },
      warnings: [
        ...sizing.warnings,
        ...activationWarnings(
          walk.stages.map(({ activation }) => activation),
          facts,
          spec,
        ),
      ],
    },
  };
}

function known<T>(value: T | null): T {
  if (value === null) throw new Error('recommended settings are always known');
  return value;
}

/** Ten steps up to twice the people the profile is for: far enough to see the curve bend. */
function curvePoints({ users }: Profile): readonly number[] {
  const steps = Array.from({ length: 10 }, (_, index) => Math.round((users.max * 2 * (index + 1)) / 10));
  return [...new Set([1, ...steps])].filter((point) => point > 0).toSorted((a, b) => a - b);
}

function planFacts(facts: TargetFacts, database: DatabaseFacts): PlanFacts {
  const { python = null, uvicorn = null, celery = null, sqlalchemy = null, redis = null } = versionsOf(facts);
  const compose = facts.compose?.version ?? null;
  return {
    cpus: facts.cpus,
    memoryBytes: facts.memoryBytes,
    database,
    versions: { python, uvicorn, celery, sqlalchemy, redis, compose },
    services: [...facts.services.values()].map(planService),
  };
}

function planService({ role, name, ref, state, container, program, why }: ServiceFacts): PlanService {
  return {
    role,
    name,
    runtime: ref[0],
    state,
    code: container?.code ?? null,
    program: program?.program ?? null,
    workers: program?.workers ?? null,
    pool: program?.pool ?? null,
    settings: toTree<Known>(program?.settings ?? {}, null),
    why,
  };
}
