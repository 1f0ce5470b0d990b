import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Network, type Solution, solve } from '../../../src/size/network/network.js';

const ms = fc.integer({ min: 1, max: 2000 });
const few = fc.integer({ min: 1, max: 4 });

const anyNetwork = fc.record({
  thinkMs: fc.nat(5000),
  instances: fc.integer({ min: 1, max: 3 }),
  workers: fc.integer({ min: 1, max: 6 }),
  cores: few,
  webMs: ms,
  connections: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(Number.POSITIVE_INFINITY)),
  database: fc.record({ ms: fc.nat(500), servers: few }),
  lineMs: fc.nat(200),
});

/** No throughput is above the least of these: everybody without a wait, and each resource without a rest. */
function mostOf(network: Network, users: number): number {
  const { thinkMs, instances, workers, cores, webMs, connections, database, lineMs } = network;
  return Math.min(
    users / (thinkMs + webMs + database.ms + lineMs),
    (instances * Math.min(workers, cores)) / webMs,
    database.servers / database.ms,
    instances / lineMs,
    (instances * workers * connections) / (webMs + database.ms),
  );
}

/** Up to the knee and beyond. */
function line(network: Network): readonly Solution[] {
  return [1, 2, 3, 5, 8, 13, 21, 55, 144].map((users) => solve(network, users));
}

describe('for any network', () => {
  it('throughput and response time stay within the asymptotic bounds', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        for (const { users, throughput, meanMs } of line(network)) {
          const most = mostOf(network, users);
          expect(throughput).toBeLessThanOrEqual(most * (1 + 1e-6));
          expect(meanMs).toBeGreaterThanOrEqual((users / most - network.thinkMs) * (1 - 1e-6) - 1e-6);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('throughput is no less than if everybody always waited for everybody else', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const { thinkMs, webMs, cores, workers, database, lineMs } = network;
        const shared = webMs * Math.max(1, workers / cores);
        for (const { users, throughput } of line({ ...network, connections: Number.POSITIVE_INFINITY })) {
          const least = users / (thinkMs + users * (shared + database.ms + lineMs));
          expect(throughput).toBeGreaterThanOrEqual(least * (1 - 1e-6));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('more users never get less done before the knee, nor noticeably less beyond it, and never wait less', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const { thinkMs, webMs, database, lineMs } = network;
        const knee = (thinkMs + webMs + database.ms + lineMs) * mostOf(network, Number.POSITIVE_INFINITY);
        const points = line(network);
        points.slice(1).forEach((point, index) => {
          const before = points[index] as Solution;
          const slack = point.users <= knee ? 1e-6 : 1e-2;
          expect(point.throughput).toBeGreaterThanOrEqual(before.throughput * (1 - slack));
          expect(point.meanMs).toBeGreaterThanOrEqual(before.meanMs * (1 - slack));
        });
      }),
      { numRuns: 50 },
    );
  });

  it('the 95th percentile is above the mean, and connections in use are within the pools', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const pools = network.instances * network.workers * network.connections;
        for (const { users, meanMs, p95Ms, held } of line(network)) {
          expect(p95Ms).toBeGreaterThan(meanMs * 0.99);
          expect(held).toBeGreaterThan(0);
          expect(held).toBeLessThanOrEqual(Math.min(pools, users) * (1 + 1e-6));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('for ten thousand users', () => {
  it.each([1, 2, 4])('%i workers on two cores reach what two cores can do', (workers) => {
    const database = { ms: 20, servers: 2 };
    const network = {
      thinkMs: 900,
      instances: 1,
      cores: 2,
      webMs: 100,
      connections: 50,
      lineMs: 13,
      workers,
      database,
    };
    const { throughput, meanMs, p95Ms } = solve(network, 10_000);
    expect(throughput).toBeCloseTo(Math.min(workers, 2) / 100, 6);
    expect(meanMs).toBeCloseTo(10_000 / throughput - 900, 3);
    expect(p95Ms).toBeGreaterThan(meanMs);
  });
});
