import type { BaseAgent, IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import type { Ssh2 } from './ssh2.js';

export interface AgentKeys {
  readonly agent?: BaseAgent;
  readonly keys: readonly ParsedKey[];
  /** Why there are none, for the message when no other key does either. */
  readonly note?: string;
}

/** Asks an agent for its keys. A missing or broken agent is told, not thrown: an identity file may do. */
export function listAgentKeys(socket: string | undefined, ssh2: Ssh2): Promise<AgentKeys> {
  if (socket === undefined) return Promise.resolve({ keys: [], note: 'no agent is running' });
  const agent = ssh2.createAgent(socket);
  return new Promise((resolve) => {
    agent.getIdentities((error, keys) => {
      if (error) return resolve({ keys: [], note: `the agent at ${socket} does not answer` });
      resolve({ agent, keys: parsed(keys ?? [], ssh2) });
    });
  });
}

/** An agent that knows a single key, so that the order and the number of attempts are ours. */
export function agentForKey(agent: BaseAgent, key: ParsedKey, ssh2: Ssh2): BaseAgent {
  class OneKeyAgent extends ssh2.BaseAgent<ParsedKey> {
    getIdentities(callback: IdentityCallback<ParsedKey>): void {
      callback(undefined, [key]);
    }

    sign(
      publicKey: ParsedKey,
      data: Buffer,
      options: SigningRequestOptions | SignCallback,
      callback?: SignCallback,
    ): void {
      if (typeof options === 'function') agent.sign(publicKey, data, options);
      else agent.sign(publicKey, data, options, callback);
    }
  }
  return new OneKeyAgent();
}

function parsed(keys: readonly (ParsedKey | Buffer | string | { pubKey: unknown })[], ssh2: Ssh2): ParsedKey[] {
  return keys.flatMap((key) => {
    const each = ssh2.utils.parseKey(key as Buffer | string | ParsedKey);
    return each instanceof Error ? [] : [each];
  });
}
