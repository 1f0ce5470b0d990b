import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../src/errors.js';
import { recommend } from '../../src/size/recommend.js';
import type { SiblingProcesses, SizingInput } from '../../src/size/sizing.js';
import { renderBudget } from '../../src/view/budget-text.js';
import { limitOf, shipped } from './profiles.js';

const profile = shipped('department-20-50');
const current = { 'db.pool_size': null, 'db.max_overflow': null, 'web.workers': null, 'celery.pool': 'solo' };
const api: SiblingProcesses = { name: 'api2', kind: 'web', count: 3, parents: 1, workers: 0, tasks: 0, kept: false };
const slow: SiblingProcesses = {
  name: 'slow',
  kind: 'celery',
  count: 4,
  parents: 1,
  workers: 1,
  tasks: 4,
  kept: false,
};
const beat: SiblingProcesses = { name: 'clock', kind: 'beat', count: 1, parents: 0, workers: 0, tasks: 0, kept: false };

function sized(siblings: readonly SiblingProcesses[], over: Partial<SizingInput> = {}, limit = 1000) {
  return recommend({
    profile: { ...profile, server: { ...profile.server, memoryBytes: 64e9 } },
    facts: { cpus: 2, database: limitOf(limit) },
    overrides: {},
    current,
    deployment: { beat: false, migrations: true, overlap: 1, siblings },
    ...over,
  });
}

const alone = sized([]).budget;

describe('other services of the same code', () => {
  it('hold pools of the same size: each is counted by its own name', () => {
    const { database } = sized([api, slow, beat]).budget;
    expect(database.processes.slice(2)).toEqual([
      { role: 'web', service: 'api2', count: 3, perProcess: 50, ceiling: 150 },
      { role: 'celery', service: 'slow', count: 4, perProcess: 50, ceiling: 200 },
      { role: 'beat', service: 'clock', count: 1, perProcess: 50, ceiling: 50 },
    ]);
    expect(database.ceiling).toBe(alone.database.ceiling + 400);
    expect(database.peak).toBe(alone.database.peak + 400);
  });

  it('are there at every moment of the roll-out, with the pools of that moment', () => {
    const { instants } = sized([api]).budget;
    const more = instants.map(({ connections }, index) => connections - (alone.instants[index]?.connections ?? 0));
    expect(instants.map(({ stage, moment }, index) => `${stage} ${moment} +${more[index]}`).slice(0, 4)).toEqual([
      'null now +45',
      'db-pool changing +150',
      'db-pool after +150',
      'redis-pool changing +150',
    ]);
    expect(more.at(-1)).toBe(150);
    const bytes = instants.map(({ memoryBytes }, index) => memoryBytes - (alone.instants[index]?.memoryBytes ?? 0));
    expect(new Set(bytes)).toEqual(new Set([3 * 300_000_000 + 30_000_000]));
  });

  it('have a connection for each of their migrations while anything restarts, and none after it', () => {
    const [none, some] = [sized([api]), sized([{ ...api, migrations: 2 }])].map(({ budget }) => budget);
    expect([none?.database.migrations, some?.database.migrations]).toEqual([1, 3]);
    const more = some?.instants.map((each, at) => each.connections - (none?.instants[at]?.connections ?? 0));
    expect(more?.slice(0, 3)).toEqual([0, 2, 0]);
  });

  it('that nothing restarts keep the larger pool of before, until somebody does', () => {
    const large = { ...current, 'db.pool_size': 80, 'db.max_overflow': 0 };
    const connections = (kept: boolean) =>
      sized([{ ...api, kept }], { current: large, stages: ['db-pool'] }).budget.instants.map(
        (each) => each.connections,
      );
    const [taken, kept] = [connections(false), connections(true)];
    expect(kept.map((each, at) => each - (taken[at] ?? 0))).toEqual([0, 0, 3 * (80 - 50), 0]);
    const told = (limit: number, pool = large) => {
      const { budget, warnings } = sized([{ ...api, kept: true }], { current: pool, stages: ['db-pool'] }, limit);
      const codes = warnings.map(({ code }) => code).filter((code) => code === 'over-budget-until-restarted');
      return [budget.database.untilRestarted, codes, renderBudget(budget)] as const;
    };
    const [until, none, text] = told(1000);
    expect(until).toEqual({ services: ['api2'], ceiling: 4 * 50 + 3 * 80, fits: true });
    expect(none).toEqual([]);
    expect(text).toContain(`until api2 is restarted by hand: up to 440: fits`);
    const tight = told(400, { ...large, 'db.pool_size': 200 });
    expect(tight[0]).toMatchObject({ fits: false });
    expect(tight[1]).toHaveLength(1);
    expect(told(1000, { ...large, 'db.max_overflow': -1 })[0]).toMatchObject({ ceiling: null, fits: false });
    const small = (own: boolean) => sized([{ ...api, kept: own }]).budget.instants;
    expect(small(true)).toEqual(small(false));
  });

  it('bring the pools down where the database takes too little for all', () => {
    const { recommended, budget } = sized([api, slow], {}, 300);
    const ceiling = Number(recommended['db.pool_size']) + Number(recommended['db.max_overflow']);
    expect(ceiling).toBeLessThan(50);
    expect(budget.database.fits).toBe(true);
    expect(budget.instants.every(({ connections }) => connections <= 300)).toBe(true);
  });

  it('refuse what does not fit, as one process more would', () => {
    const overrides = { 'db.pool_size': 20, 'db.max_overflow': 30 };
    expect(() => sized([], { overrides }, 300)).not.toThrow();
    expect(() => sized([api], { overrides }, 300)).toThrow(ProblemError);
  });

  it('say in a refusal how many processes of the two would still fit beside them', () => {
    const crowd = { ...api, count: 3 };
    const refused = (siblings: readonly SiblingProcesses[], limit: number) => {
      try {
        sized(siblings, {}, limit);
      } catch (error) {
        if (error instanceof ProblemError) return error.problems[0]?.fix;
      }
      return undefined;
    };
    expect(refused([], 22)).toMatch(/or run fewer processes: --set/);
    expect(refused([crowd], 22)).not.toContain('fewer processes');
  });

  it('are clients of Redis, a worker also by its broker', () => {
    const { redis } = sized([api, slow, beat]).budget;
    expect(
      redis.processes.slice(3).map(({ role, service, count, perProcess }) => [role, service, count, perProcess]),
    ).toEqual([
      ['web', 'api2', 3, 50],
      ['celery', 'slow', 4, 50],
      ['celery-parent', 'slow', 1, 14],
      ['beat', 'clock', 1, 50],
    ]);
    expect(redis.ceiling).toBe(alone.redis.ceiling + 150 + 200 + 14 + 50);
    const few = { facts: { cpus: 2, database: limitOf(1000), redis: { maxClients: 500, inUseByOthers: 0 } } };
    expect(() => sized([], few)).not.toThrow();
    expect(() => sized([api, slow, { ...api, name: 'api3' }], few)).toThrow(/connections to Redis/);
  });

  it('take memory, and leave less for workers', () => {
    const { memory } = sized([api, slow, beat]).budget;
    expect(memory.totalBytes - alone.memory.totalBytes).toBe(3 * 300e6 + 30e6 + 4 * 250e6 + 150e6 + 150e6);
    expect(memory.expected.bytes - alone.memory.expected.bytes).toBe(memory.totalBytes - alone.memory.totalBytes);
    const small = { profile: { ...profile, server: { ...profile.server, memoryBytes: 3e9 } } };
    expect(sized([], small).recommended['web.workers']).toBe(2);
    expect(sized([api], small).recommended['celery.concurrency']).toBe(1);
  });

  it('do not count against the memory that one of the two services may take', () => {
    const facts = { cpus: 2, database: limitOf(1000), serviceBytes: { backend: 1e9, celery: null } };
    const { services } = sized([{ ...api, count: 9 }], { facts }).budget.memory;
    expect(services).toEqual(sized([], { facts }).budget.memory.services);
  });

  it('are there once for each instance, but for a schedule', () => {
    const server = { ...profile.server, memoryBytes: 64e9, instances: 3 };
    const { database } = sized([api, beat], { profile: { ...profile, server } }, 5000).budget;
    expect(database.processes.slice(2).map(({ service, count }) => [service, count])).toEqual([
      ['api2', 9],
      ['clock', 1],
    ]);
  });

  it('go by their own names in the text', () => {
    const text = renderBudget(sized([api, slow]).budget);
    expect(text).toMatch(/connections .* \+ 3 api2 x 50 \+ 4 slow x 50 = /);
    expect(text).toMatch(/1 slow-parent x 14/);
    expect(text).toMatch(/3 api2 x 300 MB .* 1 api2-parent x 30 MB/);
  });
});
