import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageAssets, sessionLibrary } from './assets.js';
import type { Request } from './cli/cli.js';
import type { Edges, Files } from './commands/edges.js';
import type { TargetAddress } from './remote/address.js';
import type { Remote } from './remote/remote.js';
import type { Interruption } from './signals.js';
import { makePaint, terminalOutput } from './view/terminal.js';

/** The edges of a real run: this machine's clock, terminal, files and lines to targets. */
export async function systemEdges(
  request: Request,
  argv: readonly string[],
  interruption: Interruption,
): Promise<Edges> {
  const { stdin, stdout, stderr } = process;
  const paint = await makePaint(colourful(request.color, stdout));
  const loud = await makePaint(colourful(request.color, stderr));
  const interrupted = interruption.signal;
  const lively = stderr.isTTY === true && !request.verbose && process.env.TERM !== 'dumb';
  return {
    cwd: process.cwd(),
    home: homedir(),
    output: terminalOutput({ stdin, stdout, stderr, lively, quiet: request.json, paint, loud, interrupted }),
    interactive: stdin.isTTY === true && stderr.isTTY === true && !request.json,
    interrupted,
    hold: interruption.hold,
    told: interruption.told,
    operator: `${userInfo().username}@${hostname()}`,
    commandLine: ['action-tune', ...argv].join(' '),
    nonce,
    sleep: (ms) => sleep(ms),
    open: openTarget,
    openDemo,
    files: localFiles,
    assets: packageAssets(),
  };
}

const localFiles: Files = {
  readFile: (path) => readFile(path, 'utf8'),
  listDir: (path) => readdir(path),
  writeFile: async (path, text, { replace }) => {
    await writeFile(path, text, { flag: replace ? 'w' : 'wx', mode: 0o600 });
  },
};

function nonce(): string {
  return randomBytes(12).toString('hex');
}

async function openTarget(address: TargetAddress): Promise<Remote> {
  const library = await sessionLibrary();
  if (address.kind === 'local') {
    const { openLocal } = await import('./remote/local.js');
    return openLocal({ library, nonce });
  }
  const ssh = await loadSsh();
  const configFile = process.env.ACTION_TUNE_SSH_CONFIG;
  return ssh.openSsh({ destination: address, library, nonce, edges: ssh.systemEdges(process.env), configFile });
}

/** Without an `ssh` program to ask, plain defaults hold: the keys and known hosts of `home`, and no agent. */
async function openDemo(address: TargetAddress, home: string): Promise<Remote> {
  if (address.kind === 'local') return openTarget(address);
  const ssh = await loadSsh();
  const edges = { ...ssh.systemEdges({}), ssh: join(home, 'no-ssh-program'), home };
  return ssh.openSsh({ destination: address, library: await sessionLibrary(), nonce, edges });
}

async function loadSsh() {
  const [{ openSsh }, { systemEdges }] = await Promise.all([
    import('./remote/ssh/open.js'),
    import('./remote/ssh/edges.js'),
  ]);
  return { openSsh, systemEdges };
}

/** Whether a stream shows colours: asked for, not forbidden, and a terminal that has them. */
export function colourful(wanted: boolean, stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (!wanted || (NO_COLOR !== undefined && NO_COLOR !== '')) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}
