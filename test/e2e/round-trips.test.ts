import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sshd, sshdAvailable, startSshd } from '../support/sshd.js';
import { project, run, temporaryFolder } from './support.js';

/** A shell that keeps what it is told by the session, and counts the sessions. */
const spy = (folder: string) => `#!/bin/sh
[ "$*" = -s ] || exec /bin/sh "$@"
echo session >>'${folder}/sessions'
tee -a '${folder}/told' | /bin/sh -s
`;
/** How each request begins, and its first call (src/remote/script.ts). */
const REQUEST = /^_at_main\(\) \{\n/m;
const VERB = /^\w+/;

describe.skipIf(!sshdAvailable())('the round trips of a plan, over a real sshd', () => {
  let sshd: Sshd;
  let folder: string;
  let root: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
    ({ root } = await project('Action'));
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin/sh'), spy(folder));
    await chmod(join(folder, 'bin/sh'), 0o755);
    sshd = await startSshd({ config: [`SetEnv PATH=${folder}/bin:${process.env.PATH} HOME=${folder}`] });
  });
  afterEach(() => sshd.stop());

  it('are two in one session: a look at everything, and one at all files that it leads to', async () => {
    const url = `ssh://127.0.0.1:${sshd.port}${encodeURI(root)}`;
    const env = { ACTION_TUNE_SSH_CONFIG: sshd.configPath };
    expect(await run(['plan', '--json', '--target', url], { env })).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'sessions'), 'utf8')).toBe('session\n');
    const [connected, ...asked] = (await readFile(join(folder, 'told'), 'utf8')).split(REQUEST).slice(1);
    // The connect ends with a request for nothing, which shows that there is a shell.
    expect(connected).toMatch(/^:\n\}\n/);
    expect(asked.map((request) => VERB.exec(request)?.[0])).toEqual(['at_state_of', 'at_file']);
  });
});
