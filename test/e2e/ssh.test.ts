import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeKey, type Sshd, sshdAvailable, startSshd } from '../support/sshd.js';
import {
  DATABASE,
  exists,
  expectRefused,
  fingerprint,
  type Project,
  project,
  run,
  STAGES,
  temporaryFolder,
} from './support.js';

describe.skipIf(!sshdAvailable())('over a real sshd', () => {
  let sshd: Sshd;
  let site: Project;
  let state: string;
  let url: string;

  beforeEach(async () => {
    site = await project('two words');
    const home = await temporaryFolder();
    state = join(home, 'state');
    sshd = await startSshd({ config: [`SetEnv ACTION_TUNE_STATE=${state} HOME=${home}`] });
    url = `ssh://127.0.0.1:${sshd.port}${encodeURI(site.root)}`;
  });
  afterEach(() => sshd.stop());

  const tune = (...args: readonly string[]) =>
    run([...args, '--target', url], { env: { ACTION_TUNE_SSH_CONFIG: sshd.configPath } });

  it('plans, applies stage by stage, shows and takes back: every byte is as it was before', async () => {
    const before = await site.everything();
    const plan = JSON.parse((await tune('plan', '--json')).stdout);
    expect(plan.target).toMatchObject({ transport: 'ssh', root: site.root });
    expect(await site.everything()).toEqual(before);
    expect(await exists(state)).toBe(false);
    for (const stage of STAGES) expect(await tune('apply', '--stage', stage, '--yes')).toMatchObject({ code: 0 });
    expect(await site.read(DATABASE)).toContain('pool_size=20');
    const [target] = JSON.parse((await tune('status', '--json')).stdout).targets;
    expect(target.stages.map(({ applied }: { applied: boolean }) => applied)).toEqual([true, true, true, true]);
    expect(target).toMatchObject({ state, lock: null });
    expect(await tune('rollback', '--stage', 'redis-pool', '--yes')).toMatchObject({ code: 0 });
    expect(await tune('rollback', '--all', '--yes')).toMatchObject({ code: 0 });
    expect(await site.everything()).toEqual(before);
    const [{ releases }] = JSON.parse((await tune('history', '--json')).stdout).targets;
    expect(releases).toHaveLength(6);
  });

  it('keeps the state where only its owner can read it', async () => {
    await tune('apply', '--next', '--yes');
    const modes = Object.values(await fingerprint(state)).map((identity) => identity.split(' ').at(-2));
    expect(new Set(modes)).toEqual(new Set(['40700', '100600']));
  });

  it('refuses an unknown host key, with its fingerprint: exit 3, and nothing is asked of the host', async () => {
    await writeFile(sshd.knownHostsPath, '');
    const result = await tune('apply', '--all', '--yes', '--json');
    expectRefused(result, 3, /SHA256:[\w+/]{43}/, 'ssh');
    expect(JSON.parse(result.stdout).problems).toMatchObject([{ code: 'host-key' }]);
    expect(await exists(state)).toBe(false);
  });

  it('refuses a changed host key, with both fingerprints', async () => {
    const other = makeKey(join(sshd.folder, 'other'));
    const known = `[127.0.0.1]:${sshd.port} ${await readFile(`${other}.pub`, 'utf8')}`;
    await writeFile(sshd.knownHostsPath, known);
    const result = await tune('apply', '--all', '--yes', '--json');
    expectRefused(result, 3);
    expect(new Set(result.stderr.match(/SHA256:[\w+/]{43}/g))).toHaveProperty('size', 2);
    expect(await exists(state)).toBe(false);
  });

  it('refuses a key that the host does not let in: exit 2', async () => {
    await writeFile(join(sshd.folder, 'authorized_keys'), '');
    expectRefused(await tune('plan', '--json'), 2, '127.0.0.1');
  });

  it('refuses a folder that is not there: exit 2', async () => {
    const gone = run(['plan', '--target', `ssh://127.0.0.1:${sshd.port}/no/such/folder`], {
      env: { ACTION_TUNE_SSH_CONFIG: sshd.configPath },
    });
    expectRefused(await gone, 2, '/no/such/folder');
  });
});
