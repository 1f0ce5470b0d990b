import { cpus } from 'node:os';
import { expect, it } from 'vitest';
import { COMPOSE, customConfig, DATABASE, project, REDIS, RESTART, STAGES } from './support.js';

const CUSTOM = customConfig({ restart: RESTART, check: 'true' });

it('one stage after the other: each changes its own file, restarts its own services, and shows in status', async () => {
  const site = await project('action', CUSTOM);
  for (const [index, stage] of STAGES.entries()) {
    const result = await site.run('apply', '--yes', '--json');
    expect(JSON.parse(result.stdout).targets).toMatchObject([
      { name: 'here', release: index + 1, stage, outcome: 'applied', activation: { kind: 'custom' } },
    ]);
  }
  expect(await site.read(DATABASE)).toContain(
    'pool_size=20, max_overflow=30, pool_timeout=30, pool_pre_ping=True, pool_recycle=3600',
  );
  expect(await site.read(REDIS)).toContain('max_connections=50');
  expect(await site.read(COMPOSE)).toContain('--port 8001 --workers 2"');
  expect(await site.read(COMPOSE)).toContain('--pool=prefork --concurrency=2\n');
  expect(await site.read('restarts.log')).toBe('backend\ncelery\nbackend\ncelery\nbackend\ncelery\n');
  const { targets } = JSON.parse((await site.run('status', '--check', '--json')).stdout);
  expect(targets[0].stages).toMatchObject(STAGES.map((name, index) => ({ name, release: index + 1, applied: true })));
});

it('a second apply changes nothing, says so, and restarts nothing', async () => {
  const site = await project('action', CUSTOM);
  await site.run('apply', '--all', '--yes');
  const before = await site.everything();
  const again = await site.run('apply', '--all', '--yes');
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain('Nothing was changed');
  const json = JSON.parse((await site.run('apply', '--all', '--yes', '--json')).stdout);
  expect(json.targets.map(({ outcome }: { outcome: string }) => outcome)).toEqual(STAGES.map(() => 'unchanged'));
  expect((await site.run('apply', '--next', '--yes')).stdout).toContain('Nothing');
  expect(await site.everything()).toEqual(before);
});

const CORES = cpus().length;

it.skipIf(CORES < 2)(
  'pools that wait for celery to have fewer children are set once before it, and once after it',
  async () => {
    const site = await project('action', CUSTOM);
    const compose = (await site.read(COMPOSE)).replace('--pool=solo', '--pool=prefork\n    cpus: 0.5');
    await site.write(COMPOSE, compose);
    // Ten connections for each of two web workers, one more while they restart, beat, and a child for each core.
    const limit = ['--max-connections', String(10 * (CORES + 4) + 14)];
    const seen: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const { code, stdout } = await site.run('apply', '--next', ...limit, '--yes', '--json');
      expect(code).toBe(0);
      seen.push(...JSON.parse(stdout).targets.map(({ stage }: { stage: string }) => stage));
    }
    expect(seen).toEqual([...STAGES, 'db-pool']);
    expect(await site.run('plan', ...limit, '--check')).toMatchObject({ code: 0 });
  },
);

it('two stages share the compose file: each can be taken back alone, in any order, and be applied again', async () => {
  const site = await project('action', CUSTOM);
  const original = await site.fingerprint();
  await site.run('apply', '--all', '--yes');
  const applied = await site.fingerprint();
  expect(await site.run('rollback', '--stage', 'uvicorn-workers', '--yes')).toMatchObject({ code: 0 });
  const compose = await site.read(COMPOSE);
  expect(compose).not.toContain('--workers');
  expect(compose).toContain('--pool=prefork --concurrency=2\n');
  expect(await site.run('apply', '--next', '--yes')).toMatchObject({ code: 0 });
  expect(await site.fingerprint()).toEqual(applied);
  expect(await site.run('rollback', '--stage', 'celery-workers', '--yes')).toMatchObject({ code: 0 });
  expect(await site.run('rollback', '--all', '--yes')).toMatchObject({ code: 0 });
  expect(await site.fingerprint()).toEqual(original);
});

it('back by one, back to a release, back to the original', async () => {
  const site = await project('action', CUSTOM);
  const versions = [await site.fingerprint()];
  for (const _ of STAGES) {
    await site.run('apply', '--next', '--yes');
    versions.push(await site.fingerprint());
  }
  expect(await site.run('rollback', '--yes')).toMatchObject({ code: 0 });
  expect(await site.fingerprint()).toEqual(versions[3]);
  expect(await site.run('rollback', '--to', '1', '--yes')).toMatchObject({ code: 0 });
  expect(await site.fingerprint()).toEqual(versions[1]);
  expect(await site.run('rollback', '--to', '0', '--yes')).toMatchObject({ code: 0 });
  expect(await site.fingerprint()).toEqual(versions[0]);
  const nothing = await site.run('rollback', '--yes');
  expect(nothing).toMatchObject({ code: 0 });
  expect(nothing.stdout).toContain('Nothing to take back');
});

it('history tells who did what when, and what became of it', async () => {
  const site = await project('action', CUSTOM);
  await site.run('apply', '--next', '--yes');
  await site.run('rollback', '--yes');
  const [target] = JSON.parse((await site.run('history', '--json')).stdout).targets;
  expect(target.releases).toMatchObject([
    { release: 1, kind: 'apply', stages: ['db-pool'], outcome: 'undone', by: expect.stringMatching(/^.+@.+$/) },
    { release: 2, kind: 'rollback', undoes: [1], outcome: 'applied', at: expect.stringMatching(/^\d{4}-.*Z$/) },
  ]);
  expect((await site.run('history')).stdout).toMatch(/1 {2}\d{4}-.* apply db-pool: undone/);
});
