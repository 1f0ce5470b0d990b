import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLocal } from '../../src/remote/local.js';
import type { Remote } from '../../src/remote/remote.js';
import { nonce, problemOf, TEST_LIBRARY } from '../support/session.js';
import { itBehavesLikeARemote } from './remote-behaviour.js';

// Every test starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

describe('local', () => {
  let folder: string;
  let remote: Remote;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'local-'));
    remote = await openLocal({ cwd: folder, library: TEST_LIBRARY, nonce });
  });

  afterEach(async () => {
    await remote.close();
    await rm(folder, { recursive: true });
  });

  itBehavesLikeARemote(() => remote);

  it('works in the folder it was given', async () => {
    const { stdout } = await remote.run([{ verb: 'pwd', args: [] }]);
    expect(stdout.toString()).toBe(`${folder}\n`);
  });

  it('refuses a folder that is not there', async () => {
    const problem = await problemOf(openLocal({ cwd: join(folder, 'absent'), library: '', nonce }));
    expect(problem).toMatchObject({ code: 'target', found: 'ENOENT', fix: expect.stringContaining('local:') });
  });
});
