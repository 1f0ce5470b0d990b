import type { AnyAuthMethod, BaseAgent, ParsedKey } from 'ssh2';
import { type AgentKeys, agentForKey, listAgentKeys } from './agent.js';
import type { SshConfig } from './config.js';
import type { SshEdges } from './edges.js';
import { type Identity, readIdentities } from './identities.js';
import { fingerprint } from './known-hosts.js';
import type { Ssh2 } from './ssh2.js';

/** One key, offered once. */
interface Attempt {
  /** How a message names the key. */
  readonly label: string;
  readonly method: AnyAuthMethod;
}

export interface AuthPlan {
  readonly attempts: readonly Attempt[];
  /** Why keys that one might expect were not offered. */
  readonly notes: readonly string[];
  /** Files that only `ssh-add` can make usable. */
  readonly encrypted: readonly string[];
}

/** Decides which keys are offered, in the order of `ssh`: the agent's that are configured, its others, then files. */
export async function planAuth(config: SshConfig, edges: SshEdges, ssh2: Ssh2): Promise<AuthPlan> {
  const [identities, listed] = await Promise.all([
    readIdentities(config.identityFiles, edges, ssh2),
    listAgentKeys(config.agent, ssh2),
  ]);
  const held = agentKeysInOrder(listed.keys, identities, config.identitiesOnly);
  const inAgent = (identity: Identity) => held.some((key) => isKeyOf(key, identity));
  const files = identities.filter((identity) => !inAgent(identity));
  return {
    attempts: [...agentAttempts(listed, held, config.user, ssh2), ...fileAttempts(files, config.user)],
    notes: [...(listed.note === undefined ? [] : [listed.note]), ...files.flatMap(noteOf)],
    encrypted: files.filter(({ kind }) => kind === 'encrypted').map(({ path }) => path),
  };
}

function agentKeysInOrder(keys: readonly ParsedKey[], identities: readonly Identity[], only: boolean): ParsedKey[] {
  const configured = identities.flatMap((identity) => keys.filter((key) => isKeyOf(key, identity)));
  return [...new Set(only ? configured : [...configured, ...keys])];
}

function isKeyOf(key: ParsedKey, identity: Identity): boolean {
  return identity.publicBlob?.equals(key.getPublicSSH()) ?? false;
}

function agentAttempts({ agent }: AgentKeys, keys: readonly ParsedKey[], username: string, ssh2: Ssh2): Attempt[] {
  if (agent === undefined) return [];
  const method = (key: ParsedKey, from: BaseAgent): AnyAuthMethod => ({
    type: 'agent',
    username,
    agent: agentForKey(from, key, ssh2),
  });
  return keys.map((key) => ({ label: `agent key ${fingerprint(key.getPublicSSH())}`, method: method(key, agent) }));
}

function fileAttempts(files: readonly Identity[], username: string): Attempt[] {
  return files.flatMap((file) =>
    file.kind === 'private' ? [{ label: file.path, method: { type: 'publickey', username, key: file.key } }] : [],
  );
}

function noteOf(identity: Identity): string[] {
  if (identity.kind === 'encrypted') return [`${identity.path} is encrypted, and no agent holds it`];
  if (identity.kind === 'public') return [`${identity.path} is a public key, and no agent holds its private key`];
  return identity.kind === 'unusable' ? [`${identity.path}: ${identity.why}`] : [];
}
