import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openSsh } from '../../src/remote/ssh/open.js';
import { type BlackHole, startBlackHole } from '../support/black-hole.js';
import { nonce, problemOf, TEST_LIBRARY, testEdges } from '../support/session.js';
import { freePort, type Sshd, type SshdOptions, sshdAvailable, startSshd } from '../support/sshd.js';

// Every test starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const available = sshdAvailable();
const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function start(options: SshdOptions = {}): Promise<Sshd> {
  const sshd = await startSshd(options);
  undo.push(() => sshd.stop());
  return sshd;
}

function open(sshd: Sshd, more: Partial<Parameters<typeof openSsh>[0]> = {}) {
  const base = { destination: { host: 'target' }, library: TEST_LIBRARY, nonce, edges: testEdges() };
  return openSsh({ ...base, configFile: sshd.configPath, ...more });
}

async function works(opening: ReturnType<typeof openSsh>): Promise<boolean> {
  const remote = await opening;
  const { code, stdout } = await remote.run([{ verb: 'show_args', args: ['there'] }]);
  await remote.close();
  return code === 0 && stdout.toString() === 'there\0';
}

async function behindBlackHole(sshd: Sshd): Promise<BlackHole> {
  const hole = await startBlackHole(sshd.port);
  undo.push(() => hole.close());
  return hole;
}

describe.skipIf(!available)('the way to a host', () => {
  it('goes through a ProxyCommand', async () => {
    const relay =
      "require('net').connect(+process.argv[1],'127.0.0.1',function(){process.stdin.pipe(this).pipe(process.stdout)})";
    const sshd = await start({ clientConfig: [`ProxyCommand ${process.execPath} -e "${relay}" %p`] });
    expect(await works(open(sshd))).toBe(true);
  });

  it('goes through a ProxyJump, and one more', async () => {
    const sshd = await start();
    for (const jump of ['first', 'first,second']) {
      const config = `Host target\n  ProxyJump ${jump}\nHost *\nInclude ${sshd.configPath}\n`;
      const path = join(sshd.folder, 'jump_config');
      await writeFile(path, config);
      expect(await works(open(sshd, { configFile: path }))).toBe(true);
    }
  });

  it('repeats what a failing ProxyCommand complained about', async () => {
    const sshd = await start({ clientConfig: ['ProxyCommand echo no way to %h >&2; exit 1 #'] });
    expect(await problemOf(open(sshd))).toMatchObject({ code: 'target', found: 'no way to 127.0.0.1' });
  });

  it('says that nothing listens', async () => {
    const sshd = await start();
    const destination = { host: 'target', port: await freePort() };
    expect(await problemOf(open(sshd, { destination }))).toMatchObject({
      code: 'target',
      message: expect.stringContaining('nothing listens'),
      found: 'ECONNREFUSED',
    });
  });

  it('says that a name can not be resolved', async () => {
    const sshd = await start({ clientConfig: ['HostName nowhere.invalid'] });
    expect(await problemOf(open(sshd))).toMatchObject({ code: 'target', message: expect.stringContaining('resolved') });
  });

  it('tries again when the server turns it away because too many connect at once', async () => {
    const sshd = await start({ config: ['MaxStartups 1'] });
    const idle = connect(sshd.port, '127.0.0.1');
    await once(idle, 'data');
    setTimeout(() => idle.destroy(), 400);
    expect(await works(open(sshd))).toBe(true);
    expect(sshd.log()).toContain('MaxStartups');
  });

  it('gives up on a server that never says a word', async () => {
    const sshd = await start({ clientConfig: ['ConnectTimeout 1'] });
    const hole = await startBlackHole(9);
    undo.push(() => hole.close());
    const destination = { host: 'target', port: hole.port };
    expect((await problemOf(open(sshd, { destination }))).code).toBe('target');
  });

  it('says that no algorithm is in common', async () => {
    const sshd = await start({ config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] });
    expect(await problemOf(open(sshd))).toMatchObject({
      code: 'target',
      message: expect.stringContaining('no key exchange algorithm in common'),
      fix: expect.stringContaining('KexAlgorithms'),
    });
  });
});

describe.skipIf(!available)('the shell behind the line', () => {
  it('is found behind a noisy .bashrc', async () => {
    const sshd = await start();
    await writeFile(join(sshd.folder, '.bashrc'), 'echo Welcome; printf "no newline"; echo warning >&2\n');
    await writeFile(join(sshd.folder, '.bash_profile'), 'echo Hello\n');
    expect(await works(open(sshd))).toBe(true);
  });

  it.each([
    ['a nologin shell', 'ForceCommand echo This account is not available.; exit 1', 'This account is not available.'],
    ['an SFTP server', 'ForceCommand internal-sftp', ''],
    ['a silent refusal', 'ForceCommand exit 0', 'status 0'],
  ])('is missing where there is %s', async (_, config, found) => {
    const sshd = await start({ config: [config] });
    expect(await problemOf(open(sshd))).toMatchObject({
      code: 'target',
      message: expect.stringContaining('runs no shell'),
      found: expect.stringContaining(found),
    });
  });

  it('is missing where a menu waits for ever', async () => {
    const sshd = await start({
      config: ['ForceCommand echo Menu; cat >/dev/null'],
      clientConfig: ['ConnectTimeout 2'],
    });
    expect(await problemOf(open(sshd))).toMatchObject({ code: 'target', found: 'Menu' });
  });
});

describe.skipIf(!available)('a line that is lost in the middle of a request', () => {
  it('is unknown when the session is killed', async () => {
    const sshd = await start();
    const remote = await open(sshd);
    const { stdout } = await remote.run([{ verb: 'session_pid', args: [] }]);
    const request = problemOf(remote.run([{ verb: 'nap', args: ['5'] }]));
    process.kill(Number(stdout.toString()));
    expect(await request).toMatchObject({ code: 'line-lost', message: expect.stringContaining(remote.address) });
    await remote.close();
  });

  it('is unknown when the proxy in between is killed', async () => {
    const sshd = await start();
    const pidFile = join(sshd.folder, 'proxy.pid');
    const path = join(sshd.folder, 'proxy_config');
    const hop = `ssh -F ${sshd.configPath} -W 127.0.0.1:%p hop`;
    await writeFile(
      path,
      `Host target\n  ProxyCommand sh -c 'echo $$ >${pidFile}; exec ${hop}'\nHost *\nInclude ${sshd.configPath}\n`,
    );
    const remote = await open(sshd, { configFile: path });
    const request = problemOf(remote.run([{ verb: 'nap', args: ['5'] }]));
    process.kill(Number(await readFile(pidFile, 'utf8')));
    expect((await request).code).toBe('line-lost');
    await remote.close();
  });

  it('is unknown when the line goes silent, within the keepalive limit', async () => {
    const sshd = await start({ clientConfig: ['HostKeyAlias target'] });
    const hole = await behindBlackHole(sshd);
    const known = `target ${await readFile(`${sshd.hostKeyPath('ed25519')}.pub`, 'utf8')}`;
    await writeFile(sshd.knownHostsPath, known);
    const keepalive = { intervalMs: 200, count: 3 };
    const remote = await open(sshd, { destination: { host: 'target', port: hole.port }, keepalive });
    const request = problemOf(remote.run([{ verb: 'nap', args: ['5'] }]));
    hole.swallow();
    const started = Date.now();
    expect((await request).code).toBe('line-lost');
    expect(Date.now() - started).toBeLessThan(3000);
    expect((await problemOf(remote.run([]))).code).toBe('line-lost');
    await remote.close();
  });
});
