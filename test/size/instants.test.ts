import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../src/errors.js';
import { type Found, STAGES, type StageName } from '../../src/settings.js';
import { recommend } from '../../src/size/recommend.js';
import type { SizingInput } from '../../src/size/sizing.js';
import { limitOf, shipped } from './profiles.js';

const department = shipped('department-20-50');
const before: Found = { 'db.pool_size': null, 'db.max_overflow': null, 'web.workers': null, 'celery.pool': 'solo' };

function input(limit: number, current: Found, rest: Partial<SizingInput> = {}): SizingInput {
  return { profile: department, facts: { cpus: 2, database: limitOf(limit) }, overrides: {}, current, ...rest };
}

function refusal(sizing: SizingInput) {
  try {
    recommend(sizing);
  } catch (error) {
    if (error instanceof ProblemError) return error.problems[0];
    throw error;
  }
  return undefined;
}

describe('the moments of a roll-out', () => {
  it('are now, each stage while it restarts and after it, and the worst way back', () => {
    const { instants } = recommend(input(500, before)).budget;
    expect(instants.map(({ stage, moment, connections }) => `${stage} ${moment} ${connections}`)).toEqual([
      'null now 30',
      'db-pool changing 151',
      'db-pool after 100',
      'redis-pool changing 151',
      'redis-pool after 100',
      'uvicorn-workers changing 201',
      'uvicorn-workers after 150',
      'celery-workers changing 201',
      'celery-workers after 200',
      'db-pool rollback 251',
    ]);
    expect(instants.every(({ fits }) => fits)).toBe(true);
  });

  it('count no overlap where a restart has none, and no migrations where none run', () => {
    const deployment = { beat: false, migrations: false, overlap: 0 };
    const { instants, database } = recommend(input(500, before, { deployment })).budget;
    expect(instants[1]?.connections).toBe(100);
    expect(database.peak).toBe(database.ceiling);
  });

  it('count beat as a process with a pool of its own', () => {
    const deployment = { beat: true, migrations: true, overlap: 1 };
    const { database, memory } = recommend(input(500, before, { deployment })).budget;
    expect(database.processes).toContainEqual({ role: 'beat', count: 1, perProcess: 50, ceiling: 50 });
    expect(memory.processes.map(({ role }) => role)).toContain('beat');
  });

  it('are refused where the children that run now would be given larger pools before they are fewer', () => {
    const crowded: Found = { ...before, 'celery.pool': 'prefork', 'celery.concurrency': 30 };
    const problem = refusal(input(500, crowded));
    expect(problem).toMatchObject({ code: 'budget', found: '1601' });
    expect(problem?.message).toContain('stage db-pool');
    expect(problem?.fix).toContain('celery-workers');
  });

  const three: Found = { ...before, 'celery.pool': 'prefork', 'celery.concurrency': 3 };

  it("are those of the stages that are asked for: what another stage would take stands in nobody's way", () => {
    const sizing = input(100, three, { stages: ['celery-workers'] });
    expect(refusal(sizing)).toBeUndefined();
    const { instants } = recommend(sizing).budget;
    expect(instants.map(({ stage, moment, connections }) => `${stage} ${moment} ${connections}`)).toEqual([
      'null now 60',
      'celery-workers changing 61',
      'celery-workers after 45',
      'celery-workers rollback 61',
    ]);
    expect(recommend({ ...sizing, stages: [] }).budget.instants).toHaveLength(1);
  });

  it('are refused with an order in which each of them fits, and a pool with which they do in any', () => {
    const problem = refusal(input(100, three));
    expect(problem?.fix).toContain('in this order: db-pool, redis-pool, celery-workers, uvicorn-workers (');
    expect(refusal(input(100, three, { stages: ['uvicorn-workers'] }))).toBeDefined();
    const fewer: Found = { ...three, 'celery.concurrency': 2 };
    expect(refusal(input(100, fewer, { stages: ['uvicorn-workers'] }))).toBeUndefined();
    const [, pool] = /max_overflow to (\d+) together/.exec(problem?.fix ?? '') ?? [];
    const overrides = { 'db.pool_size': Number(pool), 'db.max_overflow': 0 };
    expect(refusal(input(100, three, { overrides }))).toBeUndefined();
    const larger = { ...overrides, 'db.pool_size': Number(pool) + 1 };
    expect(refusal(input(100, three, { overrides: larger }))).toBeDefined();
  });

  it('bring the pools down where nobody said how many children there are, and they will be fewer', () => {
    const unsaid: Found = { ...before, 'celery.pool': 'prefork' };
    const half = { cpus: 2, database: limitOf(100), serviceCpus: { backend: null, celery: 0.5 } };
    const sizing = input(100, unsaid, { facts: half });
    expect(refusal(sizing)).toBeUndefined();
    const { recommended, reasons, budget } = recommend(sizing);
    expect(recommended['celery.concurrency']).toBe(1);
    const pool = Number(recommended['db.pool_size']) + Number(recommended['db.max_overflow']);
    // 86 for two web workers, the two children of today, and one web worker more while they restart.
    expect(pool).toBe(Math.floor(86 / 5));
    expect(budget.instants.filter(({ moment }) => moment !== 'rollback').every(({ fits }) => fits)).toBe(true);
    expect(reasons[0]?.because).toContain('while the 2 celery children of today still run');
    // Once there is one child only, all of the room is shared.
    const one: Found = { ...unsaid, 'celery.concurrency': 1 };
    const after = recommend(input(100, one, { facts: half })).recommended;
    expect(Number(after['db.pool_size']) + Number(after['db.max_overflow'])).toBe(Math.floor(86 / 4));
    // A number that somebody wrote is not worked around, nor are pools by hand, nor more children than leave enough.
    expect(refusal(input(100, { ...unsaid, 'celery.concurrency': 2 }, { facts: half }))).toBeDefined();
    const byHand = { 'db.pool_size': 21, 'db.max_overflow': 0 };
    expect(refusal(input(100, unsaid, { facts: half, overrides: byHand }))).toBeDefined();
    expect(refusal(input(100, unsaid, { facts: { ...half, hostCpus: 32 } }))).toBeDefined();
  });

  it('bring them down once: whatever stages are asked for, what is set first is not to be set again before celery has its number', () => {
    const unsaid: Found = { ...before, 'celery.pool': 'prefork' };
    const pool = (current: Found, hostCpus: number, stages: readonly StageName[]) => {
      const facts = { cpus: 2, hostCpus, database: limitOf(100), serviceCpus: { backend: null, celery: 0.5 } };
      const { recommended } = recommend(input(100, current, { facts, stages, allowOverBudget: true }));
      return { 'db.pool_size': recommended['db.pool_size'], 'db.max_overflow': recommended['db.max_overflow'] };
    };
    // With eight children today is over the budget already, and each stage by itself could bring the pool down a little more.
    for (const [hostCpus, room] of [
      [2, 86 / 5],
      [8, 86 / 11],
    ] as const) {
      const first = pool(unsaid, hostCpus, []);
      expect(Number(first['db.pool_size']) + Number(first['db.max_overflow'])).toBe(Math.floor(room));
      for (const stages of [[], STAGES, ...STAGES.map((stage) => [stage])]) {
        expect(pool(unsaid, hostCpus, stages)).toEqual(first);
        expect(pool({ ...unsaid, ...first }, hostCpus, stages)).toEqual(first);
        expect(pool({ ...unsaid, ...first, 'web.workers': 2 }, hostCpus, stages)).toEqual(first);
      }
    }
  });

  it('need no smaller pool again for a few clients of others, who come and go out of the reserve that is kept for them', () => {
    const sized = (inUse: number, current: Found) => {
      const facts = { cpus: 2, database: { ...limitOf(100), inUse } };
      const { recommended, budget, warnings } = recommend(input(100, current, { facts }));
      const [size, overflow] = [recommended['db.pool_size'], recommended['db.max_overflow']];
      return { size, overflow, sum: Number(size) + Number(overflow), database: budget.database, warnings };
    };
    const pools = (inUse: number, current: Found) => sized(inUse, current).sum;
    const applied = (inUse: number): Found => {
      const { size = null, overflow = null } = sized(inUse, before);
      return { ...before, 'db.pool_size': size, 'db.max_overflow': overflow };
    };
    const fresh = (inUse: number) => pools(inUse, before);
    expect([fresh(0), fresh(2), fresh(6), fresh(12)]).toEqual([17, 16, 16, 14]);
    for (const [first, then, sum] of [
      [0, 2, 17],
      [0, 5, 17],
      [2, 0, 16],
      [6, 0, 16],
      [0, 12, 14],
      [12, 0, 17],
    ] as const) {
      expect([first, then, pools(then, applied(first))]).toEqual([first, then, sum]);
    }
    // They are counted, and it still fits: what is kept free is less by as many.
    const { database } = sized(2, applied(0));
    expect(database).toMatchObject({ fits: true, peak: 86, reserved: 14 });
    // A limit that was lowered is nobody who comes and goes.
    const lower = recommend(input(98, applied(0), { facts: { cpus: 2, database: limitOf(98) } })).recommended;
    expect(Number(lower['db.pool_size']) + Number(lower['db.max_overflow'])).toBe(16);
  });

  it('are refused where the machine has too little memory for what still runs then, with an order in which it has enough', () => {
    const busy: Found = { ...before, 'celery.pool': 'prefork', 'celery.concurrency': 6 };
    const small = (memoryBytes: number, current: Found, stages: readonly StageName[] = STAGES) =>
      input(1000, current, {
        profile: { ...department, server: { ...department.server, memoryBytes } },
        overrides: { 'db.pool_size': 5, 'db.max_overflow': 10 },
        stages,
      });
    const { instants, memory } = recommend({ ...small(4e9, busy), allowOverBudget: true }).budget;
    const peak = Math.max(...instants.map(({ memoryBytes }) => memoryBytes));
    expect(peak).toBeGreaterThan(memory.peakBytes);
    expect(refusal(small(peak, busy))).toBeUndefined();
    const problem = refusal(small(peak - 1, busy));
    expect(problem).toMatchObject({ code: 'budget', message: expect.stringContaining('stage uvicorn-workers') });
    expect(problem?.fix).toContain('in this order: db-pool, redis-pool, celery-workers, uvicorn-workers (');
    expect(refusal(small(peak - 1, busy, ['celery-workers']))).toBeUndefined();
    const fewer: Found = { ...busy, 'celery.concurrency': 2 };
    expect(refusal(small(peak - 1, fewer, ['uvicorn-workers']))).toBeUndefined();
    // The machine may have more than the profile is for.
    const roomy = { cpus: 2, memoryBytes: 64e9, database: limitOf(1000) };
    expect(refusal({ ...small(peak - 1, busy), facts: roomy })).toBeUndefined();
    // What takes as much today may come down.
    const wide: Found = { ...busy, 'web.workers': 8 };
    expect(refusal(small(peak - 1, wide))).toBeUndefined();
  });

  it('are refused without a pool where none is small enough', () => {
    const five: Found = { 'db.pool_size': 10, 'db.max_overflow': 0, 'web.workers': 1, 'celery.concurrency': 2 };
    const fix = refusal(input(60, { ...five, 'celery.pool': 'prefork' }, { stages: ['uvicorn-workers'] }))?.fix;
    expect(fix).toBe(
      'Apply one stage at a time, in this order: db-pool, uvicorn-workers (--stage NAME --override order --reason TEXT)',
    );
  });

  it('are not refused for what runs already and comes down', () => {
    const greedy: Found = { ...before, 'db.pool_size': 300, 'db.max_overflow': 300 };
    expect(refusal(input(500, greedy))).toBeUndefined();
    const large: Found = {
      ...before,
      'db.pool_size': 200,
      'db.max_overflow': 0,
      'web.workers': 2,
      'celery.concurrency': 2,
    };
    const sizing = recommend({
      ...input(500, { ...large, 'celery.pool': 'prefork' }),
      deployment: { beat: false, migrations: false, overlap: 0 },
    });
    expect(sizing.budget.instants[0]).toMatchObject({ moment: 'now', connections: 800, fits: false });
  });

  it('say nothing where what runs now is not known', () => {
    expect(
      recommend(input(500, { ...before, 'web.workers': { unresolved: 'from the environment' } })).budget.instants,
    ).toEqual([]);
  });

  it('warn of a way back that would not fit, and name the one that does', () => {
    const wide: Found = { ...before, 'db.pool_size': 60, 'db.max_overflow': 60 };
    const { warnings } = recommend(input(500, wide));
    expect(warnings.filter(({ code }) => code === 'over-budget-between')).toMatchObject([
      {
        message: expect.stringContaining('up to 601 connections of 487'),
        fix: expect.stringContaining('newest stage first'),
      },
    ]);
  });
});

describe('for any start', () => {
  const whole = (max: number) => fc.integer({ min: 1, max });
  const start = fc.record({
    'db.pool_size': whole(60),
    'db.max_overflow': whole(60),
    'web.workers': whole(8),
    'celery.concurrency': whole(16),
    'celery.pool': fc.constantFrom('prefork', 'solo', 'threads'),
  });

  it('no moment on the way there takes more than the limit, or than a restart today, unless it is refused', () => {
    fc.assert(
      fc.property(start, fc.integer({ min: 30, max: 2000 }), fc.boolean(), (current, limit, beat) => {
        const sizing = input(limit, current, { deployment: { beat, migrations: true, overlap: 1 } });
        if (refusal(sizing) !== undefined) return;
        const { instants, database } = recommend(sizing).budget;
        const most = (moment: string) =>
          Math.max(...instants.filter((each) => each.moment === moment).map(({ connections }) => connections));
        const room = limit - database.reserved;
        // A worker more, and the migrations.
        const restarted = most('now') + current['db.pool_size'] + current['db.max_overflow'] + 1;
        expect(most('after')).toBeLessThanOrEqual(Math.max(most('now'), room));
        expect(most('changing')).toBeLessThanOrEqual(Math.max(restarted, room));
      }),
      { numRuns: 100 },
    );
  });

  it('a plan made once everything is applied changes nothing', () => {
    fc.assert(
      fc.property(start, fc.integer({ min: 30, max: 2000 }), (current, limit) => {
        const first = input(limit, current, { allowOverBudget: true });
        const { recommended } = recommend(first);
        expect(recommend({ ...first, current: recommended }).recommended).toEqual(recommended);
      }),
      { numRuns: 100 },
    );
  });
});
