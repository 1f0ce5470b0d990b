import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSsh } from '../../src/remote/ssh/open.js';
import { nonce, problemOf, testEdges } from '../support/session.js';
import { makeKey, type Sshd, sshdAvailable, startSshd } from '../support/sshd.js';

// Every test starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

describe.skipIf(!sshdAvailable())('authentication at a real sshd', () => {
  let sshd: Sshd;
  let encrypted: string;
  const cleanup: (() => unknown)[] = [];

  beforeAll(async () => {
    sshd = await startSshd({ config: ['MaxAuthTries 3'] });
    encrypted = makeKey(join(sshd.folder, 'encrypted'), 'ed25519', 'correct horse');
    makeKey(join(sshd.folder, 'wrong'));
    makeKey(join(sshd.folder, 'rsa'), 'rsa');
    const own = await Promise.all(
      ['client_key', 'encrypted', 'rsa'].map((name) => readFile(join(sshd.folder, `${name}.pub`))),
    );
    await writeFile(join(sshd.folder, 'authorized_keys'), Buffer.concat(own));
  });
  afterAll(() => sshd.stop());
  afterEach(async () => {
    for (const undo of cleanup.splice(0)) await undo();
  });

  const configure = async (...lines: string[]) => {
    const path = join(sshd.folder, 'config_for_test');
    const base = (await readFile(sshd.configPath, 'utf8')).replace(/ *Identity(File|Agent) .*\n/g, '');
    await writeFile(path, base + lines.map((line) => `  ${line}\n`).join(''));
    return path;
  };
  const open = async (...lines: string[]) =>
    openSsh({
      destination: { host: 'target' },
      library: '',
      nonce,
      edges: testEdges(),
      configFile: await configure(...lines),
    });
  const letsIn = async (...lines: string[]) => {
    const remote = await open(...lines);
    await remote.close();
    return true;
  };
  const startAgent = async (...keys: string[]) => {
    const socket = join(sshd.folder, `agent-${cleanup.length}-${keys.length}`);
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    cleanup.push(
      () => agent.kill(),
      () => rm(socket, { force: true }),
    );
    await once(agent.stdout, 'data');
    for (const key of keys)
      execFileSync('ssh-add', ['-q', key], {
        env: { ...process.env, SSH_AUTH_SOCK: socket, ...askpass },
        stdio: 'ignore',
      });
    return socket;
  };
  const askpass: Record<string, string> = {};
  beforeAll(async () => {
    const program = join(sshd.folder, 'askpass');
    await writeFile(program, '#!/bin/sh\necho "correct horse"\n');
    await chmod(program, 0o700);
    Object.assign(askpass, { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' });
  });
  const key = (name: string) => `IdentityFile ${join(sshd.folder, name)}`;

  it('takes an RSA key', async () => {
    expect(await letsIn(key('rsa'))).toBe(true);
  });

  it('offers a wrong key once, and says what it tried', async () => {
    const before = sshd.log().length;
    const problem = await problemOf(open(key('wrong'), key('wrong'), 'IdentityAgent none'));
    expect(problem).toMatchObject({
      code: 'target',
      message: expect.stringMatching(/permission denied for ssh:\/\/.*; tried: \S+\/wrong$/),
      fix: expect.stringContaining('authorized_keys'),
    });
    await expect.poll(() => sshd.log().slice(before)).toContain('Failed publickey');
    expect(
      sshd
        .log()
        .slice(before)
        .match(/Failed publickey/g),
    ).toHaveLength(1);
  });

  it('goes on to the next key', async () => {
    expect(await letsIn(key('absent'), key('wrong'), key('client_key'))).toBe(true);
  });

  it('names an encrypted key and ssh-add', async () => {
    const problem = await problemOf(open(key('encrypted'), 'IdentityAgent none'));
    expect(problem).toMatchObject({
      code: 'target',
      fix: expect.stringContaining(`ssh-add ${encrypted}`),
      details: [expect.stringContaining('no agent'), expect.stringContaining('encrypted')],
    });
    expect(JSON.stringify(problem)).not.toMatch(/PRIVATE|correct horse/);
  });

  it('uses an agent, also for a key that is encrypted on disk', async () => {
    const socket = await startAgent(encrypted);
    expect(await letsIn(key('encrypted'), `IdentityAgent ${socket}`)).toBe(true);
    expect(await letsIn(key('absent'), `IdentityAgent ${socket}`)).toBe(true);
  });

  it('finds the one configured key among more of the agent than the server lets try', async () => {
    const many = ['a', 'b', 'c', 'd'].map((name) => makeKey(join(sshd.folder, `agent_${name}`)));
    const socket = await startAgent(...many, encrypted);
    expect(await letsIn(key('encrypted'), `IdentityAgent ${socket}`)).toBe(true);
    expect(await letsIn(key('encrypted.pub'), `IdentityAgent ${socket}`, 'IdentitiesOnly yes')).toBe(true);
    const problem = await problemOf(open(key('absent'), `IdentityAgent ${socket}`));
    expect(problem).toMatchObject({ code: 'target', fix: expect.stringContaining('IdentitiesOnly') });
    expect(problem.message).toContain('permission denied');
  });

  it('offers no key of the agent that is not configured, where IdentitiesOnly says so', async () => {
    const socket = await startAgent(encrypted);
    const problem = await problemOf(open(key('wrong'), `IdentityAgent ${socket}`, 'IdentitiesOnly yes'));
    expect(problem.message).toMatch(/tried: \S+\/wrong$/);
  });

  it('does without an agent whose socket is gone', async () => {
    expect(await letsIn(key('client_key'), 'IdentityAgent /nowhere/agent')).toBe(true);
    const problem = await problemOf(open(key('absent'), 'IdentityAgent /nowhere/agent'));
    expect(problem).toMatchObject({
      code: 'target',
      message: expect.stringContaining('no key to offer'),
      details: [expect.stringContaining('/nowhere/agent does not answer')],
    });
  });
});
