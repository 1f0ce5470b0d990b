import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fail } from '../../errors.js';
import { type Destination, defaultSshConfig, parseSshConfig, type SshConfig } from './config.js';
import type { SshEdges } from './edges.js';

/** A `Match exec` of the user's configuration may ask the network. */
const RESOLVE_TIMEOUT_MS = 20_000;

/**
 * Settles how to reach a destination by the user's own configuration: Include, Match and aliases as `ssh` has them.
 * @throws ProblemError `target` when `ssh` refuses the configuration or the destination.
 */
export async function resolveSshConfig(
  destination: Destination,
  edges: SshEdges,
  configFile?: string,
): Promise<SshConfig> {
  const asked = await askSsh(sshArguments(destination, configFile), edges);
  if (asked === 'no-program') return defaultSshConfig(destination, edges);
  if (asked.code === 0) return parseSshConfig(asked.stdout, destination, edges);
  return fail({
    code: 'target',
    message: `ssh can not read its configuration for ${destination.host}`,
    found: asked.stderr.trim() || `${edges.ssh} -G ended with ${asked.code}`,
    fix: `correct what \`${edges.ssh} -G ${destination.host}\` complains about`,
  });
}

function sshArguments({ user, host, port }: Destination, configFile: string | undefined): string[] {
  return [
    '-G',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
  ];
}

async function askSsh(args: readonly string[], edges: SshEdges) {
  const ssh = spawn(edges.ssh, args, {
    env: { ...edges.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not `timeout`: its timer outlives a program that is not there, and keeps this process from ending.
    signal: AbortSignal.timeout(RESOLVE_TIMEOUT_MS),
  });
  const printed = Promise.all([text(ssh.stdout), text(ssh.stderr)]);
  const code = await exitCode(ssh);
  const [stdout, stderr] = await printed;
  return code === 'no-program' ? code : { code, stdout, stderr };
}

function exitCode(child: ChildProcess): Promise<number | string | 'no-program'> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve('no-program');
      // The time is over: `close` follows, with the signal.
      else if (error.code !== 'ABORT_ERR') reject(error);
    });
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'no status'));
  });
}
