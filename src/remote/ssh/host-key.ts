import type { Problem } from '../../errors.js';
import type { SshConfig } from './config.js';
import type { SshEdges } from './edges.js';
import {
  fingerprint,
  judge,
  type KnownHostsFile,
  type KnownKey,
  keysOf,
  keyType,
  knownHostsName,
} from './known-hosts.js';
import { readRevoked } from './revoked-keys.js';

/** Newest first; a known key's type goes before all of them. */
const HOST_KEY_ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
] as const;

export type HostKeyAlgorithm = (typeof HOST_KEY_ALGORITHMS)[number];

/** What is known of a host before it is asked: the files are read once, the verdict is then a pure matter. */
export interface HostKeys {
  readonly name: string;
  readonly files: readonly string[];
  readonly keys: readonly KnownKey[];
  /** A port may be left out of known_hosts when the key is the same as the host's on the usual port. */
  readonly withoutPort: readonly KnownKey[];
}

/** @throws ProblemError `host-key` when the list of revoked keys can not be read: then no key can be trusted. */
export async function readHostKeys(config: SshConfig, edges: SshEdges): Promise<HostKeys> {
  const name = config.hostKeyAlias ?? knownHostsName(config.hostName, config.port);
  const plain = config.hostKeyAlias ?? knownHostsName(config.hostName, 22);
  const files = await Promise.all(config.knownHostsFiles.map((path) => readKnownHosts(path, edges)));
  const revoked = await readRevoked(config.revokedHostKeys, edges);
  return {
    name,
    files: config.knownHostsFiles,
    keys: [...revoked, ...keysOf(name, files)],
    withoutPort: name === plain ? [] : keysOf(plain, files),
  };
}

/** Known types first: a host that also has a key of another type would else be taken for a changed one. */
export function hostKeyAlgorithms({ keys }: HostKeys): HostKeyAlgorithm[] {
  const known = new Set(keys.filter((key) => !key.revoked).flatMap(({ type }) => algorithmsOf(type)));
  return [...HOST_KEY_ALGORITHMS].sort((a, b) => Number(known.has(b)) - Number(known.has(a)));
}

function algorithmsOf(type: string): readonly string[] {
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type];
}

/** @returns what is wrong with the key a host offered, or nothing when it is known. */
export function hostKeyProblem(offered: Buffer, host: HostKeys, config: SshConfig, ask: string): Problem | undefined {
  const verdict = judge(offered, host.keys);
  if (verdict.kind === 'known') return undefined;
  const found = describeKey(keyType(offered), offered);
  if (verdict.kind === 'revoked') return revokedProblem(host.name, found, verdict.by);
  const plain = judge(offered, host.withoutPort);
  if (plain.kind === 'revoked') return revokedProblem(host.name, found, plain.by);
  if (verdict.kind === 'changed')
    return changedProblem(host.name, found, verdict.known, trustAdvice(host, config, ask));
  if (plain.kind === 'known') return undefined;
  return {
    code: 'host-key',
    message: `the host key of ${host.name} is not known`,
    expected: `a key of this host in ${host.files.join(', ') || 'a known_hosts file'}`,
    found,
    fix: `compare the fingerprint with the server's own, then ${trustAdvice(host, config, ask)}`,
  };
}

function changedProblem(
  name: string,
  found: string,
  known: readonly [KnownKey, ...KnownKey[]],
  trust: string,
): Problem {
  const [first] = known;
  const files = [...new Set(known.map(({ file }) => file))];
  const forget = files.map((file) => `\`ssh-keygen -R ${shellWord(name)} -f ${shellWord(file)}\``).join(' and ');
  return {
    code: 'host-key',
    message: `the host key of ${name} has changed; someone may be listening in`,
    place: { file: first.file, line: first.line },
    expected: known.map(({ type, blob }) => describeKey(type, blob)).join(' or '),
    found,
    fix: `only if the server's owner confirms the new fingerprint: run ${forget}, then ${trust}`,
    details: known.map(({ type, blob, file, line }) => `${file}:${line}: ${describeKey(type, blob)}`),
  };
}

function revokedProblem(name: string, found: string, by: KnownKey): Problem {
  return {
    code: 'host-key',
    message: `the host key of ${name} is revoked`,
    place: { file: by.file, line: by.line },
    expected: 'a host key that is not revoked',
    found,
    fix: "do not connect; ask the server's owner for its new host key",
  };
}

/** `ssh-keyscan` reaches only what is reached directly, and writes no alias. */
function trustAdvice(host: HostKeys, config: SshConfig, ask: string): string {
  const direct =
    config.proxyCommand === undefined && config.proxyJump === undefined && config.hostKeyAlias === undefined;
  if (!direct) return `connect once with \`${ask}\``;
  const file = host.files[0] ?? '~/.ssh/known_hosts';
  return `run \`ssh-keyscan -p ${config.port} ${shellWord(config.hostName)} >> ${shellWord(file)}\``;
}

function describeKey(type: string, blob: Buffer): string {
  return `${fingerprint(blob)} (${type})`;
}

function shellWord(text: string): string {
  return /^[\w./:@%~-]+$/.test(text) ? text : `'${text}'`;
}

async function readKnownHosts(path: string, edges: SshEdges): Promise<KnownHostsFile> {
  const bytes = await edges.readFile(path).catch(() => Buffer.alloc(0));
  return { path, text: bytes.toString('utf8') };
}
