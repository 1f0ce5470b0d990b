import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fingerprint, judge, keysOf, keyType, knownHostsName } from '../../src/remote/ssh/known-hosts.js';
import { makeKey, sshdAvailable, sshKeygen } from '../support/sshd.js';

// Every test starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

describe.skipIf(!sshdAvailable())('known_hosts, as ssh-keygen writes it', () => {
  let folder: string;
  let line: string;
  let blob: Buffer;
  let other: Buffer;

  const keyOf = (path: string) => Buffer.from(readFileSync(`${path}.pub`, 'utf8').split(' ')[1] ?? '', 'base64');
  const file = (text: string) => [{ path: 'known_hosts', text }];
  const found = (name: string, hosts: string) => keysOf(name, file(`${hosts} ${line}`)).length === 1;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'keys-'));
    line = readFileSync(`${makeKey(join(folder, 'host'))}.pub`, 'utf8');
    blob = keyOf(join(folder, 'host'));
    other = keyOf(makeKey(join(folder, 'other')));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['host', 'host'],
    ['host', 'HOST'],
    ['host', 'other,host'],
    ['web1.example.com', '*.example.com'],
    ['web1', 'web?'],
    ['[host]:2222', '[host]:2222'],
    ['[host]:2222', '[*]:2222'],
    ['::1', '::1'],
    ['host', '*,!other'],
  ])('finds %s under %s', (name, hosts) => {
    expect(found(name, hosts)).toBe(true);
  });

  it.each([
    ['host', 'hos'],
    ['host', 'ghost'],
    ['host', '*,!host'],
    ['web1.example.com', '*.example.com,!web1.*'],
    ['web12', 'web?'],
    ['host', '[host]:2222'],
    ['[host]:2222', 'host'],
    ['webxexample', 'web.example'],
    ['host', '#host'],
    ['host', '@cert-authority host'],
    ['host', '@unheard-of host'],
  ])('does not find %s under %s', (name, hosts) => {
    expect(found(name, hosts)).toBe(false);
  });

  it.each([
    ['host', 22],
    ['host', 2222],
    ['::1', 22],
  ])('finds %s at port %i in a file that was hashed', (host, port) => {
    const path = join(folder, 'hashed');
    const name = knownHostsName(host, port);
    writeFileSync(path, `${name} ${line}`);
    sshKeygen('-q', '-H', '-f', path);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^\|1\|/);
    expect(keysOf(name, file(text))).toHaveLength(1);
    expect(keysOf('elsewhere', file(text))).toHaveLength(0);
  });

  it('says where a key stands, among comments, blank lines and garbage, in any of several files', () => {
    const text = `# a comment\n\ngarbage\nhost ssh-ed25519\n\t host ${line}`;
    const keys = keysOf('host', [...file('other ssh-ed25519 AAAA\r\n'), { path: 'second', text }]);
    expect(keys).toMatchObject([{ file: 'second', line: 5, type: 'ssh-ed25519', revoked: false }]);
  });

  it('prints fingerprints as ssh-keygen does', () => {
    expect(sshKeygen('-l', '-f', join(folder, 'host'))).toContain(` ${fingerprint(blob)} `);
    expect(keyType(blob)).toBe('ssh-ed25519');
  });

  it('judges known, unknown, changed and revoked keys', () => {
    const known = keysOf('host', file(`host ${line}`));
    const revoked = keysOf('host', file(`host ${line}@revoked * ${line}`));
    expect(judge(blob, known)).toMatchObject({ kind: 'known', by: { line: 1 } });
    expect(judge(other, known)).toMatchObject({ kind: 'changed', known: [{ line: 1 }] });
    expect(judge(blob, [])).toEqual({ kind: 'unknown' });
    expect(judge(blob, revoked)).toMatchObject({ kind: 'revoked', by: { line: 2 } });
    expect(judge(other, keysOf('host', file(`@revoked * ${line}`)))).toEqual({ kind: 'unknown' });
  });
});
