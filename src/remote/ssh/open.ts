import type { Client, ClientChannel } from 'ssh2';
import { ProblemError } from '../../errors.js';
import { formatHost } from '../address.js';
import type { Remote } from '../remote.js';
import { type Ending, ShellSession } from '../shell-session.js';
import type { Destination, SshConfig } from './config.js';
import { connectSsh, type Keepalive } from './connect.js';
import type { SshEdges } from './edges.js';
import { printable } from './problems.js';
import { resolveSshConfig } from './resolve.js';
import { loadSsh2 } from './ssh2.js';

export interface SshOptions {
  readonly destination: Destination;
  readonly library: string;
  readonly nonce: () => string;
  readonly edges: SshEdges;
  /** Read in place of the user's own SSH configuration. */
  readonly configFile?: string | undefined;
  readonly keepalive?: Keepalive;
}

const KEEPALIVE: Keepalive = { intervalMs: 15_000, count: 3 };
/** Accepted by every login shell there is, fish and tcsh among them. */
const COMMAND = 'exec sh -s';
const GREETING_LENGTH = 300;

/**
 * Opens a host as a target: one connection, one channel, one shell that has answered.
 * @throws ProblemError `host-key` when the host's key is unknown, changed or revoked.
 * @throws ProblemError `target` when the host can not be reached, lets no key in, or runs no shell.
 */
export async function openSsh(options: SshOptions): Promise<Remote> {
  const { destination, library, nonce, edges, configFile, keepalive = KEEPALIVE } = options;
  const [config, ssh2] = await Promise.all([resolveSshConfig(destination, edges, configFile), loadSsh2()]);
  const address = `ssh://${formatHost({ user: config.user, host: destination.host, port: config.port })}`;
  const ask = `ssh ${formatAsk(config, destination)}`;
  const client = await connectSsh({ ssh2, config, edges, address, keepalive, configFile, ask });
  const { channel, closed } = await openShell(client, address);
  const greeting = hearGreeting(channel);
  const session = new ShellSession(
    { stdin: channel, stdout: channel, stderr: channel.stderr, closed },
    { address, library, nonce },
  );
  await expectAnswer({ session, client, closed, config, greeting, address });
  return session;
}

function formatAsk(config: SshConfig, { host }: Destination): string {
  return `-p ${config.port} ${config.user}@${host}`;
}

interface Shell {
  readonly channel: ClientChannel;
  readonly closed: Promise<Ending>;
}

async function openShell(client: Client, address: string): Promise<Shell> {
  try {
    return await new Promise((resolve, reject) => {
      client.exec(COMMAND, (error, channel) => {
        // A shell that ends at once says so in the same breath, before anybody who waits for a promise is called.
        if (error === undefined) resolve({ channel, closed: endOf(client, channel) });
        else reject(error);
      });
    });
  } catch (error) {
    client.destroy();
    throw noShell(address, error instanceof Error ? error.message : 'no channel');
  }
}

/** Nothing is asked of a host before its shell has shown that it is one: a menu or an SFTP server never will. */
async function expectAnswer(opened: {
  session: ShellSession;
  client: Client;
  closed: Promise<Ending>;
  config: SshConfig;
  greeting: Greeting;
  address: string;
}): Promise<void> {
  const { session, client, closed, config, greeting, address } = opened;
  const timer = setTimeout(() => client.destroy(), config.connectTimeoutMs);
  try {
    await session.run([]);
  } catch (error) {
    client.destroy();
    if (!(error instanceof ProblemError)) throw error;
    const { code } = await closed;
    throw noShell(address, greeting.said() || (code === undefined ? 'no answer' : `it ended with status ${code}`));
  } finally {
    clearTimeout(timer);
    greeting.ignore();
  }
}

function noShell(address: string, found: string): ProblemError {
  return new ProblemError({
    code: 'target',
    message: `${address} lets the user in, but runs no shell for it`,
    place: { target: address },
    expected: 'a login shell that runs commands',
    found,
    fix: 'use a user whose login shell runs commands, without ForceCommand',
  });
}

/** The channel's end is the connection's: nothing else goes over it. */
function endOf(client: Client, channel: ClientChannel): Promise<Ending> {
  return new Promise((resolve) => {
    let ending: Ending = {};
    const settle = () => {
      client.destroy();
      resolve(ending);
    };
    channel.on('exit', (code: number | null, signal?: string) => {
      ending = { ...(code !== null && { code }), ...(signal !== undefined && { signal }) };
    });
    client.on('error', (error) => {
      ending = { ...ending, error };
    });
    channel.on('close', settle);
    client.on('close', settle);
  });
}

interface Greeting {
  readonly said: () => string;
  readonly ignore: () => void;
}

/** What is said before the shell answers: it explains a shell that never does. */
function hearGreeting(channel: ClientChannel): Greeting {
  let said = '';
  const listen = (chunk: Buffer) => {
    said += chunk.toString('utf8').slice(0, GREETING_LENGTH - said.length);
  };
  const streams = [channel, channel.stderr];
  for (const stream of streams) stream.on('data', listen);
  return {
    said: () => printable(said),
    ignore: () => {
      for (const stream of streams) stream.off('data', listen).resume();
    },
  };
}
