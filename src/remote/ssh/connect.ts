import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { planAuth } from './auth.js';
import type { SshConfig } from './config.js';
import type { SshEdges } from './edges.js';
import { Handshake, type HandshakeTerms } from './handshake.js';
import { hostKeyAlgorithms, readHostKeys } from './host-key.js';
import { openProxy } from './proxy.js';
import { openSocket } from './socket.js';
import type { Ssh2 } from './ssh2.js';

/** How a line that went silent is noticed: after about `intervalMs` times `count`. */
export interface Keepalive {
  readonly intervalMs: number;
  readonly count: number;
}

interface ConnectOptions {
  readonly ssh2: Ssh2;
  readonly config: SshConfig;
  readonly edges: SshEdges;
  readonly address: string;
  readonly keepalive: Keepalive;
  readonly configFile?: string | undefined;
  /** The `ssh` command line that reaches the same host. */
  readonly ask: string;
}

/** Only a server that hung up before the handshake is asked again; a refused key or login never is. */
const PAUSES_MS = [250, 750, 1500];

/**
 * Opens one authenticated connection: the host's key checked, each of the user's keys offered once at most.
 * @throws ProblemError `host-key` for a key that is unknown, changed or revoked.
 * @throws ProblemError `target` when the host can not be reached or lets none of the keys in.
 */
export async function connectSsh(options: ConnectOptions): Promise<Client> {
  const { ssh2, config, edges } = options;
  const [host, plan] = await Promise.all([readHostKeys(config, edges), planAuth(config, edges, ssh2)]);
  return tryToConnect(options, { ...options, host, plan }, PAUSES_MS);
}

async function tryToConnect(
  options: ConnectOptions,
  terms: HandshakeTerms,
  [pause, ...pauses]: readonly number[],
): Promise<Client> {
  const { config, edges, address, configFile } = options;
  const handshake = new Handshake(terms);
  const proxy = openProxy(config, edges, configFile);
  const sock = proxy?.stream ?? (await openSocket(config, address));
  const outcome = await shakeHands(sock, handshake, terms, options);
  if (!(outcome instanceof Error)) return outcome;
  sock.destroy();
  if (proxy === undefined && pause !== undefined && handshake.wasTurnedAway(outcome)) {
    await setTimeout(pause);
    return tryToConnect(options, terms, pauses);
  }
  throw handshake.problem(outcome, (await proxy?.complaints()) ?? '');
}

function shakeHands(
  sock: Duplex,
  handshake: Handshake,
  { host, config }: HandshakeTerms,
  { ssh2, keepalive }: ConnectOptions,
): Promise<Client | Error> {
  const client = new ssh2.Client();
  const ready = readyOf(client);
  client.connect({
    sock,
    username: config.user,
    readyTimeout: config.connectTimeoutMs,
    keepaliveInterval: keepalive.intervalMs,
    keepaliveCountMax: keepalive.count,
    algorithms: { serverHostKey: hostKeyAlgorithms(host) },
    hostVerifier: (key: Buffer) => handshake.accepts(key),
    authHandler: handshake.nextKey,
  });
  return ready;
}

function readyOf(client: Client): Promise<Client | Error> {
  return new Promise((resolve) => {
    client.once('ready', () => resolve(client));
    client.once('close', () => resolve(new Error('the connection was closed')));
    // The listener stays: the library may emit `error` more than once, and later for a line that is lost.
    client.on('error', (error: Error & { level?: string }) => {
      if (error.level !== 'agent') resolve(error);
    });
  });
}
