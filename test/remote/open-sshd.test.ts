import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Remote } from '../../src/remote/remote.js';
import { openSsh } from '../../src/remote/ssh/open.js';
import { nonce, TEST_LIBRARY, testEdges } from '../support/session.js';
import { type Sshd, sshdAvailable, startSshd } from '../support/sshd.js';
import { itBehavesLikeARemote } from './remote-behaviour.js';

// Every test starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

describe.skipIf(!sshdAvailable())('a real OpenSSH server', () => {
  let sshd: Sshd;
  let remote: Remote;

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  beforeEach(async () => {
    remote = await openSsh({
      destination: { host: 'target' },
      library: TEST_LIBRARY,
      nonce,
      edges: testEdges(),
      configFile: sshd.configPath,
    });
  });
  afterEach(() => remote.close());

  itBehavesLikeARemote(() => remote);

  it('names the target as the user knows it, with what the configuration adds', () => {
    expect(remote.address).toBe(`ssh://${sshd.user}@target:${sshd.port}`);
  });
});
