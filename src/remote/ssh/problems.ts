import { type Problem, ProblemError } from '../../errors.js';
import type { AuthPlan } from './auth.js';

export interface Failure {
  readonly address: string;
  readonly error: Error & { level?: string };
  /** Labels of the keys that were offered. */
  readonly tried: readonly string[];
  /** What the server said it takes. */
  readonly methods: readonly string[];
  readonly plan: AuthPlan;
  /** What the program in between complained about. */
  readonly complaints: string;
}

/** Says in the user's terms why a connection did not come about. */
export function connectProblem(failure: Failure): ProblemError {
  const { error, address } = failure;
  const common = { code: 'target' as const, place: { target: address } };
  if (error.level === 'client-authentication' || /too many authentication/i.test(error.message)) {
    return new ProblemError({ ...common, ...permissionDenied(failure) });
  }
  if (/no matching/.test(error.message)) return new ProblemError({ ...common, ...noCommonAlgorithm(failure) });
  return new ProblemError({ ...common, ...noHandshake(failure) });
}

function permissionDenied({ address, tried, methods, plan, error }: Failure): Omit<Problem, 'code'> {
  const [encrypted] = plan.encrypted;
  const offered = tried.length === 0 ? 'no key to offer' : `tried: ${tried.join(', ')}`;
  return {
    message: `permission denied for ${address}; ${offered}`,
    expected: 'a key the server accepts',
    found: error.level === 'client-authentication' ? offered : 'the server allows no further keys',
    fix:
      encrypted !== undefined
        ? `run \`ssh-add ${encrypted}\`, so that the agent can use the encrypted key`
        : adviceOnKeys(tried.length, error),
    details: [...plan.notes, ...(methods.includes('publickey') ? [] : [`the server asks for: ${methods.join(', ')}`])],
  };
}

function adviceOnKeys(tried: number, error: Failure['error']): string {
  if (error.level !== 'client-authentication') {
    return 'name the right key for this host: `IdentityFile` with `IdentitiesOnly yes` in the SSH configuration';
  }
  if (tried === 0) return 'create a key with `ssh-keygen`, or name one with `IdentityFile` in the SSH configuration';
  return 'add one of these keys to `~/.ssh/authorized_keys` on the host, or name another with `IdentityFile`';
}

function noCommonAlgorithm({ address, error }: Failure): Omit<Problem, 'code'> {
  const what = /no matching (.*)$/.exec(error.message)?.[1] ?? 'algorithm';
  return {
    message: `${address} and action-tune have no ${what} in common`,
    expected: 'curve25519-sha256 or ECDH, an Ed25519, ECDSA or RSA host key, AES or ChaCha20, and SHA-2',
    found: error.message,
    fix: 'allow one of these on the server (`KexAlgorithms`, `HostKeyAlgorithms`, `Ciphers`, `MACs` in sshd_config)',
  };
}

function noHandshake({ address, error, complaints }: Failure): Omit<Problem, 'code'> {
  return {
    message: `can not open an SSH connection to ${address}`,
    expected: 'an SSH server that completes its handshake',
    found: printable(complaints) || error.message,
    fix: 'check with `ssh` that the host can be reached, proxies included',
  };
}

/** Text from elsewhere, without what could steer a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
