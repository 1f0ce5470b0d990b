import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../src/errors.js';
import { parseProfile } from '../../src/profile/parse.js';
import type { Found } from '../../src/settings.js';
import { capacityOf, networkOf } from '../../src/size/capacity.js';
import { type Network, solve } from '../../src/size/network/network.js';
import { recommend } from '../../src/size/recommend.js';
import type { SizingInput } from '../../src/size/sizing.js';
import { limitOf, shipped } from './profiles.js';

/** Two cores and 50-60 people: where more workers than cores were seen to answer faster. */
function own(users: number, rest = ''): SizingInput {
  const text = `
users: { min: 1, max: ${users} }
server: { cpus: 2, memory: 4GB }
workload: { thinkTime: 0.9s, demand: { web: 30ms, database: 8ms } }
slo: { p95: 500ms }
${rest}`;
  return { profile: parseProfile(text, 'own.yaml'), facts: { database: limitOf(500) }, overrides: {} };
}

describe('by the model', () => {
  it.each([50, 60])('three or four workers beat two by 10 to 30 per cent on two cores with %i users', (users) => {
    const { profile } = own(users);
    const p95 = (workers: number) => {
      const settings = { 'web.workers': workers, 'db.pool_size': 20, 'db.max_overflow': 10 };
      return solve(networkOf(profile, settings, profile.server) as Network, users).p95Ms;
    };
    for (const workers of [3, 4]) {
      expect(p95(workers) / p95(2)).toBeGreaterThan(0.7);
      expect(p95(workers) / p95(2)).toBeLessThan(0.9);
    }
    const { basis, recommended } = recommend(own(users));
    expect(basis).toBe('model');
    expect(Number(recommended['web.workers'])).toBeGreaterThanOrEqual(3);
  });

  it('says what came second and what it would cost', () => {
    const { runnerUp, recommended } = recommend(own(60));
    expect(runnerUp?.setting).toBe('web.workers');
    expect(runnerUp?.value).not.toBe(recommended['web.workers']);
    expect(runnerUp?.because).toMatch(/instead of \d+ ms for 60 users \([+-]?\d+ %\), .*memory.*connections/);
  });

  it('counts the parent process with the memory of what came second', () => {
    const { runnerUp, recommended } = recommend(own(1));
    expect([recommended['web.workers'], runnerUp?.value]).toEqual([1, 2]);
    // A worker of 300 MB, and the parent of 30 that comes with it.
    expect(runnerUp?.because).toContain('330 MB of memory more');
  });

  it('sizes the pools by what a worker needs at once', () => {
    const { recommended, reasons } = recommend(own(50));
    expect(Number(recommended['db.pool_size'])).toBeLessThan(20);
    expect(reasons.find(({ setting }) => setting === 'db.pool_size')).toMatchObject({
      basis: 'model',
      bound: 'objective',
    });
    expect(reasons.find(({ setting }) => setting === 'celery.concurrency')).toMatchObject({ basis: 'rule' });
  });

  it('leaves one person the connections for all that a browser asks at once, and makes nothing worse', () => {
    const { profile, ...rest } = own(1);
    const current = { 'db.pool_size': 5, 'db.max_overflow': 10, 'web.workers': 1 };
    const { recommended } = recommend({ ...rest, profile, current });
    expect(Number(recommended['db.pool_size']) + Number(recommended['db.max_overflow'])).toBeGreaterThanOrEqual(6);
    const capacity = (settings: Found) =>
      capacityOf(networkOf(profile, settings, profile.server) as Network, profile.slo.p95Ms);
    expect(capacity(recommended).bottleneck).not.toBe('database-pool');
    expect(capacity(recommended).users[1]).toBeGreaterThanOrEqual(capacity(current).users[1]);
  });

  it('stays within the connections and the memory', () => {
    const tight = recommend({ ...own(60), facts: { database: limitOf(40) } });
    expect(tight.budget.database.fits).toBe(true);
    const small = recommend({ ...own(60), facts: { memoryBytes: 2.2e9, database: limitOf(500) } });
    expect(small.budget.memory.fits).toBe(true);
    expect(Number(small.recommended['web.workers'])).toBeLessThan(
      Number(recommend(own(60)).recommended['web.workers']),
    );
  });

  it('prefers fewer workers where more bring next to nothing', () => {
    expect(recommend(own(2)).recommended['web.workers']).toBeLessThanOrEqual(2);
  });

  it('refuses as the rules do where nothing fits', () => {
    expect(() => recommend({ ...own(60), facts: { database: limitOf(20) } })).toThrow(ProblemError);
  });

  it('is not asked by the shipped profiles, nor where a profile says so', () => {
    const plain = recommend({ profile: shipped('department-20-50'), facts: { database: limitOf(500) }, overrides: {} });
    expect(plain).toMatchObject({ basis: 'rule', runnerUp: null });
    expect(recommend(own(60, 'basis: rule'))).toMatchObject({ basis: 'rule', recommended: { 'web.workers': 2 } });
  });
});
