import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../src/plan/differences.js';
import type { Plan, PlanService } from '../../src/plan/plan.js';
import { toTree } from '../../src/plan/tree.js';
import type { Found, Known } from '../../src/settings.js';

function planOf(files: Found, backend: Found, celery: Found = {}): Pick<Plan, 'current' | 'facts'> {
  const services = [
    ['backend', backend],
    ['celery', celery],
  ] as const;
  return {
    current: toTree<Known>(files, null),
    facts: {
      cpus: 2,
      memoryBytes: 1,
      database: {
        maxConnections: null,
        reserved: null,
        inUse: null,
        source: 'profile',
        measuredAt: null,
        boundBy: 'server',
        product: null,
        version: null,
        sameHost: null,
        idle: null,
        pooler: null,
      },
      versions: { python: null, uvicorn: null, celery: null, sqlalchemy: null, redis: null, compose: null },
      limits: [],
      processBytes: {},
      redisServer: null,
      services: services.map(
        ([role, settings]): PlanService => ({
          role,
          name: role,
          runtime: 'compose',
          state: 'running',
          code: 'baked',
          program: null,
          workers: null,
          pool: null,
          settings: toTree<Known>(settings, null),
          why: null,
        }),
      ),
    },
  };
}

describe('what the processes have otherwise than the files', () => {
  it('is told for each service', () => {
    const found = differencesOf(planOf({ 'db.pool_size': 20 }, { 'db.pool_size': 5 }, { 'db.pool_size': 20 }));
    expect(found).toEqual([{ setting: 'db.pool_size', service: 'backend', file: 20, processes: 5 }]);
  });

  it('is nothing where a file that says nothing leaves the default', () => {
    expect(
      differencesOf(planOf({}, { 'db.pool_size': 5, 'web.workers': 1, 'redis.max_connections': 2 ** 31 })),
    ).toEqual([]);
    expect(differencesOf(planOf({}, { 'web.workers': 3 }))).toMatchObject([{ file: null, processes: 3 }]);
  });

  it('is not guessed where one of them can not be told', () => {
    const doubtful = { unresolved: 'why' };
    expect(differencesOf(planOf({ 'web.workers': doubtful }, { 'web.workers': 3 }))).toEqual([]);
    expect(differencesOf(planOf({ 'web.workers': 2 }, { 'web.workers': doubtful }))).toEqual([]);
  });

  it('is not asked of a service that has no such setting', () => {
    expect(differencesOf(planOf({ 'celery.pool': 'prefork' }, { 'celery.pool': 'solo' }, {}))).toEqual([]);
  });
});
