import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Machine, onEachSuite } from './machine.js';
import { Rehearsal, type Step } from './rehearsal.js';
import { configuration, machineForSites, Site, STAGES, site } from './site.js';

const REHEARSAL_MS = 400_000;
const HANDOFF = 'handoff: socket';
const COLUMN = 'socket';
const SOCKET = '/etc/systemd/system/action-backend.socket';
/** What stands between the end of the old process and the socket unit. */
const SMALL_MS = 1500;

onEachSuite('a port that systemd holds', (suite) => {
  let server: Machine;
  let adoption: Step;
  let others: readonly Step[] = [];
  let last: Step;
  let before: readonly string[];
  let between: readonly string[];
  let after: readonly string[];
  let sockets: { readonly adopted: string; readonly left: string };

  beforeAll(async () => {
    server = await machineForSites(suite);
    const here = await site(server, 'systemd', HANDOFF);
    const socket = async () => (await server.exec('systemctl is-enabled action-backend.socket')).stdout.trim();
    before = await here.everything();
    const rehearsal = new Rehearsal(here, [], COLUMN);
    await rehearsal.announce();
    const [first, ...rest] = STAGES;
    adoption = await rehearsal.apply(first);
    const adopted = `${await socket()} ${await server.read('systemctl is-active action-backend.socket')}`;
    const grown = new Site(server, await configuration(`${HANDOFF}\nsettings: { db.pool_size: 15 }`));
    const growing = new Rehearsal(grown, [], COLUMN);
    others = [
      ...(await rehearsal.each('apply', rest)),
      await growing.apply(first),
      await growing.rollbackNewest(first),
      ...(await rehearsal.each('rollback', rest.toReversed())),
    ];
    between = await here.everything();
    last = await rehearsal.rollback(first);
    after = await here.everything();
    sockets = { adopted, left: await socket() };
  }, REHEARSAL_MS);
  afterAll(() => server?.remove());

  it('is taken over once, with a small gap that was announced', () => {
    expect(sockets.adopted).toBe('enabled active');
    const { expectedGapMs, load } = adoption;
    expect(expectedGapMs).toBeGreaterThan(0);
    expect(expectedGapMs).toBeLessThanOrEqual(SMALL_MS);
    expect(load.gapMs).toBeLessThanOrEqual(SMALL_MS);
    expect(load.failed).toBe(0);
  });

  it('loses nothing from then on, in any stage, forth and back', () => {
    expect(others).toHaveLength(8);
    const shown = others.map(({ kind, stage, load }) => [kind, stage, load.lost, load.failed]);
    expect(shown).toEqual(others.map(({ kind, stage }) => [kind, stage, 0, 0]));
    expect(others[1]?.after.workers).toBe(2);
    expect(others.at(-1)?.after.workers).toBe(1);
  });

  it('is given back with the stage that took it, and the socket unit is gone', () => {
    expect(between.join()).toContain(SOCKET);
    expect(last.load.failed).toBe(0);
    expect(after).toEqual(before);
    expect(sockets.left).not.toMatch(/enabled/);
  });
});
