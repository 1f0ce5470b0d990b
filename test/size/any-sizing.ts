import fc from 'fast-check';
import { parseProfile } from '../../src/profile/parse.js';
import type { SizingInput } from '../../src/size/sizing.js';
import { limitOf } from './profiles.js';

const whole = (min: number, max: number) => fc.integer({ min, max });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const MB = 1_000_000;

/** A profile as somebody might write it. */
const anyProfile = fc
  .record({
    min: whole(1, 60),
    more: whole(0, 300),
    cpus: whole(1, 8),
    memory: whole(1, 32),
    instances: whole(1, 3),
    think: whole(0, 5000),
    web: whole(1, 200),
    database: whole(0, 100),
    worker: whole(30, 500),
    p95: whole(100, 3000),
    basis: fc.constantFrom('rule', 'model'),
  })
  .map((given) =>
    parseProfile(
      [
        `users: {min: ${given.min}, max: ${given.min + given.more}}`,
        `server: {cpus: ${given.cpus}, memory: ${given.memory}GB, instances: ${given.instances}}`,
        `workload: {thinkTime: ${given.think}ms, demand: {web: ${given.web}ms, database: ${given.database}ms}, memory: {webWorker: ${given.worker}MB}}`,
        `slo: {p95: ${given.p95}ms}`,
        `basis: ${given.basis}`,
      ].join('\n'),
      'any.yaml',
    ),
  );

const anyFacts = fc
  .record({
    limit: whole(20, 3000),
    cpus: maybe(whole(1, 8)),
    webWorker: maybe(whole(20, 600)),
    celeryChild: maybe(whole(20, 600)),
    descriptors: maybe(whole(256, 65_536)),
    maxClients: maybe(whole(100, 20_000)),
    sameHost: fc.boolean(),
    brokerApart: fc.boolean(),
  })
  .map(({ limit, cpus, webWorker, celeryChild, descriptors, maxClients, sameHost, brokerApart }) => ({
    cpus: cpus ?? null,
    database: limitOf(limit),
    descriptors: descriptors ?? null,
    databaseOnSameHost: sameHost,
    redis: { maxClients: maxClients ?? null, inUseByOthers: null, brokerApart },
    roleMemory: {
      ...(webWorker === undefined ? {} : { webWorker: webWorker * MB }),
      ...(celeryChild === undefined ? {} : { celeryChild: celeryChild * MB }),
    },
  }));

const anySibling = fc.record({
  name: fc.constantFrom('api2', 'web', 'clock'),
  kind: fc.constantFrom('web', 'celery', 'beat'),
  count: whole(1, 6),
  parents: whole(0, 1),
  workers: whole(0, 1),
  tasks: whole(1, 8),
  kept: fc.boolean(),
});

const anyDeployment = fc.record({
  beat: fc.boolean(),
  migrations: fc.boolean(),
  overlap: whole(0, 1),
  containers: fc.record({ backend: whole(1, 3), celery: whole(1, 3) }),
  siblings: fc.array(anySibling, { maxLength: 2 }),
});

/** Settings as they are before anything is applied. */
const anyCurrent = fc.record({
  'db.pool_size': whole(1, 60),
  'db.max_overflow': whole(0, 60),
  'redis.max_connections': fc.option(whole(1, 200)),
  'web.workers': whole(1, 8),
  'celery.concurrency': whole(1, 16),
  'celery.pool': fc.constantFrom('prefork', 'solo', 'threads'),
});

export const anySizing: fc.Arbitrary<SizingInput> = fc.record({
  profile: anyProfile,
  facts: anyFacts,
  overrides: fc.constant({}),
  current: anyCurrent,
  deployment: anyDeployment,
});
