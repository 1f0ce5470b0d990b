import { describe, expect, it } from 'vitest';
import { type Network, solve } from '../../../src/size/network/network.js';
import { simulate } from './simulation.js';

const REQUESTS = 100_000;
const SEED = 7;
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
const quick = { ...guide, webMs: 35, lineMs: 0 };
const many = { ms: 100, servers: 100 };

/** How far the solver may be off, in per cent: throughput, mean, 95th percentile. */
type Tolerance = readonly [throughput: number, mean: number, p95: number];

const CASES: readonly (readonly [what: string, network: Network, users: number, within: Tolerance])[] = [
  ['the guide, at the objective', guide, 30, [1, 3, 3]],
  ['the guide, one worker with one user more', guide, 21, [1, 3, 3]],
  ['the guide, far beyond', guide, 60, [1, 2, 3]],
  ['four workers on two cores', { ...guide, workers: 4 }, 30, [1, 3, 4]],
  ['three workers on two cores, not yet full', { ...guide, workers: 3 }, 24, [2, 5, 8]],
  ['four workers on two cores, quick requests', { ...quick, workers: 4 }, 60, [2, 8, 12]],
  ['a database that is the bottleneck', { ...guide, webMs: 20, database: { ms: 80, servers: 2 } }, 30, [2, 6, 13]],
  ['a line that is the bottleneck', { ...guide, webMs: 20, lineMs: 50 }, 30, [2, 5, 12]],
  ['a pool that is the bottleneck', { ...guide, webMs: 5, connections: 3, database: many, lineMs: 0 }, 60, [1, 3, 5]],
  [
    'a tight pool before a busy worker',
    { ...guide, webMs: 60, connections: 3, database: many, lineMs: 0 },
    30,
    [2, 5, 10],
  ],
  ['queues in turn, far beyond', { ...quick, workers: 1, webMs: 50, database: { ms: 50, servers: 1 } }, 40, [1, 2, 3]],
  ['a heavy database, far beyond', { ...quick, webMs: 50, database: { ms: 50, servers: 2 } }, 60, [2, 4, 4]],
  [
    'a heavy database and a heavy line',
    { ...guide, webMs: 50, lineMs: 25, database: { ms: 50, servers: 2 } },
    60,
    [3, 6, 8],
  ],
  ['a fleet on one database', { ...guide, instances: 4, database: { ms: 20, servers: 4 } }, 120, [1, 3, 3]],
];

/** The solver against the same network acted out, with the same seed every time. */
describe('the solver agrees with a simulation', () => {
  it.each(CASES)('of %s', (_, network, users, [throughput, mean, p95]) => {
    const solved = solve(network, users);
    const simulated = simulate(network, users, REQUESTS, SEED);
    const off = (a: number, b: number) => Math.abs(100 * (a / b - 1));
    expect(off(solved.throughput, simulated.throughput)).toBeLessThan(throughput);
    expect(off(solved.meanMs, simulated.meanMs)).toBeLessThan(mean);
    expect(off(solved.held, simulated.held)).toBeLessThan(mean);
    expect(off(solved.p95Ms, simulated.p95Ms)).toBeLessThan(p95);
  });

  it('on the sweep that was measured on a real stack: a pool that holds throughput down', () => {
    // 100 users without a pause, 100 ms asleep in the database, 4.7 ms of work: 132 and 212 requests a second were seen.
    const measured = { ...guide, thinkMs: 0, workers: 1, webMs: 4.7, database: { ms: 100, servers: 1000 }, lineMs: 0 };
    expect(solve({ ...measured, connections: 15 }, 100).throughput * 1000).toBeCloseTo(136, 0);
    expect(solve({ ...measured, connections: 50 }, 100).throughput * 1000).toBeCloseTo(213, 0);
  });
});
