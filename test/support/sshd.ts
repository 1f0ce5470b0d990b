import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const SSHD = '/usr/sbin/sshd';

export type KeyType = 'ed25519' | 'rsa' | 'ecdsa';

export interface SshdOptions {
  /** The types of host key it has; Ed25519 alone unless told. */
  readonly hostKeys?: readonly KeyType[];
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
  /** Further lines of the client's configuration, within its one `Host *`. */
  readonly clientConfig?: readonly string[];
}

export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** Everything of this server and its client is in here; it is also the home of who logs in. */
  readonly folder: string;
  readonly hostKeyPath: (type: KeyType) => string;
  /** The client's configuration: its own key and known_hosts, and nothing of the user's. */
  readonly configPath: string;
  readonly knownHostsPath: string;
  readonly clientKeyPath: string;
  /** What sshd has logged so far. */
  readonly log: () => string;
  stop(): Promise<void>;
}

/** Whether tests against a real sshd can run; where they must, in CI, they run and fail. */
export function sshdAvailable(): boolean {
  if (existsSync(SSHD) || process.env.CI) return true;
  console.warn(`skipped: ${SSHD} is not installed, so nothing is tested against a real OpenSSH server`);
  return false;
}

export function sshKeygen(...args: readonly string[]): string {
  return execFileSync('ssh-keygen', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export function makeKey(path: string, type: KeyType = 'ed25519', passphrase = ''): string {
  sshKeygen('-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', path);
  return path;
}

/** Starts a real OpenSSH server on loopback that lets the current user in by a key of its own. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), 'sshd-'));
  const port = await freePort();
  const user = userInfo().username;
  const hostKeys = options.hostKeys ?? ['ed25519'];
  const hostKeyPath = (type: KeyType) => join(folder, `host_${type}`);
  for (const type of hostKeys) makeKey(hostKeyPath(type), type);
  const clientKeyPath = makeKey(join(folder, 'client_key'));
  const [configPath, knownHostsPath] = [join(folder, 'ssh_config'), join(folder, 'known_hosts')];
  await writeFile(join(folder, 'authorized_keys'), await readFile(`${clientKeyPath}.pub`));
  await writeFile(knownHostsPath, await knownHosts(port, hostKeys.map(hostKeyPath)));
  await writeFile(configPath, clientConfig({ folder, port, user, lines: options.clientConfig ?? [] }));
  const serverConfig = join(folder, 'sshd_config');
  await writeFile(serverConfig, sshdConfig(folder, port, hostKeys.map(hostKeyPath), options.config ?? []));
  const { log, stop } = await run(serverConfig, port);
  return {
    ...{ port, user, folder, hostKeyPath, configPath, knownHostsPath, clientKeyPath, log },
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function knownHosts(port: number, hostKeyPaths: readonly string[]): Promise<string> {
  const keys = await Promise.all(hostKeyPaths.map((path) => readFile(`${path}.pub`, 'utf8')));
  return keys.map((key) => `[127.0.0.1]:${port} ${key}`).join('');
}

function clientConfig(own: { folder: string; port: number; user: string; lines: readonly string[] }): string {
  const { folder, port, user, lines } = own;
  const settings = [
    ...lines,
    'HostName 127.0.0.1',
    `Port ${port}`,
    `User ${user}`,
    `IdentityFile ${folder}/client_key`,
    'IdentityAgent none',
    `UserKnownHostsFile ${folder}/known_hosts`,
    'GlobalKnownHostsFile none',
  ];
  return `Host *\n${settings.map((line) => `  ${line}\n`).join('')}`;
}

function sshdConfig(folder: string, port: number, hostKeyPaths: readonly string[], lines: readonly string[]): string {
  return [
    ...lines,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...hostKeyPaths.map((path) => `HostKey ${path}`),
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    `PidFile ${folder}/sshd.pid`,
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'LogLevel VERBOSE',
    `SetEnv HOME=${folder}`,
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

async function run(configPath: string, port: number): Promise<{ log: () => string; stop: () => Promise<void> }> {
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const sshd = spawn(SSHD, ['-D', '-e', '-f', configPath], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  sshd.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ended = new Promise<void>((resolve) => sshd.once('close', () => resolve()));
  sshd.once('error', (error) => {
    log += error.message;
  });
  await waitUntilListening(sshd, port, () => log);
  return {
    log: () => log,
    stop: async () => {
      sshd.kill();
      // Its sessions hold its stderr; they end with their clients, which may be under test just now.
      sshd.stderr.destroy();
      await ended;
    },
  };
}

async function waitUntilListening(sshd: ChildProcess, port: number, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (sshd.exitCode !== null || sshd.pid === undefined) break;
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  sshd.kill();
  throw new Error(`sshd did not start: ${log()}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
