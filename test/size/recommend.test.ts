import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../src/profile/parse.js';
import { SETTING_KEYS } from '../../src/settings.js';
import { recommend } from '../../src/size/recommend.js';
import type { SizingInput } from '../../src/size/sizing.js';
import { limitOf, shipped } from './profiles.js';
import { refusals } from './refusals.js';

const department = shipped('department-20-50');
const input = (limit: number | null, rest: Partial<SizingInput> = {}): SizingInput => ({
  profile: department,
  facts: { database: limitOf(limit) },
  overrides: {},
  ...rest,
});

describe('recommend', () => {
  it('gives the numbers of the guide for its own department', () => {
    const { recommended, budget, warnings, reasons } = recommend(input(500));
    expect(recommended).toEqual({
      'db.pool_size': 20,
      'db.max_overflow': 30,
      'db.pool_timeout': 30,
      'db.pool_pre_ping': true,
      'db.pool_recycle': 3600,
      'redis.max_connections': 50,
      'web.workers': 2,
      'celery.pool': 'prefork',
      'celery.concurrency': 2,
    });
    expect(budget.database).toEqual({
      limit: 500,
      reserved: 13,
      processes: [
        { role: 'web', count: 2, perProcess: 50, ceiling: 100 },
        { role: 'celery', count: 2, perProcess: 50, ceiling: 100 },
      ],
      ceiling: 200,
      headroom: 287,
      peak: 251,
      migrations: 1,
      fits: true,
      untilRestarted: null,
      expected: { users: 50, afterRequests: 1000, busy: 22.1, open: 42.1 },
    });
    expect(warnings).toEqual([]);
    expect(reasons.map(({ setting }) => setting)).toEqual(SETTING_KEYS);
  });

  it('brings the pools down to what the database takes, and shows the sum', () => {
    const { recommended, reasons, budget } = recommend(input(100));
    expect(recommended).toMatchObject({ 'db.pool_size': 17, 'db.max_overflow': 0 });
    expect(reasons[1]).toMatchObject({
      bound: 'connections',
      because:
        'the database takes 100 connections: less 3 that it reserves and 10 kept free and 1 for migrations, shared by 4 processes and 1 more while a restart overlaps, that leaves 17 for each',
    });
    expect(budget.database).toMatchObject({ ceiling: 68, headroom: 19, peak: 86 });
    expect(recommend(input(60)).recommended).toMatchObject({ 'db.pool_size': 9, 'db.max_overflow': 0 });
  });

  it('leaves a pool with the same ceiling alone, of which more is steady, and no other', () => {
    const from = (size: number, overflow: number, limit = 500, overrides: SizingInput['overrides'] = {}) => {
      const current = { 'db.pool_size': size, 'db.max_overflow': overflow };
      const { recommended } = recommend(input(limit, { current, overrides }));
      return [recommended['db.pool_size'], recommended['db.max_overflow']];
    };
    expect(from(30, 20)).toEqual([30, 20]);
    expect(from(50, 0)).toEqual([50, 0]);
    expect(from(20, 30)).toEqual([20, 30]);
    expect(from(10, 40)).toEqual([20, 30]);
    expect(from(30, 30)).toEqual([20, 30]);
    expect(from(60, -10)).toEqual([20, 30]);
    expect(from(30, 20, 100)).toEqual([17, 0]);
    expect(from(30, 20, 500, { 'db.pool_size': 25 })).toEqual([25, 25]);
    const { reasons } = recommend(input(500, { current: { 'db.pool_size': 30, 'db.max_overflow': 20 } }));
    expect(reasons.slice(0, 2).map(({ bound }) => bound)).toEqual(['current', 'current']);
  });

  it('counts what others hold and what the database says it reserves', () => {
    const facts = { database: limitOf(100, { inUse: 40, reserved: 7, source: 'measured' }) };
    expect(recommend(input(null, { facts })).recommended).toMatchObject({ 'db.pool_size': 8, 'db.max_overflow': 0 });
  });

  it('refuses where a process would be left with less than two, and names the smallest limit', () => {
    expect(refusals(input(23))).toMatchObject([{ code: 'budget', expected: 'a limit of at least 24', found: '23' }]);
    expect(recommend(input(24)).recommended).toMatchObject({ 'db.pool_size': 2, 'db.max_overflow': 0 });
  });

  it('refuses where no limit is known at all', () => {
    const own = parseProfile('users: {min: 1, max: 2}\nserver: {cpus: 1, memory: 4GB}', 'own.yaml');
    const [problem] = refusals(input(null, { profile: own, allowOverBudget: true }));
    expect(problem).toMatchObject({ code: 'budget' });
    expect(problem?.fix).toContain('--max-connections');
  });

  it("says so where the limit is only the profile's", () => {
    expect(recommend(input(null)).warnings).toMatchObject([{ code: 'limit-assumed', file: department.file }]);
  });

  it('shares the people of a fleet over its instances, and adds up the connections', () => {
    const { recommended, budget } = recommend(input(null, { profile: shipped('fleet-100-200') }));
    expect(recommended).toMatchObject({ 'db.pool_size': 25, 'db.max_overflow': 25, 'redis.max_connections': 50 });
    expect(budget.database).toMatchObject({ ceiling: 800, fits: true });
  });

  it('follows a bigger machine', () => {
    const { recommended } = recommend(input(null, { profile: shipped('department-50-100') }));
    expect(recommended).toMatchObject({
      'db.pool_size': 50,
      'db.max_overflow': 50,
      'redis.max_connections': 100,
      'web.workers': 4,
      'celery.concurrency': 4,
    });
  });

  it('believes a smaller machine, and not a bigger one', () => {
    const smaller = recommend(input(500, { facts: { cpus: 1, memoryBytes: 2e9, database: limitOf(500) } }));
    expect(smaller.recommended).toMatchObject({ 'web.workers': 1, 'celery.concurrency': 1 });
    expect(smaller.warnings.map(({ code }) => code)).toEqual(['fewer-cores', 'less-memory']);
    const bigger = recommend(input(500, { facts: { cpus: 64, memoryBytes: 64e9, database: limitOf(500) } }));
    expect(bigger.recommended).toMatchObject({ 'web.workers': 2 });
    expect(bigger.warnings).toEqual([]);
  });

  it('raises no alarm over the memory that a machine of that size never shows', () => {
    expect(recommend(input(500, { facts: { memoryBytes: 3.9e9, database: limitOf(500) } })).warnings).toEqual([]);
  });

  it('takes workers away while they do not fit in the memory, celery children first', () => {
    const at = (memoryBytes: number) => recommend(input(500, { facts: { memoryBytes, database: limitOf(500) } }));
    expect(at(2e9).recommended).toMatchObject({ 'web.workers': 2, 'celery.concurrency': 1 });
    expect(at(1.65e9).recommended).toMatchObject({ 'web.workers': 1, 'celery.concurrency': 1 });
    expect(at(1.65e9).reasons.find(({ setting }) => setting === 'web.workers')?.bound).toBe('memory');
    expect(() => at(1.5e9)).toThrow(
      'need 1.3 GB of memory, and 1.6 GB while a restart overlaps, the machine has 1.5 GB',
    );
  });

  it('counts the memory of every role, parents only where there are any', () => {
    const roles = (overrides: SizingInput['overrides']) =>
      recommend(input(500, { overrides })).budget.memory.processes.map(({ role, count }) => `${role} ${count}`);
    expect(roles({})).toEqual(['web 2', 'web-parent 1', 'celery 2', 'celery-parent 1', 'redis 1', 'system 1']);
    expect(roles({ 'web.workers': 1, 'celery.pool': 'threads' })).toEqual(['web 1', 'celery 1', 'redis 1', 'system 1']);
  });

  it('takes settings by hand as they are where they fit', () => {
    const { recommended, reasons } = recommend(input(500, { overrides: { 'db.pool_size': 60 } }));
    expect(recommended).toMatchObject({ 'db.pool_size': 60, 'db.max_overflow': 0 });
    expect(reasons[0]).toMatchObject({ value: 60, bound: 'override' });
    expect(recommend(input(500, { overrides: { 'db.pool_size': 15 } })).recommended['db.max_overflow']).toBe(35);
    expect(recommend(input(100, { overrides: { 'db.max_overflow': 15 } })).recommended['db.pool_size']).toBe(2);
  });

  it('refuses settings by hand that do not fit, or warns where that was asked for', () => {
    const greedy = input(100, { overrides: { 'db.pool_size': 50, 'db.max_overflow': 0 } });
    expect(refusals(greedy)).toMatchObject([{ code: 'budget', found: 'a limit of 100, and 50 per process' }]);
    const sizing = recommend({ ...greedy, allowOverBudget: true });
    expect(sizing.budget.database).toMatchObject({ ceiling: 200, headroom: -113, fits: false });
    expect(sizing.warnings).toMatchObject([{ code: 'over-budget' }]);
  });

  it('counts one process for every celery pool but prefork', () => {
    const { budget, recommended } = recommend(input(500, { overrides: { 'celery.pool': 'solo' } }));
    expect(budget.database.processes[1]).toMatchObject({ role: 'celery', count: 1 });
    expect(recommended['celery.concurrency']).toBe(1);
  });

  it('keeps free what other clients of Redis hold', () => {
    const at = (inUseByOthers: number | null) =>
      recommend(input(500, { facts: { database: limitOf(500), redis: { maxClients: 350, inUseByOthers } } }));
    expect(at(null).budget.redis).toMatchObject({ limit: 350, reserved: 10, fits: true });
    expect(at(100).budget.redis).toMatchObject({ limit: 350, reserved: 110, fits: true });
    expect(Number(at(100).recommended['redis.max_connections'])).toBeLessThan(50);
    expect(() => at(300)).toThrow(/which takes 350 less 310 kept free/);
  });

  it('warns where tasks that waited side by side would queue', () => {
    const codes = (pool: string, concurrency: number | null, overrides: SizingInput['overrides'] = {}) => {
      const current = { 'celery.pool': pool, 'celery.concurrency': concurrency };
      return recommend(input(500, { current, overrides })).warnings.map(({ code }) => code);
    };
    for (const pool of ['gevent', 'eventlet', 'threads']) expect(codes(pool, 100)).toEqual(['fewer-tasks']);
    expect(codes('gevent', 100, { 'celery.pool': 'gevent', 'celery.concurrency': 100 })).toEqual([]);
    expect(codes('gevent', 2)).toEqual([]);
    expect(codes('gevent', null)).toEqual([]);
    expect(codes('prefork', 4)).toEqual([]);
  });

  it('warns of a redis cap that one process can pass', () => {
    const { warnings } = recommend(input(500, { overrides: { 'redis.max_connections': 10 } }));
    expect(warnings).toMatchObject([{ code: 'redis-below-threads' }]);
  });
});

const count = (max: number) => fc.integer({ min: 1, max });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const anyInput = fc
  .record({
    users: fc.tuple(count(500), count(500)),
    cpus: count(64),
    memoryMb: count(64_000),
    instances: count(8),
    measured: fc.record({ cpus: maybe(count(64)), memoryBytes: maybe(fc.integer({ min: 1e8, max: 6e10 })) }),
    database: fc.record({ maxConnections: count(5000), reserved: maybe(fc.nat(20)), inUse: maybe(fc.nat(200)) }),
    overrides: fc.record(
      { 'db.pool_size': count(100), 'db.max_overflow': fc.nat(100), 'web.workers': count(16) },
      { requiredKeys: [] },
    ),
  })
  .map(({ users, cpus, memoryMb, instances, measured, database, overrides }): SizingInput => {
    const [min, max] = users.toSorted((a, b) => a - b);
    const text = `users: {min: ${min}, max: ${max}}\nserver: {cpus: ${cpus}, memory: ${memoryMb}MB, instances: ${instances}}`;
    const facts = { ...measured, database: { ...database, source: 'measured' as const } };
    return { profile: parseProfile(text, 'any.yaml'), facts, overrides };
  });

describe('for any input', () => {
  it('the budgets hold, or it is refused with the figures', () => {
    fc.assert(
      fc.property(anyInput, (sizing) => {
        const found = refusals(sizing);
        for (const problem of found) expect(problem.code).toBe('budget');
        if (found.length > 0) return;
        const { budget } = recommend(sizing);
        const { database, memory } = budget;
        expect(database.ceiling + database.reserved).toBeLessThanOrEqual(database.limit);
        expect(database.ceiling).toBe(database.processes.reduce((sum, { ceiling }) => sum + ceiling, 0));
        expect(memory.totalBytes).toBeLessThanOrEqual(memory.limitBytes);
      }),
      { numRuns: 200 },
    );
  });

  it('the values stay within their bounds, and those by hand are kept', () => {
    fc.assert(
      fc.property(anyInput, (sizing) => {
        const { recommended, reasons } = recommend({ ...sizing, allowOverBudget: true });
        const [size, overflow, redis, web, celery] = (
          ['db.pool_size', 'db.max_overflow', 'redis.max_connections', 'web.workers', 'celery.concurrency'] as const
        ).map((key) => Number(recommended[key])) as [number, number, number, number, number];
        expect(size).toBeGreaterThanOrEqual(1);
        expect(overflow).toBeGreaterThanOrEqual(0);
        expect(redis).toBeGreaterThanOrEqual(40);
        expect(web).toBeGreaterThanOrEqual(1);
        expect(celery).toBeGreaterThanOrEqual(1);
        expect(celery).toBeLessThanOrEqual(sizing.profile.server.cpus);
        expect(recommended).toMatchObject(sizing.overrides);
        for (const { because } of reasons) expect(because).toMatch(/\S[^.]$/);
      }),
    );
  });

  it('the smallest limit that a refusal names is enough, and one less is not', () => {
    fc.assert(
      fc.property(anyInput, (sizing) => {
        const smallest = /limit of at least (\d+)/.exec(refusals(sizing).at(-1)?.expected ?? '')?.[1];
        if (smallest === undefined) return;
        const at = (maxConnections: number) =>
          recommend({
            ...sizing,
            allowOverBudget: true,
            facts: { ...sizing.facts, database: { ...sizing.facts.database, maxConnections } },
          }).budget.database.fits;
        expect(at(Number(smallest))).toBe(true);
        expect(at(Number(smallest) - 1)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
