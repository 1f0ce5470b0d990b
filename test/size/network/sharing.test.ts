import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Network, solve } from '../../../src/size/network/network.js';
import { simulate } from './simulation.js';

const guide: Network = {
  thinkMs: 900,
  instances: 1,
  workers: 2,
  cores: 2,
  webMs: 100,
  connections: 50,
  database: { ms: 20, servers: 2 },
  lineMs: 13.3,
};

/** All of the database's time is work on the cores of the workers. */
function together(network: Partial<Network>, otherCores = 0): Network {
  const merged = { ...guide, ...network };
  return { ...merged, shared: { databaseMs: merged.database.ms, otherCores } };
}

const anyNetwork = fc
  .record({
    thinkMs: fc.nat(3000),
    workers: fc.integer({ min: 1, max: 4 }),
    cores: fc.integer({ min: 1, max: 4 }),
    webMs: fc.integer({ min: 5, max: 500 }),
    database: fc.record({ ms: fc.integer({ min: 1, max: 20 }), servers: fc.integer({ min: 1, max: 4 }) }),
    lineMs: fc.nat(50),
  })
  // Queries of up to four fifths of a worker's work: for more of it the solver is no more than a hint.
  .map(({ database, ...parts }) =>
    together({ ...parts, database: { ...database, ms: (parts.webMs * database.ms) / 25 } }),
  );

describe('with the database on the cores of the web workers', () => {
  it('nothing is slower for somebody who is alone', () => {
    const alone = solve(together({}), 1);
    expect(alone.meanMs).toBeCloseTo(133.3, 6);
  });

  it('no more gets done than the cores can do of both', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const { cores, webMs, database } = network;
        for (const users of [1, 2, 5, 21, 144]) {
          const { throughput } = solve(network, users);
          expect(throughput).toBeLessThanOrEqual((cores / (webMs + database.ms)) * (1 + 1e-6));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('no more gets done than with the database elsewhere, and more users never get less done up to the knee', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const { shared: _, ...apart } = network;
        const { thinkMs, workers, cores, webMs, database, lineMs } = network;
        const most = Math.min(
          workers / webMs,
          cores / (webMs + database.ms),
          database.servers / database.ms,
          1 / lineMs,
        );
        const knee = (thinkMs + webMs + database.ms + lineMs) * most;
        let before = 0;
        for (const users of [1, 2, 3, 5, 8, 13]) {
          const { throughput } = solve(network, users);
          expect(throughput).toBeLessThanOrEqual(solve(apart, users).throughput * (1 + 1e-6));
          expect(throughput).toBeGreaterThanOrEqual(before * (1 - (users <= knee ? 1e-6 : 2e-2)));
          before = throughput;
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is what it was where nothing is shared, and where several instances ask one database', () => {
    expect(solve({ ...guide, shared: { databaseMs: 0, otherCores: 0 } }, 24)).toEqual(solve(guide, 24));
    const fleet = { ...guide, instances: 3 };
    expect(solve({ ...fleet, shared: { databaseMs: 20, otherCores: 0 } }, 24)).toEqual(solve(fleet, 24));
  });

  it('takes what celery and Redis use off the cores', () => {
    const most = solve(together({}, 0.5), 200).throughput;
    expect(most).toBeCloseTo(1.5 / 120, 5);
  });
});

/** Throughput, mean and 95th percentile, in per cent. */
type Tolerance = readonly [throughput: number, mean: number, p95: number];

const CASES: readonly (readonly [what: string, network: Network, users: number, within: Tolerance])[] = [
  ['the guide', together({}), 24, [1, 3, 4]],
  ['the guide, far beyond', together({}), 60, [1, 2, 3]],
  ['one worker', together({ workers: 1 }), 12, [1, 4, 4]],
  ['four workers on two cores', together({ workers: 4 }), 24, [1, 5, 4]],
  ['queries of half the work', together({ workers: 3, database: { ms: 60, servers: 2 } }), 24, [3, 5, 10]],
  ['queries of half the work, far beyond', together({ workers: 3, database: { ms: 60, servers: 2 } }), 60, [1, 2, 3]],
  ['queries of as much work', together({ database: { ms: 100, servers: 2 }, lineMs: 0 }), 24, [2, 4, 4]],
  ['queries of as much work, far beyond', together({ database: { ms: 100, servers: 2 }, lineMs: 0 }), 60, [1, 2, 3]],
  [
    'queries of as much work on one core',
    together({ workers: 1, cores: 1, database: { ms: 100, servers: 1 }, lineMs: 0 }),
    20,
    [2, 3, 5],
  ],
  [
    'queries of twice the work, far beyond',
    together({ webMs: 50, database: { ms: 100, servers: 2 }, lineMs: 0 }),
    40,
    [6, 8, 18],
  ],
  [
    'queries of as much work, and two workers for each core, far beyond',
    together({ workers: 4, database: { ms: 100, servers: 2 }, lineMs: 0 }),
    40,
    [5, 7, 23],
  ],
  ['one core for everything', together({ workers: 1, cores: 1, database: { ms: 40, servers: 2 } }), 8, [1, 3, 5]],
  [
    'quick requests, and queries side by side',
    together({ workers: 4, webMs: 35, database: { ms: 20, servers: 8 }, lineMs: 0 }),
    40,
    [2, 5, 8],
  ],
  ['celery beside it', together({}, 0.5), 24, [1, 3, 5]],
];

describe('the solver agrees with a simulation of shared cores', () => {
  it.each(CASES)('of %s', (_, network, users, [throughput, mean, p95]) => {
    const solved = solve(network, users);
    const simulated = simulate(network, users, 100_000, 7);
    const off = (a: number, b: number) => Math.abs(100 * (a / b - 1));
    expect(off(solved.throughput, simulated.throughput)).toBeLessThan(throughput);
    expect(off(solved.meanMs, simulated.meanMs)).toBeLessThan(mean);
    expect(off(solved.p95Ms, simulated.p95Ms)).toBeLessThan(p95);
  });
});

/**
 * A real stack with PostgreSQL on the same two cores: 100 users without a pause, queries that sleep for 100 ms. One worker
 * alone answers 212 requests a second, so that a request costs it 4.7 ms; two answer 291, so that all else costs 2.2 ms.
 */
describe('on the sweep that was measured on two cores', () => {
  const measured: Network = { ...guide, thinkMs: 0, webMs: 4.7, lineMs: 0, database: { ms: 102.2, servers: 1000 } };
  const apart = (workers: number, connections: number) => ({ ...measured, workers, connections });
  const onCores = (workers: number, connections: number) => ({
    ...apart(workers, connections),
    shared: { databaseMs: 2.2, otherCores: 0 },
  });
  const off = (network: Network, seen: number) => Math.abs(100 * ((1000 * solve(network, 100).throughput) / seen - 1));

  it.each([
    [1, 15, 132, 3],
    [1, 50, 212, 5],
    [2, 15, 221, 15],
    [2, 50, 291, 2],
    [2, 40, 308, 8],
  ])('%i workers with %i connections each come near', (workers, connections, seen, within) => {
    expect(off(onCores(workers, connections), seen)).toBeLessThan(within);
  });

  it.each([
    [2, 15, 221],
    [2, 50, 291],
    [2, 40, 308],
  ])('%i workers with %i connections each are nearer than without', (workers, connections, seen) => {
    expect(off(onCores(workers, connections), seen)).toBeLessThan(0.7 * off(apart(workers, connections), seen));
  });
});
