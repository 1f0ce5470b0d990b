import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Destination } from '../../src/remote/ssh/config.js';
import { jumpArguments } from '../../src/remote/ssh/proxy.js';
import { resolveSshConfig } from '../../src/remote/ssh/resolve.js';
import { problemOf, testEdges } from '../support/session.js';
import { sshdAvailable } from '../support/sshd.js';

// Every test starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const edges = testEdges({ home: '/home/me', user: 'me', uid: 1000, hostname: 'laptop.lan' });

describe.skipIf(!sshdAvailable())('the configuration, by ssh itself', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'config-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const resolve = async (config: string, destination: Destination = { host: 'web' }, env = {}) => {
    const path = join(folder, 'config');
    await writeFile(path, config);
    return resolveSshConfig(destination, { ...edges, env: { ...edges.env, ...env } }, path);
  };

  it('follows aliases, Include and Match', async () => {
    await writeFile(join(folder, 'more'), 'Match host web.example.com\n  Port 2222\n');
    const config = await resolve(`Host web\n  HostName web.example.com\n  User deploy\nInclude ${folder}/more\n`);
    expect(config).toMatchObject({ hostName: 'web.example.com', user: 'deploy', port: 2222, family: 0 });
  });

  it('lets the address win over the configuration', async () => {
    const config = await resolve('User deploy\nPort 2222\n', { host: 'web', user: 'root', port: 22 });
    expect(config).toMatchObject({ user: 'root', port: 22 });
  });

  it('expands homes, tokens and variables', async () => {
    const config = await resolve(
      [
        'IdentityFile ~/.ssh/%n_%u',
        `IdentityFile %d/${'$'}{NICK}/k`,
        'IdentityAgent /run/agent.%i',
        'UserKnownHostsFile /kh/%h "/kh/a b"',
        'GlobalKnownHostsFile none',
        'ProxyCommand nc %h %p %r %%',
      ].join('\n'),
      { host: 'web' },
      { NICK: 'nick' },
    );
    expect(config).toMatchObject({
      identityFiles: ['/home/me/.ssh/web_me', '/home/me/nick/k'],
      agent: `/run/agent.${userInfo().uid}`,
      knownHostsFiles: ['/kh/web', '/kh/a b'],
      proxyCommand: expect.stringMatching(/^nc web 22 \S+ %$/),
    });
  });

  it.each([
    ['none', undefined],
    ['SSH_AUTH_SOCK', '/run/agent'],
    ['$OTHER', '/run/other'],
    ['/run/agent.sock', '/run/agent.sock'],
  ])('reads IdentityAgent %s', async (value, agent) => {
    const env = { SSH_AUTH_SOCK: '/run/agent', OTHER: '/run/other' };
    expect((await resolve(`IdentityAgent ${value}\n`, { host: 'web' }, env)).agent).toBe(agent);
  });

  it('asks the agent of the environment where none is configured', async () => {
    expect((await resolve('', { host: 'web' }, { SSH_AUTH_SOCK: '/run/agent' })).agent).toBe('/run/agent');
  });

  it('refuses a token it can not expand', async () => {
    const problem = await problemOf(resolve('ProxyCommand nc %C %p\n'));
    expect(problem).toMatchObject({ code: 'target', message: expect.stringContaining('%C') });
  });

  it('repeats what ssh says of a broken configuration', async () => {
    const problem = await problemOf(resolve('Nonsense yes\n'));
    expect(problem).toMatchObject({ code: 'target', found: expect.stringContaining('line 1') });
  });
});

describe('without an ssh program', () => {
  it('takes plain defaults', async () => {
    const config = await resolveSshConfig({ host: 'Web', port: 2222 }, { ...edges, ssh: '/nowhere/ssh', env: {} });
    expect(config).toMatchObject({ hostName: 'web', port: 2222, user: 'me', identitiesOnly: false });
    expect(config.identityFiles).toContain('/home/me/.ssh/id_ed25519');
    expect(config.knownHostsFiles[0]).toBe('/home/me/.ssh/known_hosts');
    expect(config.agent).toBeUndefined();
  });
});

describe('jumpArguments', () => {
  const config = { hostName: 'inner', port: 2200 } as Parameters<typeof jumpArguments>[0];

  it('goes over one hop', () => {
    expect(jumpArguments(config, 'me@outer:22').slice(2)).toEqual(['-W', '[inner]:2200', '--', 'ssh://me@outer:22']);
  });

  it('reaches the last hop by those before it, all by the same configuration', () => {
    const expected = ['-F', '/cfg', '-J', 'a,b', '-W', '[inner]:2200', '--', 'ssh://c'];
    expect(jumpArguments(config, 'a,b,ssh://c', '/cfg').slice(2)).toEqual(expected);
  });
});
