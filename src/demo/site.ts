import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { knownHostsLine, makeKeyPair } from './keys.js';
import { startDemoServer } from './server.js';

/** A throw-away copy of the sample project, with an SSH server that reaches it. */
export interface DemoSite {
  /** Where the commands run: it holds the configuration. */
  readonly folder: string;
  /** Stands in for the user's home: the key and the known hosts are in its `.ssh`. */
  readonly home: string;
  readonly url: string;
  /** A hash over every file of the project with its name, mode and owner. */
  readonly fingerprint: () => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function openDemoSite(sample: string): Promise<DemoSite> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'action-tune-demo-')));
  const root = join(folder, 'action');
  const home = join(folder, 'home');
  const [host, user] = await Promise.all([makeKeyPair('demo host'), makeKeyPair('demo user')]);
  await cp(sample, root, { recursive: true });
  const server = await startDemoServer({
    hostKey: host.privateKey,
    authorizedKey: user.publicKey,
    cwd: root,
    // Root's state would go to the system's own folder, and a demo leaves nothing behind.
    env: { ...process.env, ACTION_TUNE_STATE: join(folder, 'state') },
  });
  const url = `ssh://${encodeURIComponent(userInfo().username)}@127.0.0.1:${server.port}${encodeURI(root)}`;
  await writeSsh(join(home, '.ssh'), user.privateKey, knownHostsLine(server.port, host.publicKey));
  await writeFile(join(folder, 'action-tune.yaml'), configuration(url));
  return {
    folder,
    home,
    url,
    fingerprint: () => fingerprintOf(root),
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeSsh(folder: string, key: string, knownHosts: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'id_ed25519'), key, { mode: 0o600 });
  await writeFile(join(folder, 'known_hosts'), knownHosts);
}

/** Files only: whatever runs on this machine under the same names is none of the demo's business. */
function configuration(url: string): string {
  return `default: demo\ntargets:\n  demo:\n    url: ${JSON.stringify(url)}\n    runtime: none\n    maxConnections: 500\n`;
}

async function fingerprintOf(root: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const path of paths.toSorted()) {
    const { mode, uid, gid } = await stat(path);
    hash.update(JSON.stringify([path, mode, uid, gid])).update(await readFile(path));
  }
  return hash.digest('hex');
}
