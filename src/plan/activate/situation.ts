import { basename } from 'node:path/posix';
import {
  type FileRole,
  type Found,
  SERVICE_ROLES,
  type ServiceRole,
  STAGE_SETTINGS,
  type StageName,
} from '../../settings.js';
import type { TargetFacts } from '../../target/facts.js';
import type { ServiceFacts, ServiceRef, Sibling } from '../../target/services.js';
import { type TargetSpec, USUAL_SERVICES } from '../../target/spec.js';
import { servicesOf, unitOf } from '../roles.js';

export type Effect = 'created' | 'changed' | 'removed';

/** What a release does to a file. */
export interface Touched {
  readonly role: FileRole;
  readonly path: string;
  readonly effect: Effect;
}

/** What there is to activate, and where. */
export interface ActivationInput {
  readonly spec: TargetSpec;
  readonly facts: TargetFacts;
  readonly stages: readonly StageName[];
  readonly touched: readonly Touched[];
  /** The settings that the release changes, as its files say them. */
  readonly settings: { readonly before: Found; readonly after: Found };
  /** What was cut off is mended: then a service that does not run is started. */
  readonly repair?: boolean;
}

/** One service, and what a release changes under it. */
export interface Situation {
  /** Whose work it does. */
  readonly role: ServiceRole;
  /** Set where it is another service of the same code. */
  readonly sibling: Pick<Sibling, 'kind' | 'built'> | null;
  /** By the runtime's own name. */
  readonly name: string;
  readonly ref: ServiceRef;
  /** `null`: nobody could look at it. */
  readonly facts: ServiceFacts | null;
  /** Code that its processes import. */
  readonly code: readonly string[];
  /** Files besides its definition that say how it is started: scripts, Dockerfiles, the code of its start. */
  readonly started: readonly string[];
  /** What happens to the file that says how it is started. */
  readonly definition: Effect | null;
  /** The socket unit that holds its port. */
  readonly socket: { readonly name: string; readonly effect: Effect | null } | null;
  readonly settings: ActivationInput['settings'];
  readonly repair: boolean;
  /** Cores of the machine. */
  readonly cpus: number | null;
}

const OWN_STAGE: Readonly<Record<ServiceRole, StageName>> = { backend: 'uvicorn-workers', celery: 'celery-workers' };

function rolesIn({ stages }: ActivationInput): readonly ServiceRole[] {
  return [...new Set(stages.flatMap(servicesOf))];
}

/** The services behind compose. What a release changes of the file concerns only those whose stage it is. */
export function composeSituations(input: ActivationInput): readonly Situation[] {
  const changed = input.touched.some(({ role }) => role === 'compose');
  const surrounding = input.touched.some(({ role }) => role === 'environment') || (changed && !isOwn(input));
  const own = rolesIn(input).map((role): Situation => {
    const facts = input.facts.services.get(role) ?? null;
    const name = facts?.ref[0] === 'compose' ? facts.name : composeName(input.spec, role);
    const definition = surrounding || (changed && input.stages.includes(OWN_STAGE[role])) ? 'changed' : null;
    const ref: ServiceRef = facts?.ref ?? ['compose', name, '-'];
    return { ...common(role, input), name, ref, definition, socket: null };
  });
  return [...own, ...siblingSituations(input, surrounding ? 'changed' : null)];
}

/** Start commands are changed by stages of their own; what another stage changes there is the environment of all. */
function isOwn({ stages }: ActivationInput): boolean {
  return Object.values(OWN_STAGE).some((stage) => stages.includes(stage));
}

function composeName(spec: TargetSpec, role: ServiceRole): string {
  return spec.services[role] ?? USUAL_SERVICES[role];
}

/** The services behind systemd that are there, or are made. */
export function systemdSituations(input: ActivationInput): readonly Situation[] {
  const own = rolesIn(input).flatMap((role): readonly Situation[] => {
    const facts = input.facts.services.get(role) ?? null;
    const file = input.facts.files.get(unitOf(role));
    const definition = input.touched.find((touched) => touched.role === unitOf(role))?.effect ?? surroundingOf(input);
    const there = file?.kind === 'file' || (facts !== null && facts.state !== 'absent');
    if (!there && definition === null) return [];
    const name = facts?.ref[0] === 'systemd' ? facts.name : basename(file?.path ?? '');
    const ref: ServiceRef = ['systemd', name, '-'];
    return [{ ...common(role, input), name, ref, definition, socket: socketOf(role, facts, input) }];
  });
  return [...own, ...siblingSituations(input, surroundingOf(input))];
}

/** The other services of the same code, which take what all of it imports. What has no container or unit is left alone. */
function siblingSituations(input: ActivationInput, definition: Effect | null): readonly Situation[] {
  if (!input.stages.some((stage) => servicesOf(stage).length === SERVICE_ROLES.length)) return [];
  return input.facts.siblings.flatMap(({ kind, built, name, ref, service }) => {
    const role = kind === 'web' ? 'backend' : 'celery';
    if (service === null || !takesCode(service, built, input)) return [];
    const { code, repair, cpus } = common(role, input);
    const settings = { before: pools(input.settings.before), after: pools(input.settings.after) };
    const unit = service.unit?.socket ?? null;
    const socket = unit === null ? null : { name: unit, effect: null };
    const about = { name, ref, facts: service, definition, socket, started: [], code, settings, repair, cpus };
    return [{ ...about, role, sibling: { kind, built } }];
  });
}

/** An image that nobody makes here only changes where it is the two services' own, which are built anew. */
function takesCode({ container }: ServiceFacts, built: boolean, { facts }: ActivationInput): boolean {
  if (container?.code !== 'baked' || built) return true;
  return [...facts.services.values()].some((service) => service.container?.code === 'baked');
}

function pools(settings: Found): Found {
  const keys: readonly string[] = [...STAGE_SETTINGS['db-pool'], ...STAGE_SETTINGS['redis-pool']];
  return Object.fromEntries(Object.entries(settings).filter(([key]) => keys.includes(key)));
}

/** What systemd reads for a process only when it starts one. */
function surroundingOf({ touched }: ActivationInput): Effect | null {
  return touched.some(({ role }) => role === 'environment') ? 'changed' : null;
}

function common(role: ServiceRole, { facts, touched, settings, repair, stages }: ActivationInput) {
  const pathsOf = (...roles: readonly FileRole[]) =>
    touched.filter((file) => roles.includes(file.role)).map(({ path }) => path);
  // What the stage of a start command changes in code is only read when the service starts.
  const isStart = stages.length > 0 && stages.every((stage) => stage === OWN_STAGE[role]);
  const code = isStart ? [] : pathsOf('database', 'redis', 'settings');
  const started = stages.includes(OWN_STAGE[role]) ? pathsOf('start', 'settings') : [];
  const { cpus, services } = facts;
  const own = { role, sibling: null, facts: services.get(role) ?? null };
  return { ...own, code, started, settings, repair: repair ?? false, cpus };
}

function socketOf(role: ServiceRole, facts: ServiceFacts | null, { touched }: ActivationInput): Situation['socket'] {
  if (role !== 'backend') return null;
  const file = touched.find((each) => each.role === 'backend-socket');
  if (file !== undefined) return { name: basename(file.path), effect: file.effect };
  const known = facts?.unit?.socket ?? null;
  return known === null ? null : { name: known, effect: null };
}
