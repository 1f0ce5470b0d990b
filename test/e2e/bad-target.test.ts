import { describe, expect, it } from 'vitest';
import { freePort } from '../support/sshd.js';
import { expectRefused, project, run, temporaryFolder } from './support.js';

describe('a target that does not exist', () => {
  it('a local folder that is not there', async () => {
    const folder = await temporaryFolder();
    const result = await run(['plan', '--json', '--target', `local:${folder}/nowhere`]);
    expectRefused(result, 2, `${folder}/nowhere`, 'no such folder');
    expect(JSON.parse(result.stdout)).toMatchObject({ problems: [{ code: 'target' }] });
  });

  it('a local path that is a file', async () => {
    const site = await project();
    expectRefused(await run(['plan', '--target', `local:${site.path('docker/docker-compose.polardb.yml')}`]), 2);
  });

  it('a port where nobody listens', async () => {
    const port = await freePort();
    expectRefused(await run(['plan', '--target', `ssh://me@127.0.0.1:${port}/srv/action`]), 2, `127.0.0.1:${port}`);
  });

  it('a host that no name server knows', async () => {
    expectRefused(await run(['plan', '--target', 'ssh://me@host.invalid/srv/action']), 2, 'host.invalid');
  });

  it('an address without a path', async () => {
    expectRefused(await run(['plan', '--target', 'ssh://me@127.0.0.1']), 2, 'ssh://');
  });

  it('a name that the configuration does not know: the known ones are given', async () => {
    const site = await project('action', 'targets:\n  staging:\n    url: local:.\n');
    expectRefused(await site.run('plan', '--target', 'production'), 2, 'production', 'staging');
  });

  it.each(['ssh://me:hunter2@127.0.0.1/srv/action', 'ssh://me:hunter2@127.0.0.1:22/srv/action', 'ssh://me:hunter2@'])(
    'a password in %s is refused and never shown',
    async (url) => {
      const result = await run(['plan', '--json', '--verbose', '--target', url]);
      expectRefused(result, 2, 'ssh://');
      expect(`${result.stdout}${result.stderr}`).not.toContain('hunter2');
    },
  );

  it('nor a password in the configuration', async () => {
    const site = await project('action', 'targets:\n  here:\n    url: ssh://me:hunter2@127.0.0.1/srv\n');
    const result = await site.run('plan', '--json');
    expectRefused(result, 2, 'action-tune.yaml:3:10');
    expect(`${result.stdout}${result.stderr}`).not.toContain('hunter2');
  });
});
