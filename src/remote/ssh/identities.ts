import type { ParsedKey } from 'ssh2';
import type { SshEdges } from './edges.js';
import type { Ssh2 } from './ssh2.js';

/** What an identity file gives: a key to sign with, or at least the public part by which an agent's key is chosen. */
export type Identity = { readonly path: string; readonly publicBlob?: Buffer } & (
  | { readonly kind: 'private'; readonly key: ParsedKey }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'public' }
  | { readonly kind: 'unusable'; readonly why: string }
);

const OPENSSH_KEY = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/;
const OPENSSH_MAGIC = 'openssh-key-v1\0';

/** Reads the identity files that are there. A file that can not be used is told, not thrown: another key may do. */
export async function readIdentities(paths: readonly string[], edges: SshEdges, ssh2: Ssh2): Promise<Identity[]> {
  const identities = await Promise.all(paths.map((path) => readIdentity(path, edges, ssh2)));
  return identities.filter((identity) => identity !== undefined);
}

async function readIdentity(path: string, edges: SshEdges, ssh2: Ssh2): Promise<Identity | undefined> {
  const beside = await edges.readFile(`${path}.pub`).then(
    (bytes) => publicBlobOf(bytes, ssh2),
    () => undefined,
  );
  const bytes = await edges.readFile(path).catch((error: NodeJS.ErrnoException) => error);
  if (bytes instanceof Error) {
    if (beside !== undefined) return { kind: 'public', path, publicBlob: beside };
    return bytes.code === 'ENOENT' ? undefined : { kind: 'unusable', path, why: bytes.code ?? 'unreadable' };
  }
  return classify(path, bytes, beside ?? publicPartOf(bytes), ssh2);
}

function classify(path: string, bytes: Buffer, publicBlob: Buffer | undefined, ssh2: Ssh2): Identity {
  const key = ssh2.utils.parseKey(bytes);
  const common = { path, ...(publicBlob !== undefined && { publicBlob }) };
  if (key instanceof Error) {
    if (/passphrase/i.test(key.message)) return { kind: 'encrypted', ...common };
    return { kind: 'unusable', ...common, why: 'not a key of a supported type' };
  }
  const blob = key.getPublicSSH();
  return key.isPrivateKey()
    ? { kind: 'private', path, publicBlob: blob, key }
    : { kind: 'public', path, publicBlob: blob };
}

function publicBlobOf(bytes: Buffer, ssh2: Ssh2): Buffer | undefined {
  const key = ssh2.utils.parseKey(bytes);
  return key instanceof Error ? undefined : key.getPublicSSH();
}

/** The public part stands in the clear even in an encrypted OpenSSH key: magic, cipher, kdf, options, count, public key. */
function publicPartOf(bytes: Buffer): Buffer | undefined {
  const key = Buffer.from(OPENSSH_KEY.exec(bytes.toString('latin1'))?.[1] ?? '', 'base64');
  if (key.toString('latin1', 0, OPENSSH_MAGIC.length) !== OPENSSH_MAGIC) return undefined;
  let at = OPENSSH_MAGIC.length;
  const next = () => {
    const end = at + 4 + (at + 4 <= key.length ? key.readUInt32BE(at) : 0);
    const field = key.subarray(at + 4, end);
    at = end;
    return field;
  };
  for (const _ of ['cipher', 'kdf', 'options']) next();
  at += 4;
  return next();
}
