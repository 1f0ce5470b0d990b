// A real OpenSSH server on loopback, for the benchmark: one key, one user, nothing of this machine's own configuration.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SSHD = '/usr/sbin/sshd';

/** Starts it with its files in `folder`. The client's configuration knows it as the host `bench`. */
export async function startSshd(folder, environment) {
  const port = await freePort();
  const [hostKey, clientKey] = ['host_key', 'client_key'].map((name) => makeKey(join(folder, name)));
  writeFileSync(join(folder, 'authorized_keys'), readFileSync(`${clientKey}.pub`));
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${readFileSync(`${hostKey}.pub`, 'utf8')}`);
  const config = join(folder, 'ssh_config');
  writeFileSync(config, clientConfig(folder, port));
  writeFileSync(join(folder, 'sshd_config'), serverConfig(folder, port, environment));
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const sshd = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: 'ignore' });
  sshd.once('error', () => undefined);
  await listening(sshd, port);
  return { host: 'bench', config, stop: () => sshd.kill() };
}

function makeKey(path) {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', path]);
  return path;
}

function clientConfig(folder, port) {
  return `Host bench
  HostName 127.0.0.1
  Port ${port}
  User ${userInfo().username}
  IdentityFile ${folder}/client_key
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${folder}/known_hosts
  GlobalKnownHostsFile none
`;
}

function serverConfig(folder, port, environment) {
  const set = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${folder}/host_key
AuthorizedKeysFile ${folder}/authorized_keys
PidFile none
PermitRootLogin yes
StrictModes no
UsePAM no
PasswordAuthentication no
SetEnv ${set.join(' ')}
`;
}

function freePort() {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function listening(sshd, port) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (sshd.exitCode !== null || sshd.pid === undefined) break;
    if (await accepts(port)) return;
    await sleep(50);
  }
  throw new Error(`${SSHD} did not start; the benchmark needs the openssh-server package`);
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
  });
}
