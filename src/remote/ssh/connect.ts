import type { AnyAuthMethod, AuthenticationType, Client } from 'ssh2';
import { ProblemError } from '../../errors.js';
import { type AuthPlan, planAuth } from './auth.js';
import type { SshConfig } from './config.js';
import type { SshEdges } from './edges.js';
import { type HostKeys, hostKeyAlgorithms, hostKeyProblem, readHostKeys } from './host-key.js';
import { connectProblem } from './problems.js';
import { openProxy } from './proxy.js';
import { openSocket } from './socket.js';
import { loadSsh2 } from './ssh2.js';

/** How a line that went silent is noticed: after about `intervalMs` times `count`. */
export interface Keepalive {
  readonly intervalMs: number;
  readonly count: number;
}

export interface ConnectOptions {
  readonly config: SshConfig;
  readonly edges: SshEdges;
  readonly address: string;
  readonly keepalive: Keepalive;
  readonly configFile?: string | undefined;
  /** The `ssh` command line that reaches the same host. */
  readonly ask: string;
}

/**
 * Opens one authenticated connection: the host's key checked, each of the user's keys offered once at most.
 * @throws ProblemError `host-key` for a key that is unknown, changed or revoked.
 * @throws ProblemError `target` when the host can not be reached or lets none of the keys in.
 */
export async function connectSsh(options: ConnectOptions): Promise<Client> {
  const { config, edges, address } = options;
  const ssh2 = await loadSsh2();
  const [host, plan] = await Promise.all([readHostKeys(config, edges), planAuth(config, edges, ssh2)]);
  const proxy = openProxy(config, edges, options.configFile);
  const sock = proxy?.stream ?? (await openSocket(config, address));
  const client = new ssh2.Client();
  const handshake = new Handshake(options, host, plan);
  const ready = readyOf(client);
  client.connect({
    sock,
    username: config.user,
    readyTimeout: config.connectTimeoutMs,
    keepaliveInterval: options.keepalive.intervalMs,
    keepaliveCountMax: options.keepalive.count,
    algorithms: { serverHostKey: hostKeyAlgorithms(host) },
    hostVerifier: (key: Buffer) => handshake.accepts(key),
    authHandler: handshake.nextKey,
  });
  await ready.catch(async (error: Error) => {
    sock.destroy();
    throw handshake.problem(error, (await proxy?.complaints()) ?? '');
  });
  return client;
}

/** What one attempt to connect found out on its way. */
class Handshake {
  readonly #options: ConnectOptions;
  readonly #host: HostKeys;
  readonly #plan: AuthPlan;
  readonly #tried: string[] = [];
  #methods: readonly AuthenticationType[] = ['publickey'];
  #refusal: ProblemError | undefined;

  constructor(options: ConnectOptions, host: HostKeys, plan: AuthPlan) {
    this.#options = options;
    this.#host = host;
    this.#plan = plan;
  }

  accepts(key: Buffer): boolean {
    const { config, ask, address } = this.#options;
    const problem = hostKeyProblem(key, this.#host, config, ask);
    if (problem === undefined) return true;
    this.#refusal = new ProblemError({ ...problem, place: { target: address, ...problem.place } });
    return false;
  }

  /** `false` ends it: every key is offered once, and none when the server takes no keys. */
  readonly nextKey = (methods: readonly AuthenticationType[] | null): AnyAuthMethod | false => {
    const attempt = this.#plan.attempts[this.#tried.length];
    this.#methods = methods ?? this.#methods;
    if (attempt === undefined || !this.#methods.includes('publickey')) return false;
    this.#tried.push(attempt.label);
    return attempt.method;
  };

  /** Says what went wrong in the user's terms. A refused host key goes before whatever the library makes of it. */
  problem(error: Error, complaints: string): ProblemError {
    const { address } = this.#options;
    const failure = { address, error, tried: this.#tried, methods: this.#methods, plan: this.#plan, complaints };
    return this.#refusal ?? connectProblem(failure);
  }
}

function readyOf(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('ready', resolve);
    client.once('close', () => reject(new Error('the connection was closed')));
    // The listener stays: the library may emit `error` more than once, and later for a line that is lost.
    client.on('error', (error: Error & { level?: string }) => {
      if (error.level !== 'agent') reject(error);
    });
  });
}
