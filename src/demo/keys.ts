export interface KeyPair {
  /** In OpenSSH's private key format. */
  readonly privateKey: string;
  /** A line as in `authorized_keys`. */
  readonly publicKey: string;
}

/** Makes an Ed25519 key pair that is good for as long as the demo runs. */
export async function makeKeyPair(comment: string): Promise<KeyPair> {
  const { utils } = (await import('ssh2')).default;
  for (;;) {
    const { private: privateKey, public: publicKey } = utils.generateKeyPairSync('ed25519', { comment });
    // About one of 400 pairs that ssh2 1.17 makes is malformed, and it does not read them itself.
    if (![privateKey, publicKey].some((key) => utils.parseKey(key) instanceof Error)) return { privateKey, publicKey };
  }
}

/** The line of known_hosts for a demo server. */
export function knownHostsLine(port: number, publicKey: string): string {
  const [type, key] = publicKey.split(' ');
  return `[127.0.0.1]:${port} ${type} ${key}\n`;
}
