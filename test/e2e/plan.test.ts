import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { planDocument } from '../../src/plan/document.js';
import { project, STAGES } from './support.js';

const LIMIT = ['--max-connections', '500'];

describe('plan --json', () => {
  it('holds every key of the contract, and for department-20-50 exactly the numbers of the guide', async () => {
    const site = await project();
    const { code, stdout } = await site.run('plan', '--json', ...LIMIT);
    expect(code).toBe(0);
    const plan = planDocument.parse(JSON.parse(stdout));
    expect(plan.recommended).toEqual({
      db: { poolSize: 20, maxOverflow: 30, poolTimeout: 30, poolPrePing: true, poolRecycle: 3600 },
      redis: { maxConnections: 50 },
      web: { workers: 2 },
      celery: { pool: 'prefork', concurrency: 2 },
    });
    expect(plan.current.celery).toEqual({ pool: 'solo', concurrency: null });
    expect(plan.stages.map(({ name }) => name)).toEqual(STAGES);
    expect(plan.target).toMatchObject({ transport: 'local', runtime: 'none', root: site.root });
    expect(plan.facts.database).toMatchObject({ maxConnections: 500, source: 'flag' });
    expect(plan.budget.database).toMatchObject({ limit: 500, ceiling: 200, fits: true });
    expect(plan.capacity).toMatchObject({ before: { bottleneck: 'web-workers' }, after: { bottleneck: 'server' } });
    expect(plan.capacity.before?.users).toEqual([10, 15]);
    expect(plan.capacity.after.users).toEqual([20, 30]);
  });

  it('writes nothing on the target, and is the same the second time', async () => {
    const site = await project();
    const before = await site.everything();
    const first = await site.run('plan', '--json', ...LIMIT);
    const second = await site.run('plan', '--json', ...LIMIT);
    expect(second.stdout).toBe(first.stdout);
    expect(await site.everything()).toEqual(before);
  });

  it('marks a limit that nobody measured as assumed', async () => {
    const site = await project();
    const plan = planDocument.parse(JSON.parse((await site.run('plan', '--json')).stdout));
    expect(plan.facts.database.source).toBe('profile');
    expect(plan.warnings).toContainEqual(expect.objectContaining({ code: 'limit-assumed' }));
  });

  it('only changes bytes of the values it names: the edits lead from one hash to the other', async () => {
    const site = await project();
    const plan = planDocument.parse(JSON.parse((await site.run('plan', '--json')).stdout));
    const [pool] = plan.stages;
    expect(pool?.files).toHaveLength(1);
    expect(pool?.files[0]).toMatchObject({ role: 'database', created: false });
    expect(pool?.files[0]?.diff).toMatch(/^\+engine = .*pool_size=20, max_overflow=30/m);
    expect(pool?.changes.map(({ setting, to }) => [setting, to])).toEqual([
      ['db.pool_size', 20],
      ['db.max_overflow', 30],
      ['db.pool_timeout', 30],
      ['db.pool_pre_ping', true],
      ['db.pool_recycle', 3600],
    ]);
  });

  it('takes the numbers down, with the reason, where the database allows fewer', async () => {
    const site = await project();
    const plan = planDocument.parse(JSON.parse((await site.run('plan', '--json', '--max-connections', '100')).stdout));
    const { poolSize, maxOverflow } = plan.recommended.db;
    expect(Number(poolSize) + Number(maxOverflow)).toBeLessThan(50);
    expect(plan.budget.database).toMatchObject({ limit: 100, fits: true });
    expect(plan.reasons.map(({ bound }) => bound)).toContain('connections');
  });
});

it('says no version of the machine where no service could be asked', async () => {
  const site = await project();
  const packages = site.path('backend/venv/lib/python3.13/site-packages');
  await mkdir(`${packages}/uvicorn-0.51.0.dist-info`, { recursive: true });
  const plan = planDocument.parse(JSON.parse((await site.run('plan', '--json', '--out', 'saved')).stdout));
  const unknown = { python: null, uvicorn: null, celery: null, sqlalchemy: null, redis: null };
  expect(plan.facts.versions).toMatchObject(unknown);
  expect(JSON.parse(await site.read('saved'))).toMatchObject({ plans: [{ facts: { versions: unknown } }] });
  expect((await site.run('plan')).stdout).not.toMatch(/python 3|uvicorn 0/);
});

describe('plan --stage and apply --stage', () => {
  it('speak of the chosen stages alone, and name what is still to apply', async () => {
    const site = await project();
    const others = 'Still to apply: redis-pool, uvicorn-workers, celery-workers.';
    const first = await site.run('plan', '--stage', 'db-pool');
    expect(first.stdout).toContain(`1 of 1 stages to apply. ${others} Next:\n`);
    expect(await site.run('apply', '--stage', 'db-pool', '--yes')).toMatchObject({ code: 0 });
    const plan = await site.run('plan', '--stage', 'db-pool');
    expect(plan.stdout).toMatch(`Nothing to change: db-pool is as recommended. ${others}\n`);
    const apply = await site.run('apply', '--stage', 'db-pool', '--yes');
    expect(apply.stdout).toMatch(`Nothing was changed: db-pool is as recommended. ${others}\n`);
    expect(await site.run('apply', '--all', '--yes')).toMatchObject({ code: 0 });
    const both = await site.run('plan', '--stage', 'db-pool', '--stage', 'redis-pool');
    expect(both.stdout).toMatch(/Nothing to change: db-pool, redis-pool are as recommended\.\n$/);
    expect((await site.run('apply', '--all', '--yes')).stdout).toContain(
      'Nothing was changed: every setting is as recommended.',
    );
  });
});

describe('plan --check', () => {
  it('is exit 10 with something to change, and 0 without', async () => {
    const site = await project();
    expect((await site.run('plan', '--check')).code).toBe(10);
    expect((await site.run('apply', '--all', '--yes')).code).toBe(0);
    const after = await site.run('plan', '--check');
    expect(after).toMatchObject({ code: 0 });
    expect(after.stdout).toContain('Nothing to change');
  });
});
