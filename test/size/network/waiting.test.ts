import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flow, type Network, solve } from '../../../src/size/network/network.js';

const network = fc.record({
  thinkMs: fc.constantFrom(0, 1, 50, 900, 30_000),
  instances: fc.integer({ min: 1, max: 2 }),
  workers: fc.integer({ min: 1, max: 3 }),
  cores: fc.integer({ min: 1, max: 2 }),
  webMs: fc.constantFrom(0.5, 5, 20, 100),
  connections: fc.constantFrom(1, 2, 15, 50),
  database: fc.record({ ms: fc.constantFrom(0, 2, 40), servers: fc.integer({ min: 1, max: 4 }) }),
  lineMs: fc.constantFrom(0, 10),
});
const people = fc.integer({ min: 1, max: 60 });
const sum = (chances: Float64Array) => chances.reduce((total, each) => total + each, 0);

describe("waiting for Python's lock", () => {
  it('is nothing for who never changes hands, and nothing for who is alone', () => {
    fc.assert(
      fc.property(network, people, (given, users) => {
        expect(solve({ ...given, lockWaits: 0 }, users)).toEqual(solve(given, users));
        const alone = solve({ ...given, workers: 1, instances: 1, lockWaits: 13 }, 1);
        expect(alone.meanMs).toBeCloseTo(given.webMs + given.database.ms + given.lineMs, 6);
      }),
      { numRuns: 60 },
    );
  });

  it('makes answers later, and holds up nobody who works', () => {
    fc.assert(
      fc.property(network, people, fc.integer({ min: 1, max: 40 }), (given: Network, users, lockWaits) => {
        const [without, late] = [solve(given, users), solve({ ...given, lockWaits }, users)];
        expect(late.meanMs).toBeGreaterThanOrEqual(without.meanMs * (1 - 1e-6));
        expect(late.throughput).toBeLessThanOrEqual(without.throughput * (1 + 1e-6));
        const most = (given.instances * Math.min(given.workers, given.cores)) / given.webMs;
        expect(late.throughput).toBeLessThanOrEqual(most * (1 + 1e-9));
      }),
      { numRuns: 120 },
    );
  });

  it.each([
    [1, 13],
    [5, 13],
    [100, 1000],
  ])('leaves a worker whole that never rests, with requests of %i ms that wait %i times', (webMs, lockWaits) => {
    const one = { thinkMs: 900, instances: 1, workers: 1, cores: 1, lineMs: 0, database: { ms: 0, servers: 1 } };
    const busy = { ...one, webMs, lockWaits, connections: Number.POSITIVE_INFINITY };
    const knee = 1 + one.thinkMs / webMs;
    for (const times of [2, 4, 20]) {
      expect(solve(busy, Math.round(knee * times)).throughput * webMs).toBeGreaterThan(0.9);
    }
  });

  it('counts everybody once: the chances of all numbers inside sum up to one, and what they hold to no more than the pools', () => {
    fc.assert(
      fc.property(network, people, fc.integer({ min: 0, max: 40 }), (given: Network, users, lockWaits) => {
        const seen = flow({ ...given, lockWaits }, users);
        expect(sum(seen.inside)).toBeCloseTo(1, 6);
        expect(sum(seen.met)).toBeCloseTo(1, 6);
        expect(seen.held).toBeLessThanOrEqual(given.instances * given.workers * given.connections * (1 + 1e-9));
        expect(seen.reached.every((answers) => answers >= 0)).toBe(true);
      }),
      { numRuns: 120 },
    );
  });
});
