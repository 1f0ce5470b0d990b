import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, machine, onEachSuite, type Runtime } from './machine.js';
import { Rehearsal, type Step } from './rehearsal.js';
import { configuration, Site, STAGES, type Seen, site } from './site.js';

const RUNTIMES: readonly Runtime[] = ['systemd', 'compose', 'compose-baked'];
/** Another value for three stages, once two web workers run. */
const GROWN = 'settings: { db.pool_size: 15, redis.max_connections: 60, web.workers: 3 }';
const GROWING = ['db-pool', 'redis-pool', 'uvicorn-workers'] as const;
const BACK = ['redis-pool', 'db-pool', 'celery-workers', 'uvicorn-workers'] as const;

/** What a client saw and what was said of it: of short gaps nobody can say more than that they are short. */
const SHORT_MS = 250;
function agree(said: number | null, seenMs: number): boolean {
  if (said === null) return false;
  return Math.max(said, seenMs) <= SHORT_MS || (said <= 2 * seenMs && seenMs <= 2 * said);
}

interface Rehearsed {
  readonly byHand: Step;
  readonly forth: readonly Step[];
  readonly verified: unknown;
  readonly status: unknown;
  readonly gitApplied: string;
  readonly applied: Seen;
  readonly grown: readonly Step[];
  readonly shrunk: readonly Step[];
  readonly back: readonly Step[];
}

onEachSuite('all four stages', (suite) => {
  let server: Machine;
  beforeAll(async () => {
    server = await machine(suite, 'bare');
  });
  afterAll(() => server?.remove());

  describe.each(RUNTIMES)('by %s', (runtime) => {
    /** Signals renew processes, and never what is in an image. */
    const signals = suite === 'trixie' && runtime !== 'compose-baked';
    let steps: readonly Step[] = [];

    it('rehearses', { timeout: 600_000 }, async () => {
      const here = await site(server, runtime);
      const rehearsal = new Rehearsal(here);
      steps = rehearsal.steps;
      await rehearsal.byHand();
      await rehearsal.announce();
      for (const stage of STAGES) await rehearsal.apply(stage);
      if (signals) {
        const grown = new Rehearsal(new Site(server, await configuration(GROWN)), rehearsal.steps);
        await grown.announce();
        for (const stage of GROWING) await grown.apply(stage);
        for (const stage of GROWING) await grown.rollback(stage);
      }
      for (const stage of BACK) await rehearsal.rollback(stage);
      console.table(steps.map(({ before, after, load, ...step }) => ({ ...step, lost: load.lost, sent: load.sent, late: load.late, failed: load.failed, gap: load.gapMs, max: load.latencyMs.max, from: before.workers, to: after.workers })));
      expect(steps.length).toBeGreaterThan(0);
    });
  });
});
