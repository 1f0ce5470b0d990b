import { fail } from '../../errors.js';
import type { SshEdges } from './edges.js';
import type { KnownKey } from './known-hosts.js';

const KRL_MAGIC = 'SSHKRL\n\0';

/**
 * Reads the file of `RevokedHostKeys`, which holds one public key a line and counts for every host.
 * @throws ProblemError `host-key` when it can not be read, as `ssh` then trusts no host either.
 */
export async function readRevoked(path: string | undefined, edges: SshEdges): Promise<KnownKey[]> {
  if (path === undefined) return [];
  const bytes = await edges.readFile(path).catch((error: Error) => refuse(path, error.message));
  if (bytes.toString('latin1', 0, KRL_MAGIC.length) === KRL_MAGIC) refuse(path, 'a binary key revocation list');
  return bytes
    .toString('utf8')
    .split('\n')
    .flatMap((text, index) => {
      const [, type, blob] = /^\s*([a-z][\w@.-]*)\s+([A-Za-z0-9+/]+=*)/.exec(text) ?? [];
      if (type === undefined || blob === undefined) return [];
      return [{ type, blob: Buffer.from(blob, 'base64'), revoked: true, file: path, line: index + 1 }];
    });
}

function refuse(path: string, found: string): never {
  return fail({
    code: 'host-key',
    message: 'the list of revoked host keys can not be read, so no host key can be trusted',
    place: { file: path },
    expected: 'one public key a line',
    found,
    fix: 'give `RevokedHostKeys` of the SSH configuration a readable file with one public key a line',
  });
}
