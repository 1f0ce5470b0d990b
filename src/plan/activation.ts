import { basename } from 'node:path/posix';
import type { Problem } from '../errors.js';
import type { Call } from '../remote/remote.js';
import type { Runtime, ServiceRole, StageName } from '../settings.js';
import type { TargetFacts } from '../target/facts.js';
import type { TargetSpec } from '../target/spec.js';
import type { ActivationPlan } from './plan.js';
import { servicesOf, unitOf } from './roles.js';

/** What a release does to a file of a role; only units need to know. */
export interface Touched {
  readonly role: string;
  readonly path: string;
  readonly effect: 'created' | 'changed' | 'removed';
}

/** The remote work around the files, as data; `back` is the way home. */
export interface Activation {
  readonly plan: ActivationPlan;
  /** Before the files are written. */
  readonly before: readonly Call[];
  readonly forward: readonly Call[];
  /** Before the files are put back. */
  readonly beforeBack: readonly Call[];
  readonly back: readonly Call[];
  readonly checks: readonly Call[];
}

export interface ActivationInput {
  readonly runtime: Runtime;
  readonly spec: TargetSpec;
  readonly facts: TargetFacts;
  readonly stages: readonly StageName[];
  readonly touched: readonly Touched[];
}

const CHECK_SECONDS = 30;

export function activationOf(input: ActivationInput): Activation {
  const services = [...new Set(input.stages.flatMap(servicesOf))];
  if (input.runtime === 'custom') return customActivation(input, services);
  if (input.runtime === 'systemd') return systemdActivation(input, services);
  if (input.runtime === 'compose') return composeActivation(input, services);
  return activation('none', [], 0, {});
}

/** What keeps a runtime from being activated at all, found before anything is planned. */
export function runtimeProblem(runtime: Runtime, spec: TargetSpec, facts: TargetFacts): Problem | null {
  if (runtime === 'custom' && spec.custom?.backend == null && spec.custom?.celery == null) {
    return {
      code: 'config',
      message: 'runtime custom needs your own restart commands',
      place: { target: spec.name },
      expected: 'custom: { backend: { restart, check }, celery: { restart, check } }',
      fix: 'Write them into action-tune.yaml, or use --runtime none.',
    };
  }
  if (runtime === 'compose' && facts.compose === null)
    return missing('neither `docker compose` nor `docker-compose`', spec);
  if (runtime === 'systemd' && !facts.systemd) return missing('no running systemd', spec);
  return null;
}

function missing(found: string, spec: TargetSpec): Problem {
  return {
    code: 'target',
    message: `the runtime asked for is not on the target: ${found}`,
    place: { target: spec.name },
    fix: 'Name the runtime that is there with --runtime, or `none` to change files only.',
  };
}

function activation(
  kind: ActivationPlan['kind'],
  services: readonly string[],
  expectedGapMs: number | null,
  calls: Partial<Omit<Activation, 'plan'>>,
): Activation {
  const nothing = { before: [], forward: [], beforeBack: [], back: [], checks: [] };
  return { plan: { kind, services, expectedGapMs: services.length === 0 ? 0 : expectedGapMs }, ...nothing, ...calls };
}

function customActivation({ spec }: ActivationInput, services: readonly ServiceRole[]): Activation {
  const own = services.flatMap((service) => {
    const commands = spec.custom?.[service];
    return commands ? [{ service, ...commands }] : [];
  });
  const restart = own.map(({ service, restart }) => step(`restart ${service}`, 'sh', '-c', restart));
  const checks = own.flatMap(({ service, check }) =>
    check === null ? [] : [until(`check ${service}`, 'sh', '-c', check)],
  );
  const names = own.map(({ service }) => service);
  return activation('custom', names, null, { forward: restart, back: restart, checks });
}

function composeActivation({ spec, facts, touched }: ActivationInput, services: readonly ServiceRole[]): Activation {
  const file = facts.files.get('compose')?.path ?? '';
  const program = facts.compose?.program === 'docker-compose' ? ['docker-compose'] : ['docker', 'compose'];
  const compose = [...program, '-f', file];
  const names = services.map((service) => composeService(spec, service));
  // `restart` keeps the container and its command: right for changed code, and nothing but `up` takes a changed file.
  const changed = touched.some(({ role }) => role === 'compose');
  const how = changed ? ['up', '-d', '--no-deps'] : ['restart'];
  const restart = [step(`${how[0]} ${names.join(' ')}`, ...compose, ...how, ...names)];
  const checks = names.map((name) => until(`${name} is running`, 'sh', '-c', RUNNING, 'sh', name, ...compose));
  return activation('compose', names, null, { forward: restart, back: restart, checks });
}

/** Both generations of Compose know `ps -q`; what runs is the engine's to say. */
const RUNNING =
  'name=$1; shift; id=$("$@" ps -q "$name") && [ -n "$id" ] && [ "$(docker inspect -f "{{.State.Running}}" $id)" = true ]';

function composeService(spec: TargetSpec, service: ServiceRole): string {
  return spec.services[service] ?? (service === 'backend' ? 'backend' : 'celery-worker');
}

function systemdActivation(input: ActivationInput, services: readonly ServiceRole[]): Activation {
  const { facts, touched } = input;
  const effect = (path: string) => touched.find((file) => file.path === path)?.effect;
  const units = services.flatMap((service) => {
    const file = facts.files.get(unitOf(service));
    const known = file !== undefined && (file.kind !== 'missing' || effect(file.path) !== undefined);
    return known ? [{ name: basename(file.path), effect: effect(file.path) }] : [];
  });
  const removed = units.filter((unit) => unit.effect === 'removed').map(({ name }) => name);
  const created = units.filter((unit) => unit.effect === 'created').map(({ name }) => name);
  const after = units.map(({ name }) => name).filter((name) => !removed.includes(name));
  const earlier = units.map(({ name }) => name).filter((name) => !created.includes(name));
  // systemd reads units when it is told to, and nothing else needs it.
  const changed = units.some((unit) => unit.effect !== undefined);
  const reload = changed ? [step('reload systemd', 'systemctl', 'daemon-reload')] : [];
  return activation('systemd', after, null, {
    before: disable(removed),
    forward: [...reload, ...restartUnits(after, created)],
    beforeBack: disable(created),
    back: [...reload, ...restartUnits(earlier, removed)],
    checks: [],
  });
}

function disable(units: readonly string[]): readonly Call[] {
  return units.map((unit) => step(`disable ${unit}`, 'systemctl', 'disable', '--now', unit));
}

/** A unit that failed too often is not started again before its counter was reset. */
function restartUnits(units: readonly string[], fresh: readonly string[]): readonly Call[] {
  return [
    ...fresh.map((unit) => step(`enable ${unit}`, 'systemctl', 'enable', unit)),
    ...units.flatMap((unit) => [
      step(`reset ${unit}`, 'sh', '-c', 'systemctl reset-failed "$1" || :', 'sh', unit),
      step(`restart ${unit}`, 'systemctl', 'restart', unit),
    ]),
    ...units.map((unit) => until(`${unit} is active`, 'systemctl', 'is-active', '--quiet', unit)),
  ];
}

function step(label: string, ...argv: readonly string[]): Call {
  return { verb: 'at_do', args: [label, ...argv] };
}

function until(name: string, ...argv: readonly string[]): Call {
  return { verb: 'at_until', args: [String(CHECK_SECONDS), name, ...argv] };
}
