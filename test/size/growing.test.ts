import { describe, expect, it } from 'vitest';
import { AFTER_REQUESTS, grownTo, heldOf, sharesOf } from '../../src/size/growing.js';
import { flow, type Network } from '../../src/size/network/network.js';
import { type Service, turns } from './turns.js';

const EVERY = 50;

function networkOf({ thinkMs, webMs }: Service): Network {
  return {
    thinkMs,
    instances: 1,
    workers: 1,
    cores: 1,
    webMs,
    connections: EVERY,
    database: { ms: 0, servers: 1 },
    lineMs: 0,
    lockWaits: 13,
  };
}

const CASES: readonly (readonly [what: string, service: Service])[] = [
  ['half busy', { users: 25, thinkMs: 550, webMs: 11 }],
  ['half busy with long requests', { users: 25, thinkMs: 1100, webMs: 22 }],
  ['three quarters busy', { users: 50, thinkMs: 1800, webMs: 28 }],
  ['nearly idle', { users: 10, thinkMs: 1000, webMs: 20 }],
  ['at the knee', { users: 40, thinkMs: 900, webMs: 22 }],
];

describe('what pools hold agrees with workers that are acted out by the turns of Python', () => {
  it.each(CASES)('%s', (_, service) => {
    const network = networkOf(service);
    const seen = flow(network, service.users);
    const shares = sharesOf(network);
    const acted = turns(service, AFTER_REQUESTS, 40);
    const said = {
      open: grownTo(EVERY, seen, shares.out),
      redis: grownTo(EVERY, seen, shares.redis),
      busy: heldOf(seen, network),
      meanMs: service.users / seen.throughput - service.thinkMs,
    };
    expect(said.meanMs / acted.meanMs).toSatisfy((ratio: number) => Math.abs(ratio - 1) < 0.12);
    expect(said.open / acted.open).toSatisfy((ratio: number) => Math.abs(ratio - 1) < 0.12);
    expect(said.redis / acted.redis).toSatisfy((ratio: number) => Math.abs(ratio - 1) < 0.12);
    expect(said.busy / acted.busy).toSatisfy((ratio: number) => Math.abs(ratio - 1) < 0.25);
  });
});

describe('what a pool holds', () => {
  const network = networkOf({ users: 25, thinkMs: 550, webMs: 11 });
  const seen = flow(network, 25);

  it('is never more than its cap, than the people, or than is held for the whole time', () => {
    expect(grownTo(3, seen, 1)).toBeLessThanOrEqual(3);
    expect(grownTo(EVERY, seen, 1)).toBeLessThan(25);
    expect(grownTo(EVERY, seen, 0.3)).toBeLessThan(grownTo(EVERY, seen, 1));
  });

  it('is one connection where nobody ever meets another', () => {
    expect(grownTo(EVERY, flow(network, 1), 1)).toBeCloseTo(1, 6);
    expect(heldOf(flow(network, 1), network)).toBeCloseTo(11 / 561, 6);
  });

  it('is all of a pool that never rests, and then all of it is in use', () => {
    const dry = { ...network, thinkMs: 1, connections: 4, lockWaits: 0 };
    expect(grownTo(4, flow(dry, 40), sharesOf(dry).out)).toBeCloseTo(4, 2);
    expect(heldOf(flow(dry, 40), dry)).toBeCloseTo(4, 2);
  });
});
