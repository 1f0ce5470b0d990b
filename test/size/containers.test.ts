import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../src/errors.js';
import { recommend } from '../../src/size/recommend.js';
import type { SizingInput } from '../../src/size/sizing.js';
import { renderBudget } from '../../src/view/budget-text.js';
import { limitOf, shipped } from './profiles.js';
import { refusals } from './refusals.js';

const profile = shipped('department-20-50');
const roomy = { ...profile, server: { ...profile.server, memoryBytes: 64e9 } };

function sized(containers: { backend: number; celery: number }, limit = 1000, over: Partial<SizingInput> = {}) {
  return recommend({
    profile: roomy,
    facts: { cpus: 2, database: limitOf(limit) },
    overrides: { 'web.workers': 2, 'celery.concurrency': 2 },
    current: { 'celery.pool': 'prefork', 'celery.concurrency': 2, 'web.workers': 2 },
    deployment: { beat: false, migrations: true, overlap: 0, containers },
    ...over,
  });
}

const one = sized({ backend: 1, celery: 1 }).budget;

describe('several containers of one service', () => {
  it('have a pool in each of their processes', () => {
    const { database } = sized({ backend: 1, celery: 3 }).budget;
    expect(database.processes).toEqual([
      { role: 'web', count: 2, perProcess: 50, ceiling: 100 },
      { role: 'celery', containers: 3, count: 6, perProcess: 50, ceiling: 300 },
    ]);
    expect([database.ceiling, database.peak]).toEqual([400, 401]);
    expect(sized({ backend: 3, celery: 1 }).budget.database).toMatchObject({ ceiling: 400, peak: 403 });
  });

  it('bring the pools down where the database takes too little for all, and are refused where nothing fits', () => {
    const small = { current: { 'db.pool_size': 5, 'db.max_overflow': 0, 'web.workers': 1, 'celery.pool': 'solo' } };
    const { budget } = sized({ backend: 1, celery: 3 }, 100, small);
    expect(budget.database.processes[1]).toMatchObject({ count: 6, perProcess: 10 });
    expect(budget.database.ceiling).toBe(80);
    expect(() => sized({ backend: 1, celery: 3 }, 25, small)).toThrow(ProblemError);
    expect(() => sized({ backend: 1, celery: 1 }, 25, small)).not.toThrow();
  });

  it('are there at every moment, also now', () => {
    const at = (containers: { backend: number; celery: number }) =>
      sized(containers).budget.instants.map(({ connections }) => connections);
    // 15 connections of the library's pool for each process, 50 of the new one, and a migration for each of the backends.
    expect(at({ backend: 1, celery: 1 }).slice(0, 3)).toEqual([60, 201, 200]);
    expect(at({ backend: 1, celery: 3 }).slice(0, 3)).toEqual([120, 401, 400]);
    expect(at({ backend: 3, celery: 1 }).slice(0, 3)).toEqual([120, 403, 400]);
  });

  it('each take the memory of all their processes, parents too, and are held to the limit of one alone', () => {
    const { backend, celery } = { backend: 600e6 + 50e6, celery: 1e9 };
    const many = sized({ backend: 1, celery: 3 }, 1000, {
      facts: { cpus: 2, database: limitOf(1000), serviceBytes: { backend, celery } },
    }).budget;
    const own = one.memory.processes.filter(({ role }) => role.startsWith('celery'));
    const bytes = own.reduce((sum, { count, bytesEach }) => sum + count * bytesEach, 0);
    expect(many.memory.totalBytes).toBe(one.memory.totalBytes + 2 * bytes);
    expect(many.instants[0]?.memoryBytes).toBe((one.instants[0]?.memoryBytes ?? 0) + 2 * bytes);
    expect(many.memory.services).toContainEqual({ service: 'celery', limitBytes: 1e9, peakBytes: bytes, fits: true });
  });

  it('each hold pools and broker connections at Redis', () => {
    const { redis } = sized({ backend: 2, celery: 3 }).budget;
    const counts = redis.processes.map(({ role, count }) => [role, count]);
    expect(counts).toEqual([
      ['web', 4],
      ['celery', 6],
      ['celery-parent', 3],
    ]);
  });

  it('hold no connections here to a broker that is another Redis', () => {
    const redis = { maxClients: 1000, inUseByOthers: 0, brokerApart: true };
    const { budget } = sized({ backend: 1, celery: 3 }, 1000, { facts: { cpus: 2, database: limitOf(1000), redis } });
    expect(budget.redis.processes.map(({ role, count }) => [role, count])).toEqual([
      ['web', 2],
      ['celery', 6],
    ]);
    expect(budget.redis.expected?.processes.map(({ role }) => role)).toEqual(['web', 'celery']);
  });

  it.each([
    [null, 100, 100, 'file'],
    [60, 100, 60, 'measured'],
    [200, 100, 100, 'file'],
    [null, null, 10_000, 'assumed'],
  ] as const)('share the clients of Redis: measured %s, written %s', (maxClients, most, limit, source) => {
    const written = most === null ? null : { maxClients: most, path: 'compose.yml', line: 3 };
    const redis = { maxClients, written, inUseByOthers: 0 };
    const given = { facts: { cpus: 2, database: limitOf(1000), redis }, allowOverBudget: true };
    expect(sized({ backend: 1, celery: 1 }, 1000, given).budget.redis).toMatchObject({ limit, source });
  });

  it.each([
    ['where the file that starts Redis says it', null, 100, 3, /^Set --maxclients in the command that starts Redis to/],
    ['where that says enough, and it runs with less', 60, 900, undefined, /redis\.conf, or CONFIG SET/],
    ['where no file says it', 60, null, undefined, /redis\.conf, or CONFIG SET/],
  ] as const)('are refused for too few clients of Redis, %s', (_, maxClients, most, line, fix) => {
    const written = most === null ? null : { maxClients: most, path: 'compose.yml', line: 3 };
    const redis = { maxClients, written, inUseByOthers: 0 };
    const facts = { cpus: 2, database: limitOf(1000), redis };
    const [problem] = refusals({ profile, facts, overrides: {} });
    expect(problem).toMatchObject({ code: 'budget', fix: expect.stringMatching(fix) });
    expect(problem?.place?.line).toBe(line);
  });

  it('are refused for too few clients of a broker of its own, where that says what it takes', () => {
    const fix = (brokerMaxClients: number | null, brokerApart = true) => {
      const redis = { maxClients: 5000, inUseByOthers: 0, brokerApart, brokerMaxClients };
      const facts = { cpus: 2, database: limitOf(1000), redis };
      const deployment = { beat: false, migrations: true, overlap: 0, containers: { backend: 1, celery: 3 } };
      return refusals({ profile: roomy, facts, overrides: { 'celery.concurrency': 2 }, deployment })[0]?.fix;
    };
    // Three workers, each with ten and one for each of two children, and ten kept free.
    expect(fix(46)).toBeUndefined();
    expect(fix(45)).toMatch(/maxclients of the broker .* to 46 or more/);
    expect(fix(45, false)).toBeUndefined();
    expect(fix(null)).toBeUndefined();
  });

  it('share the cores: all together have a process for each', () => {
    const { recommended, reasons } = sized({ backend: 2, celery: 3 }, 1000, { overrides: {} });
    expect([recommended['web.workers'], recommended['celery.concurrency']]).toEqual([1, 1]);
    expect(reasons.find(({ setting }) => setting === 'celery.concurrency')?.because).toMatch(/3 containers/);
  });

  it('are named with their number where they are counted', () => {
    expect(renderBudget(sized({ backend: 1, celery: 3 }).budget)).toContain('6 celery (3 containers) x 50');
    expect(renderBudget(one)).toContain('2 celery x 50');
  });
});
