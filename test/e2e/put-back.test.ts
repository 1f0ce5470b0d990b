import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { customConfig, DATABASE, expectRefused, project, RESTART } from './support.js';

const CHANGED = `grep -q pool_size= ${DATABASE}`;

describe('an apply that fails is put back: exit 4, and every byte is as it was', () => {
  it('a restart that fails with the new files: the services are restarted once more with the old ones', async () => {
    const site = await project('action', customConfig({ restart: `${RESTART}; ! ${CHANGED}` }));
    const before = await site.fingerprint();
    const result = await site.run('apply', '--yes', '--json');
    expectRefused(result, 4, 'restart backend', 'put back', /releases\/1\/log/);
    expect(JSON.parse(result.stdout)).toMatchObject({
      targets: [{ name: 'here', stage: 'db-pool', release: 1, outcome: 'failed' }],
      problems: [{ code: 'put-back' }],
    });
    expect(await site.fingerprint()).toEqual(before);
    expect(await site.read('restarts.log')).toBe('backend\nbackend\ncelery\n');
    expect(await site.read('.action-tune/releases/1/log')).toContain("'restart backend' failed with exit status 1");
  });

  it('a check that fails after the restart, until its time is over', async () => {
    const site = await project('action', customConfig({ restart: RESTART, check: `! ${CHANGED}` }));
    const before = await site.fingerprint();
    const result = await site.run('apply', '--yes', '--json');
    expectRefused(result, 4, 'check backend', 'put back');
    expect(JSON.parse(result.stdout).targets[0].checks).toContainEqual(
      expect.objectContaining({ name: 'check backend', ok: false, expected: 'exit 0', found: 'exit 1' }),
    );
    expect(await site.fingerprint()).toEqual(before);
    expect(await site.read('restarts.log')).toBe('backend\ncelery\nbackend\ncelery\n');
  });

  it('a later stage of the same run: the earlier ones go back with it', async () => {
    const failing = `${RESTART}; ! grep -q workers docker/docker-compose.polardb.yml`;
    const site = await project('action', customConfig({ restart: failing }));
    const before = await site.fingerprint();
    const result = await site.run('apply', '--all', '--yes', '--json');
    expectRefused(result, 4, 'uvicorn-workers');
    const outcomes = JSON.parse(result.stdout).targets.map((each: { outcome: string }) => each.outcome);
    expect(outcomes).toEqual(['rolled-back', 'rolled-back', 'failed', 'failed']);
    expect(await site.fingerprint()).toEqual(before);
  });

  it('what was put back is not applied, and the next attempt may start at once', async () => {
    const site = await project('action', customConfig({ restart: 'test -e ok' }));
    expect(await site.run('apply', '--yes')).toMatchObject({ code: 5 });
    await site.write('ok', '');
    expect(await site.run('rollback', '--yes')).toMatchObject({ code: 0 });
    expect(await site.run('apply', '--yes')).toMatchObject({ code: 0 });
    const status = JSON.parse((await site.run('status', '--json')).stdout);
    expect(status.targets[0]).toMatchObject({ unfinished: null, lock: null, stages: [{ applied: true }, {}, {}, {}] });
  });
});

describe('an apply that fails and can not be put back whole: exit 5, with what is left and the one command', () => {
  it('a service that never starts again', async () => {
    const site = await project('action', customConfig({ restart: 'false', check: 'exit 7' }));
    const before = await site.fingerprint();
    const result = await site.run('apply', '--yes', '--json');
    const listed = [`- file ${site.path(DATABASE)}: as before`, '- service backend: its check fails (exit 7)'];
    expectRefused(
      result,
      5,
      ...listed,
      '- service celery: not known',
      `sh ${site.root}/.action-tune/releases/1/revert.sh`,
    );
    expect(await site.fingerprint()).toEqual(before);
    const status = JSON.parse((await site.run('status', '--json')).stdout);
    expect(status.targets[0]).toMatchObject({ unfinished: 1, next: 'action-tune rollback' });
    expectRefused(await site.run('apply', '--yes'), 3, 'Release 1', 'action-tune rollback');
  });

  it('a way back whose services are not well is told as failed, until its services.sh has mended them', async () => {
    const site = await project('action', customConfig({ restart: 'test ! -e restarts.log' }));
    expect(await site.run('apply', '--yes')).toMatchObject({ code: 0 });
    await site.write('restarts.log', '');
    const services = `sh ${site.root}/.action-tune/releases/2/services.sh`;
    expectRefused(await site.run('rollback', '--yes', '--json'), 5, services);
    expect((await site.run('history')).stdout).toMatch(/ 2 .*rollback db-pool: failed, its services are not well/);
    const status = await site.run('status', '--json', '--check');
    expect(status.code).toBe(10);
    expect(JSON.parse(status.stdout).targets[0]).toMatchObject({ unwell: { release: 2, services } });
    await rm(site.path('restarts.log'));
    execFileSync('sh', [site.path('.action-tune/releases/2/services.sh')]);
    expect(await site.read('.action-tune/journal.jsonl')).toMatch(/"event":"applied","release":2\}\n$/);
  });

  it('a file that somebody changed between the failure and the way back: it is left alone', async () => {
    const meanwhile = `echo '# mine' >> ${DATABASE}; false`;
    const site = await project('action', customConfig({ restart: meanwhile }));
    const result = await site.run('apply', '--yes', '--json');
    expectRefused(result, 5, `file ${site.path(DATABASE)}: neither as before nor as after`, 'revert.sh');
    const text = await site.read(DATABASE);
    expect(text).toContain('pool_size=20');
    expect(text).toContain('# mine');
  });
});
