import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, onEachSuite, type Runtime } from './machine.js';
import { Rehearsal, type Step } from './rehearsal.js';
import { configuration, machineForSites, Site, STAGES, site } from './site.js';

const RUNTIMES: readonly Runtime[] = ['systemd', 'compose', 'compose-baked'];
const REHEARSAL_MS = 600_000;
/** Other values for the stages of the web service, once two of its workers run. */
const GROWN = 'settings: { db.pool_size: 15, redis.max_connections: 60, web.workers: 3 }';
const GROWING = ['db-pool', 'redis-pool', 'uvicorn-workers'] as const;
/** While two workers run there is nothing to lose by a pool; so these come first. */
const BACK = ['redis-pool', 'db-pool', 'celery-workers', 'uvicorn-workers'] as const;

/** Of the load client, each second. */
const RATE = 50;
/** A restart is a restart: with one worker it takes as long as the guide's, and half a second more where the cores are busy. */
const much = (guide: number) => 1.5 * guide + RATE / 2;

/** Of short gaps nobody can say more than that they are short. */
const SHORT_MS = 250;
const agree = (one: number | null, other: number) =>
  one !== null && (Math.max(one, other) <= SHORT_MS || (one <= 2 * other && other <= 2 * one));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const title = ({ kind, stage, before, after }: Step) =>
  `${kind} ${stage ?? ''} (${before.workers} to ${after.workers})`;
const losses = (steps: readonly Step[]) => steps.map((step) => [title(step), step.load.lost, step.load.failed]);
const nothing = (steps: readonly Step[]) => steps.map((step) => [title(step), 0, 0]);

onEachSuite('all four stages, and back', (suite) => {
  let server: Machine;
  beforeAll(async () => {
    server = await machineForSites(suite);
  });
  afterAll(() => server?.remove());

  describe.each(RUNTIMES)('by %s, at 50 requests a second', (runtime) => {
    /** Where uvicorn takes signals; and no signal changes what is in an image. */
    const signals = suite === 'trixie' && runtime !== 'compose-baked';
    const all: Step[] = [];
    let byHand: readonly Step[] = [];
    let forth: readonly Step[] = [];
    let grown: readonly Step[] = [];
    let back: readonly Step[] = [];
    let before: readonly string[];
    let after: readonly string[];
    let verified: { readonly targets: readonly unknown[] };
    let status: { readonly targets: readonly unknown[] };
    let changed: string;

    beforeAll(async () => {
      const here = await site(server, runtime);
      before = await here.everything();
      const rehearsal = new Rehearsal(here, all);
      const alone = await rehearsal.byHand();
      await rehearsal.announce();
      forth = await rehearsal.each('apply', STAGES);
      changed = await here.git('status', '--porcelain');
      verified = await here.ask('verify', '--check');
      status = await here.ask('status', '--check');
      byHand = [alone, await rehearsal.byHand()];
      if (signals) {
        const growing = new Rehearsal(new Site(server, await configuration(GROWN)), all);
        await growing.announce();
        grown = [
          ...(await growing.each('apply', GROWING)),
          ...(await growing.each('rollbackNewest', GROWING.toReversed())),
        ];
      }
      back = await rehearsal.each('rollback', BACK);
      after = await here.everything();
    }, REHEARSAL_MS);

    it('are effective in the processes by their own word, once applied', () => {
      expect(verified.targets).toMatchObject([{ effective: true }]);
      const stages = STAGES.map((name) => ({ name, applied: true, effective: true, drifted: [] }));
      expect(status.targets).toMatchObject([{ stages }]);
    });

    it('lead from one web worker and celery alone to two of each, and back', () => {
      expect(forth[0]?.before).toMatchObject({ workers: 1, children: 0 });
      expect(forth.at(-1)?.after).toMatchObject({ workers: 2, children: 2 });
      expect(back.at(-1)?.after).toMatchObject({ workers: 1, children: 0 });
    });

    it('change the files of the guide alone, and leave none of it behind', () => {
      const pools = [' M backend/app/core/database.py', ' M backend/app/core/redis_client.py'];
      const commands = runtime === 'systemd' ? [] : [' M docker/docker-compose.polardb.yml'];
      expect(changed.split('\n')).toEqual([...pools, ...commands]);
      expect(after).toEqual(before);
    });

    it('touch no service that they do not concern', () => {
      for (const step of all) {
        if (step.stage === 'uvicorn-workers') expect(step.after.celery, title(step)).toBe(step.before.celery);
        if (step.stage === 'celery-workers') expect(step.after.backend, title(step)).toBe(step.before.backend);
      }
    });

    it('lose no request by celery, whose tasks wait', () => {
      const celery = all.filter(({ stage }) => stage === 'celery-workers');
      expect(celery).toHaveLength(2);
      expect(losses(celery)).toEqual(nothing(celery));
    });

    if (signals) {
      it('lose no request where two web workers run before', () => {
        const kept = [...grown, ...back].filter((step) => step.before.workers >= 2 && step.after.workers >= 2);
        expect(grown.map((step) => step.after.workers)).toEqual([2, 2, 3, 2, 2, 2]);
        expect(kept).toHaveLength(GROWING.length * 2 + BACK.length - 1);
        expect(losses(kept)).toEqual(nothing(kept));
      });
    }

    it('lose less than the guide by hand in sum, and none of them much more', () => {
      const steps = [...forth, ...grown, ...back];
      const guide = steps.map((step) => byHand[step.after.workers < 2 ? 0 : 1]?.load.lost ?? 0);
      expect(guide).not.toContain(0);
      expect(sum(steps.map(({ load }) => load.lost + load.failed))).toBeLessThan(sum(guide));
      const more = steps.filter(({ load }, index) => load.lost > much(guide[index] ?? 0));
      expect(losses(more)).toEqual([]);
    });

    it('say in advance how long the gap will be, within a factor of 2', () => {
      const said = [...forth, ...grown.slice(0, GROWING.length)];
      const wrong = said.filter(({ expectedGapMs, load }) => !agree(expectedGapMs, load.gapMs));
      expect(wrong.map((step) => [title(step), step.expectedGapMs, step.load.gapMs])).toEqual([]);
    });

    it('say afterwards how long it was for clients', () => {
      const wrong = [...forth, ...grown, ...back].filter(
        ({ reportedGapMs, load }) => !agree(reportedGapMs, load.gapMs),
      );
      expect(wrong.map((step) => [title(step), step.reportedGapMs, step.load.gapMs])).toEqual([]);
    });
  });
});
