import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../../src/profile/parse.js';
import { capacityOf, networkOf } from '../../../src/size/capacity.js';
import { type Network, solve } from '../../../src/size/network/network.js';
import { recommend } from '../../../src/size/recommend.js';
import { limitOf } from '../profiles.js';
import { simulate } from './simulation.js';

const HOUR = 3_600_000;
const server: Network = {
  thinkMs: HOUR,
  instances: 1,
  workers: 1,
  cores: 1,
  webMs: 10,
  connections: Number.POSITIVE_INFINITY,
  database: { ms: 0, servers: 1 },
  lineMs: 0,
};

const off = (a: number, b: number) => Math.abs(100 * (a / b - 1));

describe('with more people than can be told apart', () => {
  it.each([
    [0.3, 1],
    [0.5, 1],
    [0.8, 4],
  ])('a server with the load %d is that of an open queue within %d per cent', (load, within) => {
    const { throughput, meanMs, p95Ms } = solve(server, (load * HOUR) / server.webMs);
    const mean = server.webMs / (1 - load);
    expect(off(throughput, load / server.webMs)).toBeLessThan(0.1);
    expect(off(meanMs, mean)).toBeLessThan(within);
    expect(off(p95Ms, -Math.log(0.05) * mean)).toBeLessThan(within);
  });

  it('a server that never rests makes all wait who do not think', () => {
    const users = 1_000_000;
    const { throughput, meanMs, p95Ms } = solve(server, users);
    expect(throughput).toBeCloseTo(1 / server.webMs, 9);
    expect(meanMs).toBeCloseTo(users * server.webMs - HOUR, 0);
    expect(off(p95Ms, meanMs)).toBeLessThan(1);
    expect(p95Ms).toBeGreaterThan(meanMs);
  });

  it('the curve goes on where it was counted one by one', () => {
    const guide: Network = {
      ...server,
      thinkMs: 9000,
      workers: 2,
      cores: 2,
      connections: 50,
      database: { ms: 2, servers: 2 },
    };
    const points = [1900, 1999, 2000, 2001, 2100].map((users) => solve(guide, users));
    points.slice(1).forEach(({ throughput, meanMs, p95Ms }, index) => {
      expect(throughput).toBeGreaterThanOrEqual((points[index]?.throughput ?? 0) * (1 - 1e-6));
      expect(meanMs).toBeGreaterThanOrEqual((points[index]?.meanMs ?? 0) * (1 - 1e-6));
      expect(p95Ms).toBeGreaterThanOrEqual((points[index]?.p95Ms ?? 0) * (1 - 1e-6));
    });
  });

  it('no more of them are looked at, however many there are', () => {
    expect(solve(server, 1_000_000).met.length).toBeLessThanOrEqual(1000);
  });

  it('the capacity of a machine for people who come once an hour is found within three per cent', () => {
    const { users } = capacityOf(server, 100);
    // By the open queue: 95 of 100 within 100 ms while the mean is 100 / 3.0 ms.
    const load = 1 - (server.webMs * -Math.log(0.05)) / 100;
    expect(off(users[1], (load * HOUR) / server.webMs)).toBeLessThan(3);
  });
});

describe('with more workers than can be told apart', () => {
  it.each([
    [40, 3, 18],
    [60, 1, 4],
  ])('%i people on a few cores come near a simulation', (users, throughput, response) => {
    const many: Network = { ...server, thinkMs: 900, workers: 20, cores: 4, webMs: 100, connections: 50 };
    const [solved, simulated] = [solve(many, users), simulate(many, users, 60_000, 7)];
    expect(off(solved.throughput, simulated.throughput)).toBeLessThan(throughput);
    expect(off(solved.meanMs, simulated.meanMs)).toBeLessThan(response);
    expect(off(solved.p95Ms, simulated.p95Ms)).toBeLessThan(response);
  });
});

describe('the largest profile that can be written', () => {
  const text = (rest: string) =>
    `users: {min: 1, max: 1000000}\nserver: {cpus: 1024, memory: 4000GB}\nworkload: {thinkTime: 1h}\n${rest}`;
  const facts = {
    database: limitOf(1e9),
    descriptors: 1e8,
    redis: { maxClients: 1e9, inUseByOthers: 0 },
  };

  it.each(['basis: rule', 'basis: model'])('is sized or refused, and told its capacity, by %s', (basis) => {
    const profile = parseProfile(text(basis), 'largest.yaml');
    const { recommended } = recommend({ profile, facts, overrides: {}, allowOverBudget: true });
    const network = networkOf(profile, recommended, profile.server);
    const capacity = network === null ? null : capacityOf(network, profile.slo.p95Ms);
    expect(capacity?.users[1]).toBeGreaterThan(100_000);
  });
});
