import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { SshConfig } from './config.js';
import type { SshEdges } from './edges.js';

/** A way to the host through another program. */
export interface Proxy {
  readonly stream: Duplex;
  /** What the program complained about, once it is gone. */
  readonly complaints: () => Promise<string>;
}

const COMPLAINTS_LENGTH = 500;
/** A program that ended is waited for; the bound is for one that will not end, on a machine that may be very busy. */
const COMPLAINTS_WAIT_MS = 10_000;

/** @returns nothing when the host is reached directly. A jump wins over a command only where `ssh -G` left both. */
export function openProxy(config: SshConfig, edges: SshEdges, configFile?: string): Proxy | undefined {
  if (config.proxyJump !== undefined) return run(edges.ssh, jumpArguments(config, config.proxyJump, configFile), edges);
  if (config.proxyCommand === undefined) return undefined;
  return run(edges.env.SHELL || '/bin/sh', ['-c', `exec ${config.proxyCommand}`], edges);
}

/**
 * As `ssh` does it: the last hop carries the connection, and is itself reached by the hops before.
 * @internal Exported for its tests.
 */
export function jumpArguments(config: SshConfig, hops: string, configFile?: string): string[] {
  const all = hops.split(',');
  const last = all.pop() ?? '';
  return [
    '-o',
    'BatchMode=yes',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(all.length === 0 ? [] : ['-J', all.join(',')]),
    '-W',
    `[${config.hostName}]:${config.port}`,
    '--',
    last.startsWith('ssh://') ? last : `ssh://${last}`,
  ];
}

function run(program: string, args: readonly string[], edges: SshEdges): Proxy {
  // A group of its own: Ctrl-C in the terminal must not cut the line under a change that is being made.
  const child = spawn(program, args, { env: { ...edges.env }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-COMPLAINTS_LENGTH);
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  child.on('error', (error) => stream.destroy(error));
  child.on('exit', () => child.stdin.destroy());
  stream.on('close', () => child.kill());
  const complain = async () => {
    await Promise.race([gone, setTimeout(COMPLAINTS_WAIT_MS, undefined, { ref: false })]);
    return complaints.trim();
  };
  return { stream, complaints: complain };
}
