import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { COMPOSE, customConfig, DATABASE, expectRefused, type Project, project, REDIS, RESTART } from './support.js';

const CUSTOM = customConfig({ restart: RESTART });
const WATCHED = customConfig({ restart: RESTART }, 'soak: 1h\n');

async function refusedAsItWas(site: Project, args: readonly string[], ...says: readonly (string | RegExp)[]) {
  const before = await site.everything();
  const result = await site.run(...args, '--json');
  expectRefused(result, 3, ...says);
  expect(await site.everything()).toEqual(before);
  return JSON.parse(result.stdout).problems.map(({ code }: { code: string }) => code);
}

describe('a closed gate is exit 3: nothing is changed', () => {
  it('budget: 20 connections are too few for anything', async () => {
    const site = await project();
    const args = ['apply', '--all', '--yes', '--max-connections', '20'];
    expect(await refusedAsItWas(site, args, '20')).toEqual(['budget']);
  });

  it('budget: settings by hand are checked, too, unless the gate is overridden', async () => {
    const site = await project('action', CUSTOM);
    const args = ['apply', '--yes', '--set', 'db.pool_size=200'];
    expect(await refusedAsItWas(site, args, '500')).toEqual(['budget']);
    const result = await site.run(...args, '--override', 'budget', '--reason', 'a bigger node comes tonight');
    expect(result).toMatchObject({ code: 0 });
    expect(await site.read(DATABASE)).toContain('pool_size=200');
    expect((await site.run('history')).stdout).toContain('a bigger node comes tonight');
  });

  it('budget: a stage is not refused for what another would take, and the refusal of that one names the way', async () => {
    const site = await project('action', CUSTOM);
    const compose = await site.read(COMPOSE);
    await site.write(COMPOSE, compose.replace('--pool=solo', '--pool=prefork --concurrency=3'));
    const args = ['apply', '--yes', '--max-connections', '100', '--override', 'order', '--reason', 'fewer first'];
    const order = 'in this order: celery-workers, uvicorn-workers (';
    expect(await refusedAsItWas(site, [...args, '--stage', 'uvicorn-workers'], order)).toEqual(['budget']);
    expect(await site.run(...args, '--stage', 'uvicorn-workers', '--override', 'budget')).toMatchObject({ code: 0 });
    const { overrides } = JSON.parse((await site.run('history', '--json')).stdout).targets[0].releases[0];
    expect(overrides.map(({ gate }: { gate: string }) => gate)).toContain('budget');
    expect(await site.run('rollback', '--yes')).toMatchObject({ code: 0 });
    expect(await site.run('plan', '--stage', 'celery-workers', '--max-connections', '100')).toMatchObject({ code: 0 });
    expect(await site.run(...args, '--stage', 'celery-workers')).toMatchObject({ code: 0 });
    expect(await site.read(COMPOSE)).toContain('--concurrency=2');
    expect(await site.run(...args, '--stage', 'uvicorn-workers')).toMatchObject({ code: 0 });
  });

  it('order: the workers before the pools', async () => {
    const site = await project('action', CUSTOM);
    const args = ['apply', '--yes', '--stage', 'uvicorn-workers'];
    expect(await refusedAsItWas(site, args, 'db-pool, redis-pool')).toEqual(['order']);
    expect(await site.run(...args, '--override', 'order', '--reason', 'known')).toMatchObject({ code: 0 });
    expect(await site.read(COMPOSE)).toContain('--workers 2');
  });

  it('soak: the next stage before the first was watched', async () => {
    const site = await project('action', WATCHED);
    expect(await site.run('apply', '--next', '--yes')).toMatchObject({ code: 0 });
    const args = ['apply', '--next', '--yes'];
    expect(await refusedAsItWas(site, args, /db-pool is watched until \d{4}-/)).toEqual(['soak']);
    const status = JSON.parse((await site.run('status', '--json')).stdout).targets[0];
    expect(status.stages[0]).toMatchObject({ applied: true, soaking: { verdict: 'pending' } });
    expect(status.next).toMatch(/^wait until \d{4}-/);
  });

  it('soak: all at once leaves no time for any', async () => {
    const site = await project('action', WATCHED);
    expect(await refusedAsItWas(site, ['apply', '--all', '--yes'], 'no time at all')).toEqual(['soak']);
    const open = ['--override', 'order,soak', '--reason', 'a night without anybody'];
    expect(await site.run('apply', '--all', '--yes', ...open)).toMatchObject({ code: 0 });
  });

  it('drift: a file that was changed since it was applied is neither built on nor rolled back', async () => {
    const site = await project('action', CUSTOM);
    await site.run('apply', '--all', '--yes');
    await site.write(COMPOSE, (await site.read(COMPOSE)).replace('--workers 2', '--workers 3'));
    expect(await refusedAsItWas(site, ['apply', '--all', '--yes'], COMPOSE, 'sha256')).toEqual(['drift']);
    expect(await refusedAsItWas(site, ['rollback', '--all', '--yes'], COMPOSE)).toEqual(['drift']);
    const check = await site.run('status', '--check', '--json');
    expect(check.code).toBe(10);
    expect(JSON.parse(check.stdout).targets[0].stages[2].drifted).toEqual([site.path(COMPOSE)]);
    const { warnings } = JSON.parse((await site.run('plan', '--stage', 'db-pool', '--json')).stdout);
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'drifted', file: site.path(COMPOSE) }));
    const needless = ['--override', 'drift', '--reason', 'nothing drifted there'];
    expect(await site.run('rollback', '--stage', 'db-pool', '--yes', ...needless)).toMatchObject({ code: 0 });
    expect((await site.run('history')).stdout).not.toContain('nothing drifted there');
    const override = ['--override', 'drift', '--reason', 'a colleague tried 3 workers'];
    expect(await site.run('apply', '--all', '--yes', ...override)).toMatchObject({ code: 0 });
    expect(await site.read(COMPOSE)).toContain('--workers 2');
  });

  it('drift: a rollback keeps what was pulled since, where that was accepted', async () => {
    const site = await project('action', CUSTOM);
    const original = await site.read(REDIS);
    await site.run('apply', '--yes', '--stage', 'db-pool', '--stage', 'redis-pool');
    await site.write(REDIS, `# upstream\n${await site.read(REDIS)}`);
    const args = ['rollback', '--yes', '--stage', 'redis-pool'];
    expect(await refusedAsItWas(site, args, REDIS, '--override drift')).toEqual(['drift']);
    const override = ['--override', 'drift', '--reason', 'a pull brought a comment'];
    expect(await site.run(...args, ...override)).toMatchObject({ code: 0 });
    expect(await site.read(REDIS)).toBe(`# upstream\n${original}`);
    expect((await site.run('history')).stdout).toContain('a pull brought a comment');
    expect(await site.run('rollback', '--yes')).toMatchObject({ code: 0 });
  });

  it('lock: somebody at work is never disturbed, not even by unlock', async () => {
    const site = await project('action', CUSTOM);
    await site.run('apply', '--yes');
    await site.write('.action-tune/lock', lockOf(process.pid));
    for (const args of [
      ['apply', '--yes'],
      ['rollback', '--yes'],
      ['unlock', '--yes'],
    ]) {
      expect(await refusedAsItWas(site, args, 'carla@ops', 'apply --all'), args[0]).toEqual(['lock']);
    }
  });

  it('lock: one that its holder left is shown, broken by unlock alone, and then the way is free', async () => {
    const site = await project('action', CUSTOM);
    await site.run('apply', '--yes');
    await site.write('.action-tune/lock', lockOf(2 ** 22 + 1));
    expect(await refusedAsItWas(site, ['apply', '--yes'], 'carla@ops', 'action-tune unlock')).toEqual(['lock']);
    expect(await refusedAsItWas(site, ['rollback', '--yes'], 'action-tune unlock')).toEqual(['lock']);
    const unlocked = await site.run('unlock', '--yes');
    expect(unlocked).toMatchObject({ code: 0 });
    expect(unlocked.stderr).toContain('carla@ops');
    expect(await site.run('apply', '--yes')).toMatchObject({ code: 0 });
    expect(JSON.parse((await site.run('unlock', '--yes', '--json')).stdout).targets[0].unlocked).toBe(false);
  });

  it('a lock of another boot is one that its holder left, whatever runs under its number now', async () => {
    const site = await project('action', CUSTOM);
    await site.run('apply', '--yes');
    const old = lockOf(process.pid).replace(/"boot":"[^"]*"/, '"boot":"another"');
    await site.write('.action-tune/lock', old);
    expect(await refusedAsItWas(site, ['apply', '--yes'], 'action-tune unlock')).toEqual(['lock']);
    expect(await readFile(site.path('.action-tune/lock'), 'utf8')).toBe(old);
  });
});

function lockOf(pid: number): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const lock = { by: 'carla@ops', command: 'action-tune apply --all', since: '2030-01-01T00:00:00Z', pid, boot };
  return `${JSON.stringify(lock)}\n`;
}
