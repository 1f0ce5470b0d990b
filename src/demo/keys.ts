export interface KeyPair {
  /** In OpenSSH's private key format. */
  readonly privateKey: string;
  /** A line as in `authorized_keys`. */
  readonly publicKey: string;
}

/** Makes an Ed25519 key pair that is good for as long as the demo runs. */
export async function makeKeyPair(comment: string): Promise<KeyPair> {
  const { default: ssh2 } = await import('ssh2');
  const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  return { privateKey, publicKey };
}

/** The line of known_hosts for a demo server. */
export function knownHostsLine(port: number, publicKey: string): string {
  const [type, key] = publicKey.split(' ');
  return `[127.0.0.1]:${port} ${type} ${key}\n`;
}
