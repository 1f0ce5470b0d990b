import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/errors.js';
import { type Found, STAGE_SETTINGS, STAGES, type StageName } from '../../src/settings.js';
import { recommend } from '../../src/size/recommend.js';
import type { SizingInput } from '../../src/size/sizing.js';
import { readQuantity } from '../../src/units.js';
import { anySizing } from './any-sizing.js';
import { limitOf, shipped } from './profiles.js';
import { refusals } from './refusals.js';

const department = shipped('department-20-50');
/** As a container is replaced: no worker more while it restarts. */
const replaced = { beat: false, migrations: true, overlap: 0 };
/** The demo before anything is applied. */
const demo: Found = { 'db.pool_size': 5, 'db.max_overflow': 10, 'web.workers': 1, 'celery.pool': 'solo' };

function input(limit: number, current: Found, rest: Partial<SizingInput> = {}): SizingInput {
  const facts = { cpus: 2, database: limitOf(limit) };
  return { profile: department, facts, overrides: {}, current, deployment: replaced, ...rest };
}

describe('an application that is over its budget already', () => {
  // A restart takes 2 x 15 and one for its migrations today, and takes as much with the smaller pools.
  it.each([22, 24, 30])(
    'is brought down with a limit of %i, though a moment on the way takes as much as today',
    (limit) => {
      expect(refusals(input(limit, demo))).toEqual([]);
      const { instants } = recommend(input(limit, demo)).budget;
      expect(instants.slice(0, 2)).toMatchObject([{ connections: 30 }, { stage: 'db-pool', connections: 31 }]);
      expect(instants[2]?.connections).toBeLessThanOrEqual(limit - 13);
    },
  );

  it('is brought down also with a worker more while it reloads, and without any limit of its pool', () => {
    const greedy: Found = { ...demo, 'db.pool_size': 300, 'db.max_overflow': 300 };
    const reloaded = { deployment: { ...replaced, overlap: 1 } };
    expect(refusals(input(500, greedy, reloaded))).toEqual([]);
    expect(refusals(input(500, { ...demo, 'db.max_overflow': -1 }))).toEqual([]);
  });

  it('is not made larger on the way', () => {
    const small: Found = { 'db.pool_size': 2, 'db.max_overflow': 0, 'web.workers': 1, 'celery.pool': 'prefork' };
    const [problem] = refusals(input(100, { ...small, 'celery.concurrency': 60 }));
    expect(problem?.message).toContain('stage db-pool can take up to');
  });

  it('is told of limits that are enough', () => {
    const [problem] = refusals(input(20, demo));
    expect(problem?.fix).toBe(
      'Raise the limit of the database to 22, or run fewer processes: --set celery.concurrency=1',
    );
  });
});

function isOfDatabase(message: string): boolean {
  return message.includes('connections') && !message.includes('Redis');
}

/** Every way that a fix offers, done: each must leave nothing of the kind to refuse. */
function followed(sizing: SizingInput, { fix = '' }: Problem): readonly (() => void)[] {
  const within = (change: Partial<SizingInput>) => () => {
    const left = refusals({ ...sizing, ...change }).map(({ message }) => message);
    expect(left.filter(isOfDatabase), fix).toEqual([]);
  };
  const numberAfter = (pattern: RegExp) => Number(pattern.exec(fix)?.[1] ?? Number.NaN);
  const limit = numberAfter(/the limit of (?:the database|pgbouncer) to (\d+)/i);
  const together = numberAfter(/db\.max_overflow to (?:at most )?(\d+) together/);
  const typed = [...fix.matchAll(/--set (\S+?)=(\d+)/g)].map(([, key = '', value]) => [key, Number(value)] as const);
  const order = /in this order: ([^(]+) \(/.exec(fix)?.[1]?.split(', ') as readonly StageName[] | undefined;
  const { facts, overrides } = sizing;
  return [
    ...(Number.isNaN(limit)
      ? []
      : [within({ facts: { ...facts, database: { ...facts.database, maxConnections: limit } } })]),
    ...(Number.isNaN(together)
      ? []
      : [within({ overrides: { ...overrides, 'db.pool_size': together, 'db.max_overflow': 0 } })]),
    ...(typed.length === 0 ? [] : [within({ overrides: { ...overrides, ...Object.fromEntries(typed) } })]),
    ...(order === undefined ? [] : [() => inTurn(sizing, order)]),
  ];
}

function inTurn(sizing: SizingInput, order: readonly StageName[]): void {
  let { current = {} } = sizing;
  for (const stage of order) {
    const step = { ...sizing, current, stages: [stage] };
    const left = refusals(step).map(({ message }) => message);
    expect(left.filter(isOfDatabase), `${stage} of ${order}`).toEqual([]);
    const { recommended } = recommend({ ...step, allowOverBudget: true });
    current = { ...current, ...Object.fromEntries(STAGE_SETTINGS[stage].map((key) => [key, recommended[key]])) };
  }
}

const stages = fc.oneof(fc.constant(STAGES), fc.subarray([...STAGES], { minLength: 1 }));
const byHand = fc.record(
  {
    'db.pool_size': fc.integer({ min: 1, max: 60 }),
    'db.max_overflow': fc.nat(40),
    'web.workers': fc.integer({ min: 1, max: 8 }),
    'celery.concurrency': fc.integer({ min: 1, max: 8 }),
  },
  { requiredKeys: [] },
);

const tight = fc
  .record({
    sizing: anySizing,
    limit: fc.integer({ min: 14, max: 300 }),
    stages,
    overrides: fc.oneof(fc.constant({}), byHand),
  })
  .map(({ sizing, limit, ...rest }): SizingInput => {
    const profile = { ...sizing.profile, basis: 'rule' as const };
    return { ...sizing, ...rest, profile, facts: { ...sizing.facts, database: limitOf(limit) } };
  });

describe('for any refusal', () => {
  it('whatever it offers for the connections works when it is followed', () => {
    let told = 0;
    fc.assert(
      fc.property(tight, (sizing) => {
        const problems = refusals(sizing).filter(({ message }) => isOfDatabase(message));
        for (const problem of problems) {
          const ways = followed(sizing, problem);
          expect(ways, problem.fix).not.toEqual([]);
          for (const way of ways) way();
          told += 1;
        }
      }),
      { numRuns: 300 },
    );
    expect(told).toBeGreaterThan(50);
  });

  it('the same with settings by the model', () => {
    fc.assert(
      fc.property(tight, (sizing) => {
        const modelled: SizingInput = { ...sizing, profile: { ...sizing.profile, basis: 'model' } };
        const problems = refusals(modelled).filter(({ message }) => isOfDatabase(message));
        for (const problem of problems) for (const way of followed(modelled, problem)) way();
      }),
      { numRuns: 20 },
    );
  });

  it('as much memory as it asks for is enough', () => {
    const narrow = fc
      .record({
        sizing: tight,
        memoryBytes: fc.integer({ min: 4e8, max: 3e9 }),
        own: fc.option(fc.integer({ min: 1e8, max: 1e9 })),
      })
      .map(({ sizing, memoryBytes, own }): SizingInput => {
        const serviceBytes = { backend: own, celery: null };
        return { ...sizing, facts: { ...sizing.facts, memoryBytes, serviceBytes, database: limitOf(5000) } };
      });
    fc.assert(
      fc.property(narrow, (sizing) => fillUp(sizing, 4)),
      { numRuns: 200 },
    );
  });
});

/** Follows what is said of memory until nothing more is said of it, which must be soon. */
function fillUp(sizing: SizingInput, times: number): void {
  const { facts, profile } = sizing;
  const fix = refusals(sizing).find(({ message }) => message.includes(' of memory'))?.fix;
  if (fix === undefined) return;
  expect(times, fix).toBeGreaterThan(0);
  const bytes = (pattern: RegExp) => readQuantity('bytes', (pattern.exec(fix)?.[1] ?? '').replace(' ', ''));
  const machine = bytes(/give the machine ([\d.]+ \w+)/i);
  const said = bytes(/server\.memory in the profile to ([\d.]+ \w+)/);
  const service = bytes(/\(compose\), to ([\d.]+ \w+)/);
  expect(machine ?? said ?? service, fix).toBeDefined();
  const server = { ...profile.server, memoryBytes: said ?? profile.server.memoryBytes };
  const serviceBytes = { backend: service ?? facts.serviceBytes?.backend ?? null, celery: null };
  const memoryBytes = machine ?? facts.memoryBytes ?? null;
  fillUp({ ...sizing, profile: { ...profile, server }, facts: { ...facts, memoryBytes, serviceBytes } }, times - 1);
}
