import type { Problem } from '../errors.js';
import type { Known, StageName } from '../settings.js';
import type { Cores } from '../size/capacity.js';
import type { DatabaseFacts } from '../size/sizing.js';
import type { TargetFacts } from '../target/facts.js';
import type { ServiceFacts } from '../target/services.js';
import { containersOf } from '../target/siblings.js';
import { isOnSameHost, othersAtRedis, redisOf, versionsOf } from '../target/told.js';
import { sameCodeWarnings } from './activate/samecode.js';
import { activationWarnings } from './activate/warnings.js';
import type { PlanInput } from './input.js';
import { boundsOf } from './limits/limits.js';
import { outlookOf } from './outlook.js';
import { outlookWarnings } from './outlook-warnings.js';
import type { Plan, PlanFacts, PlanService, Warning } from './plan.js';
import { currentSettings } from './sources.js';
import type { PlacedDoubt } from './stage.js';
import { measuredFacts, trapsOf } from './surroundings.js';
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
  const { settings: current, needs, doubts } = currentSettings(input);
  const cores = coresOf(input);
  const capacity = outlookOf(profile, cores, current, sizing);
  return {
    problems: walk.problems,
    needs: [...new Set([...walk.needs, ...needs])],
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
      facts: planFacts(input),
      current: toTree<Known>(current, null),
      recommended: toTree(sizing.recommended, 0),
      basis: sizing.basis,
      reasons: sizing.reasons,
      runnerUp: sizing.runnerUp,
      related: sizing.related,
      stages: walk.stages,
      budget: sizing.budget,
      capacity,
      warnings: [
        ...sizing.warnings,
        ...outlookWarnings(capacity, profile, cores.cpus),
        ...doubts.filter(({ stage }) => input.stages.includes(stage)).map(doubtWarning),
        ...trapsOf(input, sizing.recommended),
        ...activationWarnings(walk.stages, facts, spec),
        ...sameCodeWarnings(walk.stages, facts, runtime.runtime),
      ],
    },
  };
}

function doubtWarning({ code, message, file, at, fix }: PlacedDoubt): Warning {
  return { code, message, file, line: at.line, fix };
}

/** As sizing takes them: never more than the profile is for. */
function coresOf(input: PlanInput): Cores {
  const { cpus } = input.profile.server;
  const measured = measuredFacts(input);
  return {
    cpus: Math.min(cpus, measured.cpus ?? cpus),
    ...(measured.serviceCpus === undefined ? {} : { serviceCpus: measured.serviceCpus }),
    sharesDatabase: measured.databaseOnSameHost ?? false,
    containers: containersOf(input.facts, input.spec, input.runtime.runtime),
  };
}

function planFacts(input: PlanInput): PlanFacts {
  const { facts, database } = input;
  const { python = null, uvicorn = null, celery = null, sqlalchemy = null, redis = null } = versionsOf(facts);
  const compose = facts.compose?.version ?? null;
  return {
    cpus: facts.cpus,
    memoryBytes: facts.memoryBytes,
    database: databaseShown(facts, database),
    versions: { python, uvicorn, celery, sqlalchemy, redis, compose },
    services: [...facts.services.values()].map(planService),
    limits: [...boundsOf(input)].map(([role, bounds]) => ({ role, ...bounds })),
    processBytes: measuredFacts(input).roleMemory ?? {},
    redisServer: redisServerOf(facts),
  };
}

function databaseShown(
  facts: TargetFacts,
  { maxConnections, reserved, inUse, source, measuredAt, boundBy = 'server', server }: DatabaseFacts,
): PlanFacts['database'] {
  return {
    maxConnections,
    reserved,
    inUse,
    source,
    measuredAt: measuredAt ?? null,
    boundBy,
    product: server?.product ?? null,
    version: server?.version ?? null,
    sameHost: isOnSameHost(facts),
    idle: server?.idle ?? null,
    pooler: server?.pooler ?? null,
  };
}

function redisServerOf(facts: TargetFacts): PlanFacts['redisServer'] {
  const server = redisOf(facts);
  if (server === null) return null;
  return { maxClients: server.maxClients, others: othersAtRedis(facts), policy: server.policy };
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
