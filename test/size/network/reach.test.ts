import { describe, expect, it } from 'vitest';
import { grownTo } from '../../../src/size/growing.js';
import { flow, type Network } from '../../../src/size/network/network.js';
import { firstReached } from '../../../src/size/network/reach.js';
import { grown } from './simulation.js';

const quick: Network = {
  thinkMs: 650,
  instances: 1,
  workers: 2,
  cores: 2,
  webMs: 11,
  connections: 50,
  database: { ms: 2, servers: 2 },
  lineMs: 0,
};

const CASES: readonly (readonly [what: string, network: Network, users: number])[] = [
  ['half busy', quick, 50],
  ['one worker', { ...quick, workers: 1, cores: 1 }, 25],
  ['nearly idle', quick, 10],
  ['at the knee', quick, 100],
  ['far beyond', quick, 200],
  ['a database on the same cores', { ...quick, shared: { databaseMs: 2, otherCores: 0.3 } }, 50],
  ['a heavy database', { ...quick, database: { ms: 15, servers: 2 } }, 60],
];

describe('what was once needed at the same time', () => {
  it.each(CASES)('agrees with a simulation: %s', (_, network, users) => {
    const needed = grownTo(network.connections, flow(network, users), 1);
    const simulated = grown(network, users, 1000, 40);
    expect(Math.abs(needed / simulated - 1)).toBeLessThan(0.04);
  });

  it('is beyond at once what is never so low, and never what can not be reached', () => {
    expect([...firstReached(Float64Array.of(0, 0, 1, 0), () => 1)]).toEqual([0, 0, 0, Number.POSITIVE_INFINITY]);
  });

  it('is, of a queue without limit, reached after the time that is known in closed form', () => {
    // Up and down as often: from 0 to each number it takes 1, 3, 6, 10, ... steps up.
    const shares = new Float64Array(5).fill(1);
    expect([...firstReached(shares, () => 1)]).toEqual([0, 1, 3, 6, 10]);
  });
});
