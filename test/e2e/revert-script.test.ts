import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { COMPOSE, customConfig, DATABASE, ended, type Project, project, RESTART, type Result } from './support.js';

const CUSTOM = customConfig({ restart: RESTART });

/** By hand, from elsewhere, without the tool. */
function revert(site: Project, release: number): Promise<Result> {
  const script = site.path(`.action-tune/releases/${release}/revert.sh`);
  return ended(spawn('/bin/sh', [script], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] }));
}

async function applied(name?: string) {
  const site = await project(name, CUSTOM);
  const original = await site.fingerprint();
  expect(await site.run('apply', '--all', '--yes')).toMatchObject({ code: 0 });
  return { site, original };
}

describe('revert.sh, run by hand', () => {
  it('puts its own release back, with the services, and the tool knows of it', async () => {
    const { site } = await applied();
    const restarts = await site.read('restarts.log');
    expect(await revert(site, 1)).toMatchObject({ code: 0 });
    expect(await site.read(DATABASE)).not.toContain('pool_size=20');
    expect(await site.read(COMPOSE)).toContain('--workers 2');
    expect(await site.read('restarts.log')).toBe(`${restarts}backend\ncelery\n`);
    const status = JSON.parse((await site.run('status', '--json')).stdout).targets[0];
    expect(status).toMatchObject({
      unfinished: null,
      lock: null,
      stages: [{ applied: false }, { applied: true }, {}, {}],
    });
    expect(await site.run('apply', '--next', '--yes')).toMatchObject({ code: 0 });
    expect(await site.read(DATABASE)).toContain('pool_size=20');
  });

  it('of release 0 goes back to the untouched original, also from a folder with an odd name', async () => {
    const { site, original } = await applied(`it's "the" $HOME`);
    expect(await revert(site, 0)).toMatchObject({ code: 0, stderr: '' });
    expect(await site.fingerprint()).toEqual(original);
    const again = await revert(site, 0);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('nothing to put back');
    expect(await site.run('rollback', '--yes')).toMatchObject({ code: 0, stdout: 'Nothing to take back.\n' });
  });

  it('leaves a file alone that changed since, and says which', async () => {
    const { site } = await applied();
    await site.write(DATABASE, `${await site.read(DATABASE)}# mine\n`);
    const before = await site.fingerprint();
    const result = await revert(site, 1);
    expect(result.code).toBe(3);
    expect(result.stderr).toContain(
      `changed since (compare it with the copies in this folder): ${site.path(DATABASE)}`,
    );
    expect(result.stderr).toContain('action-tune rollback --override drift --reason');
    expect(await site.fingerprint()).toEqual(before);
    const kept = ['--override', 'drift', '--reason', 'mine'];
    expect(await site.run('rollback', '--stage', 'db-pool', '--yes', ...kept)).toMatchObject({ code: 0 });
    expect(await site.read(DATABASE)).toMatch(/^(?![\s\S]*pool_size=20)[\s\S]*# mine\n$/);
  });

  it('leaves a release alone that a later one stands on', async () => {
    const { site } = await applied();
    const before = await site.fingerprint();
    const result = await revert(site, 3);
    expect(result).toMatchObject({ code: 3, stderr: expect.stringContaining('another release changed it since') });
    expect(await site.fingerprint()).toEqual(before);
    expect(await revert(site, 4)).toMatchObject({ code: 0 });
    expect(await revert(site, 3)).toMatchObject({ code: 0 });
    expect(await site.read(COMPOSE)).not.toContain('--workers');
  });

  it('is refused while somebody is at work', async () => {
    const { site } = await applied();
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    await site.write('.action-tune/lock', `{"by":"carla@ops","pid":${process.pid},"boot":"${boot}"}\n`);
    const before = await site.everything();
    const result = await revert(site, 0);
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('carla@ops');
    expect(await site.everything()).toEqual(before);
  });
});
