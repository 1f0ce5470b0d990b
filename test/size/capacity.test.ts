import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../src/profile/parse.js';
import type { Profile } from '../../src/profile/profile.js';
import type { Found } from '../../src/settings.js';
import { capacity, curve } from '../../src/size/capacity.js';
import { recommend } from '../../src/size/recommend.js';
import { meanResponse, slowerThan, throughput } from '../../src/size/repairman.js';
import { limitOf, shipped } from './profiles.js';

const department = shipped('department-20-50');
const guide: Found = { 'db.pool_size': 20, 'db.max_overflow': 30, 'web.workers': 2 };
const library: Found = { 'db.pool_size': null, 'db.max_overflow': null, 'web.workers': null };

function workload(thinkMs: number, demandMs: number): Profile {
  const demand = `{web: ${demandMs}ms, database: 0ms}`;
  const text = `users: {min: 1, max: 2}\nserver: {cpus: 4, memory: 4GB}\nworkload: {thinkTime: ${thinkMs}ms, demand: ${demand}}`;
  return parseProfile(text, 'any.yaml');
}

/** The same result by the plain definition: who waits on arrival, then a sum of that many services. */
function slowerByDefinition(users: number, thinkMs: number, demandMs: number, ms: number): number {
  const waiting = [1];
  for (let j = 1; j < users; j++) waiting.push(((waiting[j - 1] ?? 0) * (users - j) * demandMs) / thinkMs);
  const total = waiting.reduce((sum, weight) => sum + weight, 0);
  let term = Math.exp(-ms / demandMs);
  let erlangTail = 0;
  return waiting.reduce((sum, weight, j) => {
    erlangTail += term;
    term *= ms / demandMs / (j + 1);
    return sum + (weight / total) * erlangTail;
  }, 0);
}

describe('capacity', () => {
  it('gives what the guide says of its department, before and after', () => {
    expect(capacity(department, library)).toEqual({ users: [10, 15], bottleneck: 'database-pool' });
    expect(capacity(department, {})).toEqual({ users: [10, 15], bottleneck: 'database-pool' });
    const { recommended } = recommend({ profile: department, facts: { database: limitOf(500) }, overrides: {} });
    expect(capacity(department, recommended)).toEqual({ users: [20, 30], bottleneck: 'server' });
  });

  it('grows with the machine and with the instances', () => {
    expect(capacity(shipped('department-50-100'), { ...guide, 'web.workers': 4 })).toMatchObject({ users: [40, 60] });
    expect(capacity(shipped('fleet-100-200'), guide)).toMatchObject({ users: [80, 120] });
  });

  it('does not follow workers beyond the cores', () => {
    const { users } = capacity(department, { ...guide, 'web.workers': 8 }) ?? { users: [0, 0] };
    expect(users[1]).toBeLessThan(60);
  });

  it('is bound by a small pool, and not by one without limit', () => {
    expect(capacity(department, { ...guide, 'db.pool_size': 2, 'db.max_overflow': 0 })).toEqual({
      users: [4, 4],
      bottleneck: 'database-pool',
    });
    expect(capacity(department, { ...guide, 'db.max_overflow': -1 })?.bottleneck).toBe('server');
  });

  it('is not guessed where a setting is not resolved', () => {
    const unknown: Found = { ...guide, 'db.pool_size': { unresolved: 'from the environment' } };
    expect(capacity(department, unknown)).toBeNull();
    expect(curve(department, unknown, [1])).toEqual([]);
  });

  it('is where the curve meets the objective', () => {
    const [at, beyond] = curve(department, guide, [30, 31]);
    expect(at?.responseMs.p95).toBeLessThanOrEqual(department.slo.p95Ms);
    expect(beyond?.responseMs.p95).toBeGreaterThan(department.slo.p95Ms);
  });

  it('is nobody where not even one person is served within the objective', () => {
    const hasty = { ...department, slo: { p95Ms: 1 } };
    expect(capacity(hasty, guide)).toEqual({ users: [0, 0], bottleneck: 'server' });
  });

  it('is solved in no time for ten thousand people and far objectives', () => {
    const started = performance.now();
    expect(curve(department, guide, [1, 10, 100, 1000, 10_000])).toHaveLength(5);
    expect(capacity({ ...department, slo: { p95Ms: 3_600_000 } }, { ...guide, 'db.max_overflow': -1 })).not.toBeNull();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

const ms = fc.integer({ min: 1, max: 5000 });

describe('the curve', () => {
  it('is the closed form for one user', () => {
    fc.assert(
      fc.property(fc.nat(5000), ms, (thinkMs, demandMs) => {
        const [point] = curve(workload(thinkMs, demandMs), { 'web.workers': 1 }, [1]);
        expect(point?.throughput).toBeCloseTo(1000 / (thinkMs + demandMs), 6);
        expect(point?.responseMs.mean).toBeCloseTo(demandMs, 4);
        expect((point?.responseMs.p95 ?? 0) / demandMs).toBeCloseTo(Math.log(20), 6);
      }),
    );
  });

  it('never falls, stays within the asymptotic bounds, and answers ever more slowly', () => {
    fc.assert(
      fc.property(fc.nat(5000), ms, fc.integer({ min: 1, max: 4 }), (thinkMs, demandMs, workers) => {
        const points = curve(
          workload(thinkMs, demandMs),
          { 'web.workers': workers },
          Array.from({ length: 40 }, (_, index) => index + 1),
        );
        let before = { throughput: 0, p95: 0 };
        for (const { users, throughput: perSecond, responseMs } of points) {
          const most = Math.min(workers / demandMs, users / (thinkMs + demandMs)) * 1000;
          expect(perSecond).toBeLessThanOrEqual(most * (1 + 1e-9));
          expect(perSecond).toBeGreaterThanOrEqual(before.throughput * (1 - 1e-9));
          expect(responseMs.p95).toBeGreaterThanOrEqual(before.p95 * (1 - 1e-6));
          expect(responseMs.p95).toBeGreaterThan(responseMs.mean);
          before = { throughput: perSecond, p95: responseMs.p95 };
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the machine-repairman queue', () => {
  it('agrees with mean value analysis', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), ms, ms, (users, thinkMs, demandMs) => {
        let queue = 0;
        let response = 0;
        for (let n = 1; n <= users; n++) {
          response = demandMs * (1 + queue);
          queue = (n * response) / (thinkMs + response);
        }
        const worker = { users, thinkMs, demandMs };
        expect(throughput(worker) / (users / (thinkMs + response))).toBeCloseTo(1, 9);
        expect(meanResponse(worker) / response).toBeCloseTo(1, 6);
      }),
    );
  });

  it('agrees with the mixture of Erlang distributions that defines it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), ms, ms, fc.nat(20), (users, thinkMs, demandMs, services) => {
        const expected = slowerByDefinition(users, thinkMs, demandMs, services * demandMs);
        const found = slowerThan({ users, thinkMs, demandMs }, services * demandMs);
        expect(Math.abs(found - expected)).toBeLessThan(1e-9);
      }),
    );
  });

  it('stays a chance for millions of users', () => {
    const crowd = { users: 5_000_000, thinkMs: 900, demandMs: 100 };
    expect(throughput(crowd)).toBeCloseTo(1 / 100, 9);
    expect(slowerThan(crowd, 1)).toBeCloseTo(1, 6);
    expect(throughput({ users: 0, thinkMs: 900, demandMs: 100 })).toBe(0);
  });
});
