import { spawn } from 'node:child_process';
import type { ServerChannel } from 'ssh2';

/** Runs a command as sshd does: in a shell, with the channel as its three streams, its status sent when all is said. */
export function runCommand(command: string, cwd: string, channel: ServerChannel): void {
  const child = spawn('/bin/sh', ['-c', command], { cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
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
