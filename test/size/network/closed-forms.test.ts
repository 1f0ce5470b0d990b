import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Network, solve } from '../../../src/size/network/network.js';
import { meanResponse, slowerThan, throughput } from './repairman.js';

const ms = fc.integer({ min: 1, max: 5000 });

function network(parts: Partial<Network>): Network {
  return {
    thinkMs: 900,
    instances: 1,
    workers: 1,
    cores: 1,
    webMs: 100,
    connections: Number.POSITIVE_INFINITY,
    database: { ms: 0, servers: 1 },
    lineMs: 0,
    ...parts,
  };
}

/** Mean value analysis of fixed-rate stations, as the textbook has it. */
function meanValueAnalysis(users: number, thinkMs: number, demands: readonly number[]): number {
  let queues = demands.map(() => 0);
  let perMs = 0;
  for (let n = 1; n <= users; n++) {
    const responses = demands.map((demand, station) => demand * (1 + (queues[station] ?? 0)));
    perMs = n / (thinkMs + responses.reduce((sum, each) => sum + each, 0));
    queues = responses.map((response) => perMs * response);
  }
  return perMs;
}

/** The machine repairmen: people, so many servers, and a birth-death chain (M/M/c//N). */
function repairmen(users: number, servers: number, thinkMs: number, serviceMs: number): number {
  const weights = [1];
  for (let n = 1; n <= users; n++) {
    weights.push(((weights[n - 1] ?? 0) * (users - n + 1) * serviceMs) / (Math.min(n, servers) * thinkMs));
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight, n) => sum + (weight / total) * Math.min(n, servers), 0) / serviceMs;
}

describe('the solver equals the closed form', () => {
  it('for one user, who never waits', () => {
    fc.assert(
      fc.property(ms, ms, ms, ms, (thinkMs, webMs, databaseMs, lineMs) => {
        const alone = network({ thinkMs, webMs, lineMs, database: { ms: databaseMs, servers: 2 }, workers: 3 });
        const { meanMs, throughput: perMs } = solve(alone, 1);
        expect(meanMs / (webMs + databaseMs + lineMs)).toBeCloseTo(1, 6);
        expect(perMs * (thinkMs + webMs + databaseMs + lineMs)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('for one worker, M/M/1//N: throughput, mean and the 95th percentile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), ms, ms, (users, thinkMs, webMs) => {
        const found = solve(network({ thinkMs, webMs }), users);
        const exact = { users, thinkMs, demandMs: webMs };
        expect(found.throughput / throughput(exact)).toBeCloseTo(1, 8);
        expect(Math.abs(found.meanMs - meanResponse(exact))).toBeLessThan(1e-6 * (thinkMs + found.meanMs));
        expect(slowerThan(exact, found.p95Ms)).toBeCloseTo(0.05, 5);
      }),
    );
  });

  it('for several workers with as many people each, which are as many queues of their own', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 4 }),
        ms,
        ms,
        (users, workers, thinkMs, webMs) => {
          const found = solve(network({ thinkMs, webMs, workers, cores: workers }), users * workers);
          expect(found.throughput / (workers * throughput({ users, thinkMs, demandMs: webMs }))).toBeCloseTo(1, 8);
        },
      ),
    );
  });

  it('for the worker, the database and the line in a row: mean value analysis', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), ms, ms, ms, ms, (users, thinkMs, webMs, databaseMs, lineMs) => {
        const found = solve(network({ thinkMs, webMs, lineMs, database: { ms: databaseMs, servers: 1 } }), users);
        expect(found.throughput / meanValueAnalysis(users, thinkMs, [webMs, databaseMs, lineMs])).toBeCloseTo(1, 8);
      }),
    );
  });

  it('for a pool before a database that is a delay, and for the servers of a database: machine repairmen', () => {
    const counts = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), counts, ms, ms, (users, servers, thinkMs, serviceMs) => {
        const parts = { thinkMs, webMs: 1e-6 };
        const exact = repairmen(users, servers, thinkMs, serviceMs);
        const unlimited = { ms: serviceMs, servers: Number.POSITIVE_INFINITY };
        const behindPool = solve(network({ ...parts, connections: servers, database: unlimited }), users);
        const behindServers = solve(network({ ...parts, database: { ms: serviceMs, servers } }), users);
        expect(behindPool.throughput / exact).toBeCloseTo(1, 5);
        expect(behindServers.throughput / exact).toBeCloseTo(1, 5);
      }),
    );
  });
});
