import { connect, type Socket } from 'node:net';
import { type Problem, ProblemError } from '../../errors.js';
import type { SshConfig } from './config.js';

const REASONS: Readonly<Record<string, Pick<Problem, 'message' | 'fix'>>> = {
  ECONNREFUSED: { message: 'nothing listens there', fix: 'check the port, and that sshd runs on the host' },
  ENOTFOUND: {
    message: 'the name can not be resolved',
    fix: 'check the spelling of the host, or its entry in the SSH configuration',
  },
  EAI_AGAIN: { message: 'the name can not be resolved right now', fix: 'check the network and the name server' },
  ETIMEDOUT: { message: 'nothing answers there', fix: 'check that the host is up and that no firewall is in the way' },
};
const UNREACHABLE = { message: 'the host can not be reached', fix: 'check the network, the host and its port' };

/**
 * Connects without Nagle's algorithm, which would cost every request 40 ms.
 * @throws ProblemError `target` when the host is down, refuses, has no address, or does not answer in time.
 */
export function openSocket(config: SshConfig, address: string): Promise<Socket> {
  const { hostName, port, family, connectTimeoutMs } = config;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostName, port, family, noDelay: true });
    const timer = setTimeout(() => giveUp({ code: 'ETIMEDOUT' }), connectTimeoutMs);
    const giveUp = (error: { code?: string; message?: string }) => {
      clearTimeout(timer);
      socket.destroy();
      reject(unreachable(config, address, error));
    };
    socket.once('error', giveUp);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', giveUp);
      resolve(socket);
    });
  });
}

function unreachable({ hostName, port }: SshConfig, address: string, error: { code?: string; message?: string }) {
  const { message, fix } = REASONS[error.code ?? ''] ?? UNREACHABLE;
  return new ProblemError({
    code: 'target',
    message: `can not connect to ${address}: ${message}`,
    place: { target: address },
    expected: `an SSH server at ${hostName}:${port}`,
    found: error.code ?? error.message ?? 'no connection',
    fix,
  });
}
