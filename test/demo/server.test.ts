import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type KeyPair, knownHostsLine, makeKeyPair } from '../../src/demo/keys.js';
import { type DemoServer, startDemoServer } from '../../src/demo/server.js';
import type { Remote } from '../../src/remote/remote.js';
import { openSsh } from '../../src/remote/ssh/open.js';
import { itBehavesLikeARemote } from '../remote/remote-behaviour.js';
import { nonce, problemOf, TEST_LIBRARY, testEdges } from '../support/session.js';

describe('the demo server, to a user who has no ssh program', () => {
  let home: string;
  let cwd: string;
  let hostKey: KeyPair;
  let server: DemoServer;
  let remote: Remote;

  const open = () =>
    openSsh({
      destination: { user: 'demo', host: '127.0.0.1', port: server.port },
      library: TEST_LIBRARY,
      nonce,
      edges: testEdges({ ssh: '/nowhere/ssh', home }),
    });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'demo-'));
    cwd = join(home, 'project');
    await mkdir(cwd);
    await mkdir(join(home, '.ssh'));
    const user = await makeKeyPair('user');
    hostKey = await makeKeyPair('host');
    await writeFile(join(home, '.ssh/id_ed25519'), user.privateKey, { mode: 0o600 });
    server = await startDemoServer({ hostKey: hostKey.privateKey, authorizedKey: user.publicKey, cwd });
  });
  afterAll(async () => {
    await server.close();
    await rm(home, { recursive: true });
  });

  beforeEach(async () => {
    await writeFile(join(home, '.ssh/known_hosts'), knownHostsLine(server.port, hostKey.publicKey));
    remote = await open();
  });
  afterEach(() => remote.close());

  itBehavesLikeARemote(() => remote);

  it('runs commands in its folder', async () => {
    const { stdout } = await remote.run([{ verb: 'pwd', args: [] }]);
    expect(stdout.toString()).toBe(`${cwd}\n`);
  });

  it('serves several connections', async () => {
    const others = await Promise.all([open(), open(), open()]);
    const codes = await Promise.all(others.map((other) => other.run([{ verb: 'leave', args: ['3'] }])));
    expect(codes.map(({ code }) => code)).toEqual([3, 3, 3]);
    await Promise.all(others.map((other) => other.close()));
  });

  it('lets no other key in', async () => {
    const stranger = await makeKeyPair('stranger');
    const path = join(home, 'stranger');
    await mkdir(join(path, '.ssh'), { recursive: true });
    await writeFile(join(path, '.ssh/id_ed25519'), stranger.privateKey);
    await writeFile(join(path, '.ssh/known_hosts'), knownHostsLine(server.port, hostKey.publicKey));
    const edges = testEdges({ ssh: '/nowhere/ssh', home: path });
    const destination = { user: 'demo', host: '127.0.0.1', port: server.port };
    const problem = await problemOf(openSsh({ destination, library: '', nonce, edges }));
    expect(problem).toMatchObject({ code: 'target', message: expect.stringContaining('permission denied') });
  });

  it('is refused by a client that knows another key for it', async () => {
    const other = await makeKeyPair('other');
    await writeFile(join(home, '.ssh/known_hosts'), knownHostsLine(server.port, other.publicKey));
    expect((await problemOf(open())).code).toBe('host-key');
  });

  it('leaves a line lost when it closes in the middle of a request', async () => {
    const { privateKey, publicKey } = await makeKeyPair('own');
    await writeFile(join(home, '.ssh/id_ecdsa'), privateKey);
    const own = await startDemoServer({ hostKey: hostKey.privateKey, authorizedKey: publicKey, cwd });
    await writeFile(join(home, '.ssh/known_hosts'), knownHostsLine(own.port, hostKey.publicKey));
    const destination = { user: 'demo', host: '127.0.0.1', port: own.port };
    const edges = testEdges({ ssh: '/nowhere/ssh', home });
    const lost = await openSsh({ destination, library: TEST_LIBRARY, nonce, edges });
    const request = problemOf(lost.run([{ verb: 'nap', args: ['5'] }]));
    await own.close();
    expect((await request).code).toBe('line-lost');
    await lost.close();
    await rm(join(home, '.ssh/id_ecdsa'));
  });
});
