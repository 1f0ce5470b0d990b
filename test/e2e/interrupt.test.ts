import { describe, expect, it } from 'vitest';
import { customConfig, DATABASE, type Project, project, RESTART, start, UNTIL_GO, until } from './support.js';

/** Holds as long as the new files are there, so that only the old ones pass. */
const SLOW = { restart: RESTART, check: `! grep -q pool_size= ${DATABASE}` };

async function waiting(site: Project) {
  const running = start(['apply', '--yes', '--json'], { cwd: site.root });
  await until(() => site.has('restarts.log'), 'the services are restarted');
  return running;
}

describe('Ctrl-C while a check waits', () => {
  it('puts back and exits 130', async () => {
    const site = await project('action', customConfig(SLOW));
    const before = await site.fingerprint();
    const { child, done } = await waiting(site);
    child.kill('SIGINT');
    const result = await done;
    expect(result).toMatchObject({ code: 130 });
    expect(result.stderr).toMatch(/put back/);
    expect(JSON.parse(result.stdout)).toMatchObject({ problems: [{ code: 'interrupted' }] });
    expect(await site.fingerprint()).toEqual(before);
    expect(await site.read('restarts.log')).toBe('backend\ncelery\nbackend\ncelery\n');
  });

  it('waits for a service that takes its time to come back with the old files', async () => {
    const restart = `rm -f up; ${RESTART}; (sleep 3; touch up) >/dev/null 2>&1 &`;
    const site = await project('action', customConfig({ restart, check: `${SLOW.check} && test -e up` }));
    const { child, done } = await waiting(site);
    child.kill('SIGINT');
    expect(await done).toMatchObject({ code: 130 });
    expect(await site.read(DATABASE)).not.toContain('pool_size=');
  });

  it('a second one leaves at once: the target ends by itself, and status tells', async () => {
    const restart = `${RESTART}; grep -q pool_size= ${DATABASE} || { ${UNTIL_GO}; }`;
    const site = await project('action', customConfig({ ...SLOW, restart }));
    const before = await site.fingerprint();
    const { child, done } = await waiting(site);
    child.kill('SIGINT');
    await until(async () => (await site.read('restarts.log')).split('\n').length > 3, 'it is on its way back');
    child.kill('SIGINT');
    const result = await done;
    expect(result.code).toBe(6);
    expect(result.stderr).toMatch(/action-tune status/);
    const status = JSON.parse((await site.run('status', '--json')).stdout);
    expect(status.targets[0]).toMatchObject({ lock: { holder: 'alive' }, next: expect.stringMatching(/wait/) });
    await site.write('go', '');
    await until(async () => !(await site.has('.action-tune/lock')), 'the target ends by itself');
    expect(await site.fingerprint()).toEqual(before);
  });
});

it('Ctrl-C before anything was started changes nothing', async () => {
  const site = await project('action', customConfig(SLOW));
  const before = await site.everything();
  const { child, done } = start(['apply', '--yes'], { cwd: site.root });
  let said = '';
  child.stderr?.on('data', (text: string) => {
    said += text;
  });
  await until(() => said.includes('looking at'), 'it looks at the target');
  child.kill('SIGINT');
  expect((await done).code).toBe(130);
  expect(await site.everything()).toEqual(before);
});
