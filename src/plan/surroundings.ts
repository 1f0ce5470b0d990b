import { decodeUtf8 } from '../edit/splice.js';
import type { Wanted } from '../settings.js';
import { idleLimitOf } from '../size/idle.js';
import type { Deployment, SizingFacts } from '../size/sizing.js';
import type { ServiceLimits, TargetFacts } from '../target/facts.js';
import { knownFile } from '../target/files.js';
import { containersOf } from '../target/siblings.js';
import { type TargetSpec, USUAL_SERVICES } from '../target/spec.js';
import {
  databaseOf,
  isBrokerApart,
  isOnSameHost,
  othersAtRedis,
  redisOf,
  brokerOf as toldBroker,
} from '../target/told.js';
import { composeBrokers } from '../trap/brokers.js';
import { composeMaxClients, composeStarts, unitStart } from '../trap/starts.js';
import type { BrokerFacts, SourceText, Start, Trap } from '../trap/trap.js';
import { trapsIn } from '../trap/traps.js';
import { overlapOf } from './activate/overlap.js';
import { composeFileOf } from './compose-file.js';
import type { PlanInput } from './input.js';
import { boundsOf } from './limits/limits.js';
import { migratesBefore, runsMigrations, startMigrates } from './migrations.js';
import { siblingProcesses } from './siblings.js';
import { neighboursFor } from './sources.js';

type Measured = Omit<SizingFacts, 'database'>;

/** What was measured of the machine, as the services see it: their own limits where these are below the machine's. */
export function measuredFacts(input: Pick<PlanInput, 'spec' | 'facts' | 'runtime'>): Measured {
  const { cpus, memoryBytes, surroundings } = input.facts;
  const { limits } = surroundings;
  const bounds = boundsOf(input);
  const [backend, celery] = [bounds.get('backend'), bounds.get('celery')];
  return {
    cpus,
    hostCpus: input.facts.hostCpus,
    serviceCpus: { backend: backend?.cpus ?? null, celery: celery?.cpus ?? null },
    memoryBytes,
    serviceBytes: { backend: backend?.memoryBytes ?? null, celery: celery?.memoryBytes ?? null },
    databaseOnSameHost: isOnSameHost(input.facts),
    descriptors: backend?.openFiles ?? null,
    roleMemory: { ...webMemory(limits.get('backend')), ...celeryMemory(limits.get('celery')) },
    redis: redisFacts(input),
  };
}

function redisFacts({
  spec,
  facts,
  runtime,
}: Pick<PlanInput, 'spec' | 'facts' | 'runtime'>): NonNullable<Measured['redis']> {
  const compose = runtime.runtime === 'systemd' ? null : composeText(facts, spec);
  const apart = isBrokerApart(facts);
  return {
    maxClients: redisOf(facts)?.maxClients ?? null,
    written: compose === null ? null : composeMaxClients(compose),
    inUseByOthers: othersAtRedis(facts),
    brokerApart: apart,
    ...(apart ? { brokerMaxClients: toldBroker(facts)?.maxClients ?? null } : {}),
  };
}

/** With one worker there is no parent: the first process is the worker. */
function webMemory(limits: ServiceLimits | undefined): Measured['roleMemory'] {
  if (limits?.firstBytes == null) return {};
  if (limits.largestBytes === null) return { webWorker: limits.firstBytes };
  return { webParent: limits.firstBytes, webWorker: limits.largestBytes };
}

function celeryMemory(limits: ServiceLimits | undefined): Measured['roleMemory'] {
  if (limits?.firstBytes == null || limits.largestBytes === null) return {};
  return { celeryParent: limits.firstBytes, celeryChild: limits.largestBytes };
}

/** How a restart goes, and what runs beside the workers, as far as the files and the running services tell. */
export function deploymentOf(input: Pick<PlanInput, 'spec' | 'facts' | 'runtime'>): Deployment {
  const starts = startsOf(input);
  const units = input.runtime.runtime === 'systemd' ? unitsOf(input.facts) : [];
  return {
    beat: starts.some(({ command }) => /\bcelery\b.*(?:\sbeat\b|\s-B\b|\s--beat\b)/.test(command)),
    migrations: runsMigrations(starts) || units.some(({ file }) => migratesBefore(file)),
    overlap: overlapOf(input),
    containers: containersOf(input.facts, input.spec, input.runtime.runtime),
    siblings: siblingProcesses(input.facts, input.runtime.runtime, (each) => siblingMigrates(input, each)),
  };
}

/** Whether another service migrates when it starts, by the same rules as the backend. */
function siblingMigrates(
  input: Pick<PlanInput, 'spec' | 'facts' | 'runtime'>,
  { name, file: path, kind }: TargetFacts['siblings'][number],
): boolean {
  const content = knownFile(input.facts, path)?.content ?? null;
  const file = content === null ? null : decoded(path, content);
  if (file === null) return true;
  const around = neighboursFor(input, new Map()).around(path);
  const role = kind === 'web' ? 'backend' : 'celery';
  if (input.runtime.runtime !== 'systemd') return startMigrates(composeStarts(file, { [role]: name }, around));
  return startMigrates(unitStart(role, file, around)) || migratesBefore(file);
}

/** Everything that works today and will not tomorrow. */
export function trapsOf(
  input: Pick<PlanInput, 'spec' | 'facts' | 'runtime' | 'profile' | 'python'>,
  wanted: Wanted,
): readonly Trap[] {
  const { facts, profile, runtime } = input;
  const server = databaseOf(facts)?.server ?? null;
  const known = {
    database: textOf(facts, 'database'),
    sources: facts.surroundings.sources,
    starts: startsOf(input),
    units: runtime.runtime === 'systemd' ? unitsOf(facts).map(({ file }) => file) : [],
    proxies: facts.surroundings.proxies,
    services: facts.services,
    brokers: brokersOf(input),
    wanted,
    instances: profile.server.instances,
    idle: idleLimitOf(profile, { server }),
    server,
  };
  return trapsIn(known, input.python);
}

function startsOf(input: Pick<PlanInput, 'spec' | 'facts' | 'runtime'>): readonly Start[] {
  const { spec, facts, runtime } = input;
  const { around } = neighboursFor(input, new Map());
  if (runtime.runtime === 'systemd') {
    return unitsOf(facts).flatMap(({ service, file }) => unitStart(service, file, around(file.path)));
  }
  const compose = composeText(facts, spec);
  const names = {
    backend: spec.services.backend ?? USUAL_SERVICES.backend,
    celery: spec.services.celery ?? USUAL_SERVICES.celery,
  };
  return compose === null ? [] : composeStarts(compose, names, around(compose.path));
}

function unitsOf(facts: TargetFacts) {
  return (['backend', 'celery'] as const).flatMap((service) => {
    const file = textOf(facts, `${service}-unit`);
    return file === null ? [] : [{ service, file }];
  });
}

/** A Redis that was asked counts; those of the compose file say themselves what they do. */
function brokersOf(input: Pick<PlanInput, 'spec' | 'facts' | 'runtime'>): readonly BrokerFacts[] {
  const { spec, facts, runtime } = input;
  const broker = toldBroker(facts);
  const asked = [...facts.services.values()].some(({ program }) => program?.brokerServer != null);
  if (runtime.runtime !== 'systemd' && !asked) {
    const compose = composeText(facts, spec);
    const celery = spec.services.celery ?? USUAL_SERVICES.celery;
    return compose === null
      ? []
      : composeBrokers(compose, celery, neighboursFor(input, new Map()).around(compose.path));
  }
  if (broker?.policy == null) return [];
  return [{ names: [], policy: broker.policy, bounded: broker.maxMemoryBytes !== null, told: null, exact: false }];
}

function composeText(facts: TargetFacts, spec: TargetSpec): SourceText | null {
  const file = composeFileOf('uvicorn-workers', facts, spec);
  return file?.content == null ? null : decoded(file.path, file.content);
}

function textOf({ files }: TargetFacts, role: string): SourceText | null {
  const file = files.get(role);
  return file?.content == null ? null : decoded(file.path, file.content);
}

function decoded(path: string, content: Buffer): SourceText | null {
  const text = decodeUtf8(content);
  return text.ok ? { path, text: text.value } : null;
}
