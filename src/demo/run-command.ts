import { spawn } from 'node:child_process';
import type { ServerChannel } from 'ssh2';

/** Where commands run, and what they find in their environment. */
export interface Surroundings {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** What commands run in. */
export interface Surroundings {
  readonly cwd: string;
  /** This process's own environment unless told. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command as sshd does: in a shell, with the channel as its three streams, its status sent when all is said. */
export function runCommand(command: string, { cwd, env }: Surroundings, channel: ServerChannel): void {
  const child = spawn('/bin/sh', ['-c', command], { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  channel.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.on('close', () => child.stdin.end());
  child.on('error', () => channel.end());
  child.on('close', (code, signal) => {
    if (!channel.writable) return;
    if (code === null) channel.exit(signal ?? 'KILL');
    else channel.exit(code);
    channel.end();
  });
}
