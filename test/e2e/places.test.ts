import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { at, COMPOSE, DATABASE, expectRefused, project, REDIS, run, STAGES, temporaryFolder } from './support.js';

describe('where a project is', () => {
  it.each([`it's "quoted" $HOME \`id\` $(id)`, '热点 ñ; a&b|c *?[x]', '-rf back\\slash\ttab\nline %41 #1'])(
    'in a folder named %j',
    async (name) => {
      const site = await project(name);
      const before = await site.fingerprint();
      expect(await site.run('apply', '--all', '--yes')).toMatchObject({ code: 0 });
      expect(await site.read(DATABASE)).toContain('pool_size=20');
      expect(await site.run('rollback', '--all', '--yes')).toMatchObject({ code: 0 });
      expect(await site.fingerprint()).toEqual(before);
    },
  );

  it('given as a URL from anywhere', async () => {
    const site = await project('two words');
    const away = await temporaryFolder();
    const result = await run(['apply', '--yes', '--json', '--target', `local:${site.root}`], { cwd: away });
    expect(result).toMatchObject({ code: 0 });
    expect(await site.read(DATABASE)).toContain('pool_size=20');
  });

  it('given by a configuration further up, relative to that', async () => {
    const site = await project('action', 'targets:\n  here:\n    url: local:.\n');
    const below = at(join(site.root, 'backend', 'app'));
    const plan = JSON.parse((await below.run('plan', '--json')).stdout);
    expect(plan.target).toMatchObject({ name: 'here', root: site.root });
  });
});

describe('where a file is', () => {
  it('--file names another place, in the project or absolute', async () => {
    const site = await project();
    await rename(site.path(DATABASE), site.path('backend/app/db.py'));
    await rename(site.path(REDIS), site.path('cache client.py'));
    expectRefused(await site.run('plan'), 2, DATABASE, '--file database=PATH');
    const named = ['--file', 'database=backend/app/db.py', '--file', `redis=${site.path('cache client.py')}`];
    const before = await site.fingerprint();
    expect(await site.run('apply', '--all', '--yes', ...named)).toMatchObject({ code: 0 });
    expect(await site.read('backend/app/db.py')).toContain('pool_size=20');
    expect(await site.read('cache client.py')).toContain('max_connections=50');
    expect(await site.run('rollback', '--all', '--yes')).toMatchObject({ code: 0 });
    expect(await site.fingerprint()).toEqual(before);
  });

  it('unit files with --runtime none: their commands are edited, and nothing else', async () => {
    const site = await project();
    const unit = (command: string) => `[Service]\n# ours\nExecStart=/venv/bin/${command}\nRestart=always`;
    await site.write('api.service', unit('uvicorn app.main:app --port 8001'));
    await site.write('worker.service', unit('celery -A app.celery_app worker --pool=solo'));
    const before = await site.fingerprint();
    const units = ['--file', 'backend-unit=api.service', '--file', 'celery-unit=worker.service'];
    expect(await site.run('apply', '--all', '--yes', '--runtime', 'none', ...units)).toMatchObject({ code: 0 });
    expect(await site.read('api.service')).toBe(unit('uvicorn app.main:app --port 8001 --workers 2'));
    expect(await site.read('worker.service')).toBe(
      unit('celery -A app.celery_app worker --pool=prefork --concurrency=2'),
    );
    expect(await site.run('rollback', '--all', '--yes', ...units)).toMatchObject({ code: 0 });
    expect(await site.fingerprint()).toEqual(before);
  });
});

it('--set takes one setting by hand', async () => {
  const site = await project();
  const set = ['--set', 'db.pool_size=15', '--set', 'celery.concurrency=1'];
  expect(await site.run('apply', '--all', '--yes', ...set)).toMatchObject({ code: 0 });
  expect(await site.read(DATABASE)).toContain('pool_size=15');
  expect(await site.read(COMPOSE)).toContain('--concurrency=1');
});

describe('two targets in one command', () => {
  const restart = (fails: boolean) =>
    JSON.stringify({ backend: { restart: fails ? '! grep -q pool_size= backend/app/core/database.py' : 'true' } });
  const config = (one: string, two: string, fails: boolean) =>
    `soak: 0s\ntargets:\n  one: {url: ${JSON.stringify(`local:${one}`)}, runtime: custom, custom: ${restart(false)}}\n` +
    `  two: {url: ${JSON.stringify(`local:${two}`)}, runtime: custom, custom: ${restart(fails)}}\n`;

  async function pair(fails: boolean) {
    const [one, two] = [await project('first'), await project('second')];
    const folder = at(await temporaryFolder());
    await folder.write('action-tune.yaml', config(one.root, two.root, fails));
    const both = ['--target', 'one', '--target', 'two'];
    return { one, two, run: (...args: readonly string[]) => folder.run(...args, ...both) };
  }

  it('both are changed, shown, and rolled back', async () => {
    const { one, two, run } = await pair(false);
    const before = [await one.fingerprint(), await two.fingerprint()];
    const result = await run('apply', '--all', '--yes', '--json');
    const { targets } = JSON.parse(result.stdout);
    expect(targets.map(({ name }: { name: string }) => name)).toEqual([
      ...STAGES.map(() => 'one'),
      ...STAGES.map(() => 'two'),
    ]);
    expect(await two.read(DATABASE)).toContain('pool_size=20');
    expect(JSON.parse((await run('status', '--json')).stdout).targets).toHaveLength(2);
    expect(await run('rollback', '--all', '--yes')).toMatchObject({ code: 0 });
    expect([await one.fingerprint(), await two.fingerprint()]).toEqual(before);
  });

  it('one fails: both are as they were, exit 4', async () => {
    const { one, two, run } = await pair(true);
    const before = [await one.fingerprint(), await two.fingerprint()];
    const result = await run('apply', '--yes', '--json');
    expectRefused(result, 4, 'two');
    expect(JSON.parse(result.stdout).targets).toMatchObject([
      { name: 'one', outcome: 'rolled-back' },
      { name: 'two', outcome: 'failed' },
    ]);
    expect([await one.fingerprint(), await two.fingerprint()]).toEqual(before);
    const { targets } = JSON.parse((await run('status', '--json')).stdout);
    for (const target of targets)
      expect(target).toMatchObject({ unfinished: null, stages: [{ applied: false }, {}, {}, {}] });
  });
});
