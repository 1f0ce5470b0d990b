import type { z } from 'zod';
import { choice, fraction, line, mapping, quantity, whole } from '../document/fields.js';
import { DEFAULTS } from './defaults.js';
import { BASES } from './profile.js';

const MOST_USERS = 1_000_000;
/** A container may be bound to a share of one. */
const LEAST_CPUS = 0.1;
const MOST_CPUS = 1024;
const MOST_INSTANCES = 1000;
const MOST_LOCK_WAITS = 1000;
const MOST_CONNECTIONS = 1_000_000;

const size = (zero = true) => quantity('bytes', { zero }).optional();
const time = (zero = true) => quantity('duration', { zero }).optional();

const users = mapping({ min: whole(1, MOST_USERS), max: whole(1, MOST_USERS) }).refine(({ min, max }) => min <= max, {
  path: ['min'],
  error: 'at most users.max',
  // Also beside other problems, such as an unknown key.
  when: ({ value }) => ['min', 'max'].every((key) => typeof Reflect.get(Object(value), key) === 'number'),
});

const memory = mapping({
  webWorker: size(),
  webParent: size(),
  celeryChild: size(),
  celeryParent: size(),
  redis: size(),
  system: size(),
});

/** Work is part of the time that it takes. */
const demand = mapping({ web: time(false), database: time(), databaseCpu: time() }).refine(
  ({ database = DEFAULTS.demandMs.database, databaseCpu = 0 }) => databaseCpu <= database,
  { path: ['databaseCpu'], error: 'at most workload.demand.database, of which it is a part' },
);

const workload = mapping({
  thinkTime: time(),
  demand: demand.optional(),
  otherCores: fraction(0, MOST_CPUS, 'cores').optional(),
  lockWaits: whole(0, MOST_LOCK_WAITS).optional(),
  responseSize: size(),
  memory: memory.optional(),
});

/** A profile as it is written. Values come out in bytes, milliseconds and bits per second. */
export const profileSchema = mapping({
  description: line('a line of text').optional(),
  users,
  server: mapping({
    cpus: fraction(LEAST_CPUS, MOST_CPUS, 'cores'),
    memory: quantity('bytes', { zero: false }),
    bandwidth: quantity('bitrate', { zero: false }).optional(),
    instances: whole(1, MOST_INSTANCES).optional(),
  }),
  workload: workload.optional(),
  database: mapping({
    maxConnections: whole(1, MOST_CONNECTIONS).optional(),
    reserved: whole(0, MOST_CONNECTIONS).optional(),
    reserve: whole(0, MOST_CONNECTIONS).optional(),
    cpus: whole(1, MOST_CPUS).optional(),
    idleTimeout: time(false),
  }).optional(),
  basis: choice(BASES).optional(),
  slo: mapping({ p95: time(false) }).optional(),
});

export type WrittenProfile = z.infer<typeof profileSchema>;
