import { SERVICE_ROLES } from '../settings.js';
import type { ServiceDatabase } from './database.js';
import type { TargetFacts } from './facts.js';
import { toldApart } from './held.js';
import type { RedisServer } from './redis.js';
import type { ProgramFacts, ServiceFacts } from './services.js';

type Stack = Pick<TargetFacts, 'services' | 'siblings' | 'surroundings'>;
type Told = Pick<TargetFacts, 'services'> & Partial<Pick<TargetFacts, 'siblings'>>;

/** The two services, and the others of the same code, as far as anybody could look at them. */
export function everyService({
  services,
  siblings,
}: Pick<TargetFacts, 'services' | 'siblings'>): readonly ServiceFacts[] {
  return [...services.values(), ...siblings.flatMap(({ service }) => service ?? [])];
}

function runningOf(facts: Pick<TargetFacts, 'services' | 'siblings'>): readonly ServiceFacts[] {
  return everyService(facts).filter(({ state }) => state === 'running');
}

/**
 * What the services run with, by their own interpreters. What lies about on the machine is no answer: a container has its own,
 * and so has a virtual environment. Of a service that could not be asked nothing is known.
 */
export function versionsOf({ services }: Pick<TargetFacts, 'services'>): Versions {
  const { gunicorn: _, ...backend } = services.get('backend')?.program?.versions ?? {};
  const { gunicorn: __, ...worker } = services.get('celery')?.program?.versions ?? {};
  return { ...worker, ...backend, ...(worker.celery === undefined ? {} : { celery: worker.celery }) };
}

type Versions = Omit<ProgramFacts['versions'], 'gunicorn'>;

/** What the database says, asked by whichever service could. */
export function databaseOf({ services, siblings = [] }: Told): ServiceDatabase | null {
  const told = SERVICE_ROLES.map((role) => services.get(role)?.program?.database ?? null);
  const first = told.find((database) => database !== null) ?? null;
  return first === null ? null : toldApart(first, runningOf({ services, siblings }));
}

/** Whether the database works on the same cores as the service that asked it; null where that can't be told. */
export function isOnSameHost({ services }: Pick<TargetFacts, 'services'>): boolean | null {
  const asked = SERVICE_ROLES.map((role) => services.get(role)).find((service) => service?.program?.database != null);
  const place = asked?.program?.database?.server?.place ?? null;
  if (place === null) return null;
  if (place === 'socket' || place === 'own') return true;
  // A container's network and its gateway are parts of the machine that it runs on.
  return place !== 'far' && asked?.container != null;
}

/** The Redis that the application's pools lead to; where none told, the one that answers where one usually is. */
export function redisOf(facts: Stack): RedisServer | null {
  const asked = runningOf(facts).flatMap(({ program }) => program?.redisServer ?? []);
  const [first] = asked;
  if (first === undefined) return facts.surroundings.broker;
  // All asked it at the same time: the one that saw the fewest saw the fewest of the others that asked.
  const clients = asked.flatMap((each) => (each.id === first.id && each.clients !== null ? [each.clients] : []));
  return { ...first, clients: clients.length === 0 ? null : Math.min(...clients) };
}

/** The broker of the tasks; where none told, the Redis of the pools. */
export function brokerOf(facts: Stack): RedisServer | null {
  const told = runningOf(facts).flatMap(({ program }) => program?.brokerServer ?? []);
  return told[0] ?? redisOf(facts);
}

/** Whether the broker is another Redis than that of the pools. */
export function isBrokerApart(facts: Stack): boolean {
  const [pools, broker] = [redisOf(facts)?.id ?? null, brokerOf(facts)?.id ?? null];
  return pools !== null && broker !== null && pools !== broker;
}

/** Clients of that Redis that are not this application's, nor whoever asked; null where not all can be told apart. */
export function othersAtRedis(facts: Stack): number | null {
  const all = redisOf(facts)?.clients ?? null;
  // Several containers of a service are asked one after the other: what they hold meanwhile can't be summed up.
  const own = runningOf(facts).map(({ program, container }) =>
    (container?.replicas ?? 1) > 1 ? null : (program?.redisConnections ?? null),
  );
  if (all === null || own.includes(null)) return null;
  return Math.max(0, all - 1 - own.reduce<number>((sum, each) => sum + (each ?? 0), 0));
}
