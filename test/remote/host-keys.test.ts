import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSsh } from '../../src/remote/ssh/open.js';
import { nonce, problemOf, testEdges } from '../support/session.js';
import { makeKey, type Sshd, sshdAvailable, sshKeygen, startSshd } from '../support/sshd.js';

// Every test starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

describe.skipIf(!sshdAvailable())('host keys of a real sshd', () => {
  let sshd: Sshd;
  let host: string;
  let known: { ed25519: string; rsa: string; ecdsa: string };
  let stranger: string;

  const publicKey = async (path: string) => (await readFile(`${path}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
  const fingerprintOf = (path: string) => /SHA256:\S+/.exec(sshKeygen('-l', '-f', path))?.[0] ?? '';
  const open = () =>
    openSsh({ destination: { host: 'target' }, library: '', nonce, edges: testEdges(), configFile: sshd.configPath });
  const trusted = async () => {
    const remote = await open();
    const { code } = await remote.run([]);
    await remote.close();
    return code === 0;
  };

  beforeAll(async () => {
    sshd = await startSshd({ hostKeys: ['ed25519', 'rsa', 'ecdsa'] });
    host = `[127.0.0.1]:${sshd.port}`;
    const [ed25519, rsa, ecdsa] = await Promise.all(
      (['ed25519', 'rsa', 'ecdsa'] as const).map((type) => publicKey(sshd.hostKeyPath(type))),
    );
    known = { ed25519: ed25519 ?? '', rsa: rsa ?? '', ecdsa: ecdsa ?? '' };
    makeKey(join(sshd.folder, 'stranger'));
    stranger = await publicKey(join(sshd.folder, 'stranger'));
  });
  afterAll(() => sshd.stop());
  beforeEach(() => writeFile(sshd.knownHostsPath, ''));

  it.each(['ed25519', 'rsa', 'ecdsa'] as const)('trusts a host that is known by its %s key alone', async (type) => {
    await writeFile(sshd.knownHostsPath, `${host} ${known[type]}\n`);
    expect(await trusted()).toBe(true);
  });

  it('trusts a host under a hashed name', async () => {
    await writeFile(sshd.knownHostsPath, `${host} ${known.ed25519}\n`);
    sshKeygen('-q', '-H', '-f', sshd.knownHostsPath);
    expect(await trusted()).toBe(true);
  });

  it('trusts the same key known for the usual port', async () => {
    await writeFile(sshd.knownHostsPath, `127.0.0.1 ${known.ed25519}\n`);
    expect(await trusted()).toBe(true);
  });

  it('refuses an unknown key, with its fingerprint and how to come to trust it', async () => {
    const problem = await problemOf(open());
    expect(problem).toMatchObject({
      code: 'host-key',
      expected: `a key of this host in ${sshd.knownHostsPath}`,
      found: `${fingerprintOf(sshd.hostKeyPath('ed25519'))} (ssh-ed25519)`,
      fix: expect.stringContaining(`ssh-keyscan -p ${sshd.port} 127.0.0.1 >> ${sshd.knownHostsPath}`),
    });
  });

  it('refuses a changed key, with both fingerprints, the line, and how to forget the old one', async () => {
    await writeFile(sshd.knownHostsPath, `# first\n${host} ${stranger}\n`);
    const problem = await problemOf(open());
    expect(problem).toMatchObject({
      code: 'host-key',
      message: expect.stringContaining('changed'),
      place: { file: sshd.knownHostsPath, line: 2 },
      expected: `${fingerprintOf(join(sshd.folder, 'stranger'))} (ssh-ed25519)`,
      found: `${fingerprintOf(sshd.hostKeyPath('ed25519'))} (ssh-ed25519)`,
      fix: expect.stringContaining(`ssh-keygen -R '${host}' -f ${sshd.knownHostsPath}`),
    });
  });

  it('gives advice that works', async () => {
    await writeFile(sshd.knownHostsPath, `${host} ${stranger}\n`);
    sshKeygen('-R', host, '-f', sshd.knownHostsPath);
    expect((await problemOf(open())).message).toContain('not known');
  });

  it('refuses a revoked key, even where it is also known', async () => {
    await writeFile(sshd.knownHostsPath, `${host} ${known.ed25519}\n@revoked * ${known.ed25519}\n`);
    const problem = await problemOf(open());
    expect(problem).toMatchObject({
      code: 'host-key',
      message: expect.stringContaining('revoked'),
      place: { line: 2 },
    });
  });

  it('does not take a certificate authority for the host', async () => {
    await writeFile(sshd.knownHostsPath, `@cert-authority * ${known.ed25519}\n`);
    expect((await problemOf(open())).message).toContain('not known');
  });

  it('heeds RevokedHostKeys', async () => {
    await writeFile(sshd.knownHostsPath, `${host} ${known.ed25519}\n`);
    const config = await readFile(sshd.configPath, 'utf8');
    const revoked = join(sshd.folder, 'revoked');
    await appendFile(sshd.configPath, `  RevokedHostKeys ${revoked}\n`);
    await writeFile(revoked, `# lost\n${known.ed25519} comment\n`);
    expect(await problemOf(open())).toMatchObject({ code: 'host-key', place: { file: revoked, line: 2 } });
    sshKeygen('-q', '-k', '-f', revoked, `${sshd.hostKeyPath('ed25519')}.pub`);
    expect(await problemOf(open())).toMatchObject({ code: 'host-key', place: { file: revoked } });
    await writeFile(sshd.configPath, config);
  });
});
