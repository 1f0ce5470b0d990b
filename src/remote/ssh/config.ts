import type { SshEdges } from './edges.js';
import { expandHome, expandTokens, expandVariables, type Tokens } from './tokens.js';

export interface Destination {
  readonly user?: string | undefined;
  /** A host name, an IP address, or an alias of the user's configuration. */
  readonly host: string;
  readonly port?: number | undefined;
}

/** How to reach a host, with everything the user's configuration says of it settled. */
export interface SshConfig {
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly family: 0 | 4 | 6;
  readonly connectTimeoutMs: number;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** The agent's socket. */
  readonly agent?: string;
  readonly knownHostsFiles: readonly string[];
  readonly revokedHostKeys?: string;
  readonly hostKeyAlias?: string;
  readonly proxyJump?: string;
  readonly proxyCommand?: string;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 15_000;
const DEFAULT_IDENTITIES = ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519'];
const DEFAULT_KNOWN_HOSTS = [
  '~/.ssh/known_hosts',
  '~/.ssh/known_hosts2',
  '/etc/ssh/ssh_known_hosts',
  '/etc/ssh/ssh_known_hosts2',
];

/**
 * Reads what `ssh -G` printed.
 * @throws ProblemError `target` when the configuration uses a token that is not known.
 */
export function parseSshConfig(printed: string, destination: Destination, edges: SshEdges): SshConfig {
  const settings = readSettings(printed);
  const one = (key: string) => settings.get(key)?.[0];
  const set = (key: string) => withoutNone(one(key));
  const base = {
    hostName: one('hostname') ?? destination.host,
    port: Number(one('port') ?? 22),
    user: one('user') ?? edges.user,
    ...optional('hostKeyAlias', set('hostkeyalias')),
    ...optional('proxyJump', set('proxyjump')),
  };
  const tokens = tokensOf(destination, base, edges);
  const path = (text: string) => expandHome(expandTokens(expandVariables(text, edges.env), tokens), edges.home);
  const files = (key: string) => splitPaths(set(key)).map((file) => expandHome(file, edges.home));
  const proxyCommand = set('proxycommand');
  return {
    ...base,
    family: one('addressfamily') === 'inet' ? 4 : one('addressfamily') === 'inet6' ? 6 : 0,
    connectTimeoutMs: Number(set('connecttimeout') ?? 0) * 1000 || DEFAULT_CONNECT_TIMEOUT_MS,
    identityFiles: (settings.get('identityfile') ?? DEFAULT_IDENTITIES).filter((file) => file !== 'none').map(path),
    identitiesOnly: one('identitiesonly') === 'yes',
    ...optional('agent', agentSocket(one('identityagent'), edges.env, path)),
    knownHostsFiles: [...files('userknownhostsfile'), ...files('globalknownhostsfile')],
    ...optional('revokedHostKeys', files('revokedhostkeys')[0]),
    ...optional('proxyCommand', proxyCommand && expandTokens(proxyCommand, tokens)),
  };
}

/** What holds where no `ssh` program can be asked. */
export function defaultSshConfig(destination: Destination, edges: SshEdges): SshConfig {
  return {
    hostName: destination.host.toLowerCase(),
    port: destination.port ?? 22,
    user: destination.user ?? edges.user,
    family: 0,
    connectTimeoutMs: DEFAULT_CONNECT_TIMEOUT_MS,
    identityFiles: DEFAULT_IDENTITIES.map((file) => expandHome(file, edges.home)),
    identitiesOnly: false,
    ...optional('agent', edges.env.SSH_AUTH_SOCK || undefined),
    knownHostsFiles: DEFAULT_KNOWN_HOSTS.map((file) => expandHome(file, edges.home)),
  };
}

function readSettings(printed: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const line of printed.split(/\r?\n/)) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const key = line.slice(0, space).toLowerCase();
    settings.set(key, [...(settings.get(key) ?? []), line.slice(space + 1)]);
  }
  return settings;
}

function tokensOf(
  destination: Destination,
  config: Pick<SshConfig, 'hostName' | 'port' | 'user' | 'hostKeyAlias' | 'proxyJump'>,
  edges: SshEdges,
): Tokens {
  return {
    d: edges.home,
    h: config.hostName,
    i: String(edges.uid),
    j: config.proxyJump ?? '',
    k: config.hostKeyAlias ?? config.hostName,
    L: edges.hostname.split('.')[0] ?? '',
    l: edges.hostname,
    n: destination.host,
    p: String(config.port),
    r: config.user,
    u: edges.user,
  };
}

function agentSocket(value: string | undefined, env: SshEdges['env'], path: (text: string) => string) {
  if (value === undefined || value === 'SSH_AUTH_SOCK') return env.SSH_AUTH_SOCK || undefined;
  if (value === 'none') return undefined;
  const variable = /^\$(\w+)$/.exec(value)?.[1];
  return variable === undefined ? path(value) : env[variable] || undefined;
}

/** `ssh -G` separates paths by spaces and does not quote them; a path starts at its root. */
function splitPaths(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(/\s+(?=[/~])/);
}

function withoutNone(value: string | undefined): string | undefined {
  return value === undefined || value.toLowerCase() === 'none' ? undefined : value;
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
