import { execFileSync } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BlackHole, startBlackHole } from '../support/black-hole.js';
import { type Sshd, sshdAvailable, startSshd } from '../support/sshd.js';
import {
  customConfig,
  DATABASE,
  exists,
  expectRefused,
  type Project,
  project,
  RESTART,
  run,
  start,
  temporaryFolder,
  UNTIL_GO,
  until,
} from './support.js';

/** Slow enough that the run is still on when its line goes. */
const SLOW = { restart: `${RESTART}; ${UNTIL_GO}` };

describe('the client is killed in the middle', () => {
  it('the run ends by itself, and status tells', async () => {
    const site = await project('action', customConfig(SLOW));
    const { child, done } = start(['apply', '--yes'], { cwd: site.root });
    await until(() => site.has('restarts.log'), 'the services are restarted');
    child.kill('SIGKILL');
    await done;
    const during = JSON.parse((await site.run('status', '--json')).stdout).targets[0];
    expect(during).toMatchObject({ lock: { holder: 'alive' }, unfinished: 1 });
    await site.write('go', '');
    await until(async () => !(await site.has('.action-tune/lock')), 'the run ends');
    const after = JSON.parse((await site.run('status', '--json')).stdout).targets[0];
    expect(after).toMatchObject({ lock: null, unfinished: null, stages: [{ applied: true }, {}, {}, {}] });
    expect(await site.read('restarts.log')).toBe('backend\ncelery\n');
  });
});

describe('the run is killed on the target in the middle', () => {
  it('exit 5 with the step, the files and one command, which status names as well, and which needs nothing else', {
    timeout: 120_000,
  }, async () => {
    const site = await project('action', customConfig(SLOW));
    const before = await site.fingerprint();
    const { done } = start(['apply', '--yes', '--json'], { cwd: site.root });
    await until(() => site.has('restarts.log'), 'the services are restarted');
    const { pid } = JSON.parse(await site.read('.action-tune/lock'));
    process.kill(pid, 'SIGKILL');
    const result = await done;
    expectRefused(result, 5, "at 'restart backend'", `file ${site.path(DATABASE)}`, 'action-tune rollback --yes');
    expect(result.stderr).not.toMatch(/goes on by itself|action-tune unlock/);
    const status = await site.run('status');
    expect(status.stdout).toMatch(/db-pool +begun and not ended \(release 1\)/);
    expect(status.stdout).toContain('next: action-tune rollback');
    const aimed = '`action-tune rollback --config action-tune.yaml --yes`';
    const configured = await site.run('status', '--config', 'action-tune.yaml');
    expect(configured.stdout).toContain(`release 1 was begun and not ended; put it back first with ${aimed}\n`);
    for (const args of [['--stage', 'db-pool'], ['--next'], ['--all']]) {
      expectRefused(await site.run('apply', '--yes', ...args), 3, 'begun and not ended', 'action-tune rollback --yes');
    }
    const plan = await site.run('plan', '--check', '--stage', 'db-pool');
    expect(plan).toMatchObject({ code: 10, stdout: expect.stringContaining('release 1 was begun and not ended') });
    expect(plan.stdout).not.toContain('every setting is as recommended');
    const aimedPlan = await site.run('plan', '--stage', 'db-pool', '--target', 'here', '--config', 'action-tune.yaml');
    expect(aimedPlan.stdout).toContain('`action-tune rollback --yes --target here --config action-tune.yaml`');
    await site.write('go', '');
    const back = await site.run('rollback', '--yes');
    expect(back).toMatchObject({ code: 0, stderr: expect.stringContaining('the lock is removed') });
    expect(`${back.stdout}${back.stderr}`.match(/release 1 /g)).toHaveLength(1);
    expect(back.stderr).toContain('release 1 (db-pool), begun and not ended, will be put back');
    expect(await site.fingerprint()).toEqual(before);
  });
});

describe('a rollback is killed on the target in the middle', () => {
  it('the command that it advises takes the rollback itself back, and says so before and after', async () => {
    const restart = `grep -q pool_size= ${DATABASE} || { ${RESTART}; ${UNTIL_GO}; }`;
    const site = await project('action', customConfig({ restart }));
    expect(await site.run('apply', '--yes')).toMatchObject({ code: 0 });
    const applied = await site.fingerprint();
    const { done } = start(['rollback', '--yes', '--json'], { cwd: site.root });
    await until(async () => (await site.read('restarts.log')).includes('backend'), 'the services are restarted');
    process.kill(JSON.parse(await site.read('.action-tune/lock')).pid, 'SIGKILL');
    expectRefused(await done, 5, 'Take the rollback itself back', 'db-pool is in force', 'action-tune rollback --yes');
    const { stdout } = await site.run('status');
    expect(stdout).toMatch(/release 2, a rollback of 1, was begun and not ended; .*puts db-pool back in force/);
    const before = 'release 2, a rollback of 1 that was begun and not ended, will be taken back: db-pool';
    const after = 'release 2, a rollback of 1, was taken back: db-pool is in force again';
    const back = await site.run('rollback', '--yes');
    expect(back).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(after),
      stderr: expect.stringContaining(before),
    });
    expect(await site.fingerprint()).toEqual(applied);
  });
});

describe.skipIf(!sshdAvailable())('the line to a real sshd is lost in the middle of an apply', () => {
  let sshd: Sshd;
  let proxy: BlackHole;
  let site: Project;
  let state: string;

  beforeEach(async () => {
    const home = await temporaryFolder();
    state = join(home, 'state');
    sshd = await startSshd({ config: [`SetEnv ACTION_TUNE_STATE=${state} HOME=${home}`] });
    proxy = await startBlackHole(sshd.port);
    const key = (await readFile(`${sshd.hostKeyPath('ed25519')}.pub`, 'utf8')).trim();
    await appendFile(sshd.knownHostsPath, `[127.0.0.1]:${proxy.port} ${key}\n`);
    site = await project();
    await site.write('action-tune.yaml', customConfig(SLOW).replace('local:.', urlAt(proxy.port)));
  });
  afterEach(async () => {
    await proxy.close().catch(() => undefined);
    await sshd.stop();
  });

  const urlAt = (port: number) => `ssh://127.0.0.1:${port}${site.root}`;
  const env = () => ({ ACTION_TUNE_SSH_CONFIG: sshd.configPath });

  async function applying() {
    const running = start(['apply', '--yes', '--json'], { cwd: site.root, env: env() });
    await until(() => site.has('restarts.log'), 'the services are restarted');
    return running;
  }

  it('for good: exit 6, unknown; the target ends by itself, and status tells', async () => {
    const { done } = await applying();
    await proxy.close();
    const result = await done;
    expect(result).toMatchObject({ code: 6 });
    expect(result.stderr).toMatch(/lost[\s\S]*action-tune status/);
    expect(JSON.parse(result.stdout).problems).toMatchObject([{ code: 'line-lost' }]);
    await site.write('go', '');
    await until(async () => !(await exists(join(state, 'lock'))), 'the run ends');
    const status = await run(['status', '--json', '--target', urlAt(sshd.port)], { cwd: site.root, env: env() });
    expect(JSON.parse(status.stdout).targets[0]).toMatchObject({
      unfinished: null,
      stages: [{ applied: true }, {}, {}, {}],
    });
    expect(await site.read(DATABASE)).toContain('pool_size=20');
  });

  it('for a moment: it connects again, and reports what was done meanwhile', async () => {
    const { done } = await applying();
    for (const session of sessionsOf(sshd)) process.kill(session, 'SIGKILL');
    await site.write('go', '');
    const result = await done;
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toMatch(/connecting again/);
    expect(JSON.parse(result.stdout).targets).toMatchObject([{ outcome: 'applied', release: 1 }]);
    expect(await site.read('restarts.log')).toBe('backend\ncelery\n');
  });
});

/** The processes that this sshd has started for its connections. */
function sessionsOf({ folder }: Sshd): readonly number[] {
  const pid = execFileSync('cat', [join(folder, 'sshd.pid')], { encoding: 'utf8' }).trim();
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', pid], { encoding: 'utf8' });
  return children.trim().split(/\s+/).map(Number);
}
