import { createHash, createHmac } from 'node:crypto';

export interface KnownHostsFile {
  readonly path: string;
  readonly text: string;
}

/** One key of a known_hosts file, and where it stands. */
export interface KnownKey {
  readonly type: string;
  readonly blob: Buffer;
  readonly revoked: boolean;
  readonly file: string;
  readonly line: number;
}

export type Verdict =
  | { readonly kind: 'known' | 'revoked'; readonly by: KnownKey }
  /** Other keys are known for the host, and this is none of them. */
  | { readonly kind: 'changed'; readonly known: readonly [KnownKey, ...KnownKey[]] }
  | { readonly kind: 'unknown' };

const LINE = /^\s*(?:(@[\w-]+)\s+)?(\S+)\s+(\S+)\s+([A-Za-z0-9+/]+=*)(?:\s|$)/;

/** The name a host has in known_hosts: a port of its own is part of it. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** Every key the files hold for a name. Keys of certificate authorities are left out: they are not host keys. */
export function keysOf(name: string, files: readonly KnownHostsFile[]): KnownKey[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const [, marker, hosts = '', type = '', blob = ''] = LINE.exec(line) ?? [];
      if (hosts === '' || hosts.startsWith('#') || (marker !== undefined && marker !== '@revoked')) return [];
      if (!matchesHosts(name, hosts)) return [];
      return [{ type, blob: Buffer.from(blob, 'base64'), revoked: marker === '@revoked', file: path, line: index + 1 }];
    }),
  );
}

/** Judges the key a host offered by the keys that are known for it. A revoked key is never known. */
export function judge(offered: Buffer, keys: readonly KnownKey[]): Verdict {
  const same = keys.filter(({ blob }) => blob.equals(offered));
  const revoked = same.find((key) => key.revoked);
  if (revoked !== undefined) return { kind: 'revoked', by: revoked };
  if (same[0] !== undefined) return { kind: 'known', by: same[0] };
  const [first, ...others] = keys.filter((key) => !key.revoked);
  return first === undefined ? { kind: 'unknown' } : { kind: 'changed', known: [first, ...others] };
}

/** As `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type a key says it has in its first field. */
export function keyType(key: Buffer): string {
  return key.length < 4 ? '' : key.toString('latin1', 4, 4 + key.readUInt32BE(0));
}

function matchesHosts(name: string, hosts: string): boolean {
  if (hosts.startsWith('|1|')) return matchesHash(name, hosts);
  const patterns = hosts.toLowerCase().split(',');
  const negated = patterns.filter((each) => each.startsWith('!')).map((each) => each.slice(1));
  if (negated.some((pattern) => matchesPattern(name, pattern))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(name, pattern));
}

function matchesHash(name: string, hashed: string): boolean {
  const [, , salt = '', hash = ''] = hashed.split('|');
  const own = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return own.equals(Buffer.from(hash, 'base64'));
}

function matchesPattern(name: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}
