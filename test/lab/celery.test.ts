import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch, Machine } from './machine.js';
import { onEachSuite } from './machine.js';
import { machineForSites, STAGES, type Stage, site } from './site.js';

const TASKS = 500;
const TASK_SECONDS = 0.1;
/** So many must be left at the least, for some to be under way at the end of whatever comes next. */
const PLENTY = 300;
const BACK: readonly Stage[] = ['db-pool', 'redis-pool', 'uvicorn-workers', 'celery-workers'];

onEachSuite('tasks in flight', (suite) => {
  let server: Machine;
  beforeAll(async () => {
    server = await machineForSites(suite);
  });
  afterAll(() => server?.remove());

  describe.each(['systemd', 'compose'] as const)('by %s', (runtime) => {
    it('are all done, each once, whatever stage is applied or taken back meanwhile', { timeout: 400_000 }, async () => {
      const here = await site(server, runtime);
      const batches: Batch[] = [];
      const left = async () => {
        const reports = await Promise.all(batches.map((batch) => batch.report()));
        return reports.reduce((sum, { missing }) => sum + missing, 0);
      };
      const runs = [
        ...STAGES.map((stage) => ['apply', '--stage', stage]),
        ...BACK.map((stage) => ['rollback', '--stage', stage]),
      ];
      for (const run of runs) {
        if ((await left()) < PLENTY) batches.push(await server.tasks(TASKS, TASK_SECONDS));
        const before = await here.seen();
        await here.carry(...run);
        expect(await left(), `in flight after ${run.join(' ')}`).toBeGreaterThan(0);
        const touched = (await here.seen()).celery !== before.celery;
        expect(touched, `${run.join(' ')} has to do with celery`).toBe(!run.includes('uvicorn-workers'));
      }
      for (const batch of batches) {
        expect(await batch.settled()).toEqual({
          sent: TASKS,
          started: TASKS,
          finished: TASKS,
          missing: 0,
          repeated: 0,
          broken: 0,
        });
      }
    });
  });
});
