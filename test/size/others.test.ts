import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Found, STAGE_SETTINGS, STAGES, type StageName } from '../../src/settings.js';
import { recommend } from '../../src/size/recommend.js';
import type { Sizing, SizingInput } from '../../src/size/sizing.js';
import { anySizing } from './any-sizing.js';
import { limitOf, shipped } from './profiles.js';
import { refusals } from './refusals.js';

/** A roll-out by the rules in a tight limit, with others' connections at each of its looks. */
interface RollOut {
  readonly given: SizingInput;
  readonly others: number;
  readonly looks: readonly number[];
  readonly order: readonly StageName[];
}

const anyRollOut: fc.Arbitrary<RollOut> = fc
  .record({
    sizing: anySizing,
    limit: fc.integer({ min: 20, max: 400 }),
    reserve: fc.integer({ min: 0, max: 20 }),
    others: fc.integer({ min: 10, max: 60 }),
    moves: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
    order: fc.shuffledSubarray([...STAGES], { minLength: 4 }),
    unsaid: fc.boolean(),
    hostCpus: fc.option(fc.integer({ min: 1, max: 16 })),
  })
  .map(({ sizing, limit, reserve, others, unsaid, hostCpus, moves, order }) => {
    const { profile, current } = sizing;
    const given: SizingInput = {
      ...sizing,
      profile: { ...profile, basis: 'rule', database: { ...profile.database, reserve } },
      facts: { ...sizing.facts, hostCpus, database: limitOf(limit) },
      current: unsaid ? { ...current, 'celery.concurrency': null } : (current ?? {}),
    };
    const looks = moves.map((move) => others + Math.round(move * Math.floor(reserve / 2)));
    return { given, others, looks, order };
  });

function seen(sizing: SizingInput, inUse: number, current: Found, stages: readonly StageName[]): SizingInput {
  const database = { ...sizing.facts.database, inUse };
  return { ...sizing, current, stages, facts: { ...sizing.facts, database } };
}

function applied(current: Found, { recommended }: Sizing, stage: StageName): Found {
  return { ...current, ...Object.fromEntries(STAGE_SETTINGS[stage].map((key) => [key, recommended[key]])) };
}

/** Takes the stages in, each with what its own plan gave, and calls back with what the next look sees. */
function rollOut(
  { given, others, looks, order }: RollOut,
  look: (stage: StageName, current: Found, again: SizingInput) => void,
): void {
  let current: Found = given.current ?? {};
  for (const [index, stage] of order.entries()) {
    const step = seen(given, others, current, [stage]);
    if (refusals(step).length > 0) return;
    current = applied(current, recommend(step), stage);
    look(stage, current, seen(given, looks[index] ?? others, current, [stage]));
  }
}

function expectCounted(given: SizingInput, others: number): void {
  const { budget, recommended } = recommend(given);
  const { database, redis, instants } = budget;
  const pool = Number(recommended['db.pool_size']) + Number(recommended['db.max_overflow']);
  const pools = redis.processes.filter(({ role }) => role !== 'celery-parent');
  expect(new Set(database.processes.map(({ perProcess }) => perProcess))).toEqual(new Set([pool]));
  expect(new Set(pools.map(({ perProcess }) => perProcess))).toEqual(new Set([recommended['redis.max_connections']]));
  const most = Number(given.facts.database.maxConnections) - others - given.profile.database.reserved;
  expect(database.peak).toBeLessThanOrEqual(most);
  const fitting = instants.filter(({ fits }) => fits).map(({ connections }) => connections);
  expect(Math.max(0, ...fitting)).toBeLessThanOrEqual(most);
}

describe('whatever others do within half of the reserve', () => {
  it('what was applied is not pending again, in any order and for whatever stages', () => {
    let steps = 0;
    const expectSettled = (stage: StageName, current: Found, again: SizingInput) => {
      steps += 1;
      for (const stages of [[], STAGES, [stage]]) {
        const { recommended } = recommend({ ...again, stages, allowOverBudget: true });
        for (const key of STAGE_SETTINGS[stage]) expect(recommended[key], `${stage}: ${key}`).toBe(current[key]);
      }
    };
    fc.assert(
      fc.property(anyRollOut, (given) => rollOut(given, expectSettled)),
      { numRuns: 100 },
    );
    expect(steps).toBeGreaterThan(50);
  });

  it('no sum passes what the database takes, and the budgets count what is recommended', () => {
    fc.assert(
      fc.property(anyRollOut, ({ given, others }) => {
        const sizing = seen(given, others, given.current ?? {}, STAGES);
        if (refusals(sizing).length === 0) expectCounted(sizing, others);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a pool that is a little smaller than it would be', () => {
  it('is left alone, says so, and is held to what is really kept free', () => {
    const current: Found = { 'db.pool_size': 16, 'db.max_overflow': 0, 'web.workers': 2, 'celery.concurrency': 2 };
    const sizing: SizingInput = {
      profile: shipped('department-20-50'),
      facts: { cpus: 2, database: limitOf(100, { inUse: 0 }) },
      overrides: {},
      current,
    };
    const { reasons, budget } = recommend(sizing);
    expect(reasons[0]).toMatchObject({ value: 16, bound: 'current', because: expect.stringContaining('17 would be') });
    expect(budget.database).toMatchObject({ reserved: 13, ceiling: 64, fits: true });
  });
});

describe('a roll-out whose pool is there', () => {
  const current: Found = {
    'db.pool_size': 20,
    'db.max_overflow': 30,
    'web.workers': 1,
    'celery.pool': 'prefork',
    'celery.concurrency': 3,
  };
  // With a worker more and the three children of today 6 x 50 and one for migrations are open, of 318 less 13 kept free.
  const refused = (inUse: number) => {
    const facts = { cpus: 2, database: limitOf(318, { inUse }) };
    const profile = shipped('department-20-50');
    return refusals({ profile, facts, overrides: {}, current, stages: ['uvicorn-workers'] }).length > 0;
  };

  it('is not stopped at a later stage by what others take of half the reserve, and is by more', () => {
    expect([4, 6, 9, 10].map(refused)).toEqual([false, false, false, true]);
  });
});
