import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../src/profile/parse.js';
import { recommend } from '../../src/size/recommend.js';
import type { SizingInput } from '../../src/size/sizing.js';
import { anySizing } from './any-sizing.js';
import { limitOf, shipped } from './profiles.js';

const MB = 1e6;
const department = shipped('department-20-50');

function budgetOf(rest: Partial<SizingInput> = {}) {
  return recommend({ profile: department, facts: { database: limitOf(500) }, overrides: {}, ...rest }).budget;
}

describe('the expected memory', () => {
  it('is what was measured of a role, and the figure of the profile where nobody measured it', () => {
    const roleMemory = { webWorker: 107 * MB, webParent: 25 * MB };
    const { expected, processes } = budgetOf({ facts: { database: limitOf(500), roleMemory } }).memory;
    expect(expected).toEqual({
      processes: [
        { role: 'web', count: 2, bytesEach: 107 * MB, source: 'measured' },
        { role: 'web-parent', count: 1, bytesEach: 25 * MB, source: 'measured' },
        { role: 'celery', count: 2, bytesEach: 250 * MB, source: 'default' },
        { role: 'celery-parent', count: 1, bytesEach: 150 * MB, source: 'default' },
        { role: 'redis', count: 1, bytesEach: 100 * MB, source: 'default' },
        { role: 'system', count: 1, bytesEach: 500 * MB, source: 'default' },
      ],
      bytes: (2 * 107 + 25 + 2 * 250 + 150 + 100 + 500) * MB,
    });
    expect(processes[0]?.bytesEach).toBe(300 * MB);
  });

  it('tells who wrote a figure that nobody measured', () => {
    const text = 'users: {min: 1, max: 2}\nserver: {cpus: 1, memory: 4GB}\nworkload: {memory: {webWorker: 200MB}}';
    const profile = parseProfile(text, 'own.yaml', new Map([['workload.memory.redis', '50MB']]));
    const { processes } = budgetOf({ profile }).memory.expected;
    expect(processes.map(({ role, source }) => `${role} ${source}`)).toEqual([
      'web profile',
      'celery default',
      'celery-parent default',
      'redis set',
      'system default',
    ]);
  });

  it('counts a process that was measured larger than assumed as it is, also in the ceiling', () => {
    const { memory } = budgetOf({ facts: { database: limitOf(500), roleMemory: { webWorker: 400 * MB } } });
    expect(memory.expected.processes[0]).toMatchObject({ role: 'web', bytesEach: 400 * MB, source: 'measured' });
    expect(memory.processes[0]?.bytesEach).toBe(400 * MB);
  });
});

describe('the expected clients of Redis, and open files', () => {
  it("are what a worker's pools once needed at the same time, and what celery keeps open", () => {
    const { database, redis, descriptors } = budgetOf();
    expect(redis.expected).toMatchObject({
      users: 50,
      processes: [
        { role: 'web', count: 2 },
        { role: 'celery', count: 2, perProcess: 1 },
        { role: 'celery-parent', count: 1, perProcess: 10 },
      ],
    });
    const [{ perProcess: clients = 0 } = {}] = redis.expected?.processes ?? [];
    // A request has its connection of the database for longer than the one of Redis.
    expect(clients).toBeGreaterThan(1);
    expect(clients).toBeLessThan(((database.expected?.open ?? 0) - 2) / 2);
    expect(redis.expected?.open).toBeCloseTo(2 * clients + 2 + 10, 1);
    expect([database, redis, descriptors].map(({ expected }) => expected?.afterRequests)).toEqual([1000, 1000, 1000]);
    expect(descriptors.expected).toMatchObject({
      users: 50,
      uses: [{ use: 'database', count: 21 }, { count: Math.ceil(clients) }, { count: 25 }, {}],
    });
  });

  it('never pass the cap of a pool', () => {
    const { redis } = budgetOf({ overrides: { 'redis.max_connections': 3 } });
    expect(redis.expected?.open).toBe(2 * 3 + 2 + 10);
  });
});

describe('the expected connections', () => {
  it('are those in use where that is more than a pool keeps, and otherwise what it keeps', () => {
    const open = (size: number, overflow: number) =>
      budgetOf({ overrides: { 'db.pool_size': size, 'db.max_overflow': overflow } }).database.expected;
    const small = open(5, 45);
    const children = 2;
    expect(small?.open).toBeGreaterThanOrEqual((small?.busy ?? 0) + children);
    expect(small?.open).toBeLessThan(open(20, 30)?.open ?? 0);
    expect(open(50, 0)?.open).toBeLessThanOrEqual(50 + children);
    expect(open(5, 0)?.open).toBe(2 * 5 + children);
  });
});

describe('for any profile and target', () => {
  it('no more is expected than the ceiling, in sum and of each role', () => {
    fc.assert(
      fc.property(anySizing, (sizing) => {
        const { database, memory, redis, descriptors } = recommend({ ...sizing, allowOverBudget: true }).budget;
        expect(database.expected?.open).toBeLessThanOrEqual(database.ceiling);
        expect(database.expected?.busy).toBeLessThanOrEqual(database.ceiling);
        expect(memory.expected.bytes).toBeLessThanOrEqual(memory.totalBytes);
        memory.expected.processes.forEach(({ role, count, bytesEach }, index) => {
          expect(memory.processes[index]).toMatchObject({ role, count });
          expect(bytesEach).toBeLessThanOrEqual(memory.processes[index]?.bytesEach ?? 0);
        });
        expect(redis.expected?.open).toBeLessThanOrEqual(redis.ceiling);
        expect(descriptors.expected?.open).toBeLessThanOrEqual(descriptors.ceiling);
      }),
      { numRuns: 150 },
    );
  });
});
