import { execFile, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach } from 'vitest';
import { temporaryFolder, until } from '../e2e/support.js';

const BIN = fileURLToPath(new URL('../../bin/action-tune.js', import.meta.url));
const call = promisify(execFile);

/** Never without a terminal in CI: there, a missing tmux is a failing test. */
export function terminalAvailable(): boolean {
  const there = spawnSync('tmux', ['-V']).status === 0;
  if (!there && !process.env.CI) console.warn('skipped: there is no tmux, which the tests through a terminal need');
  return there || process.env.CI !== undefined;
}

/** A real terminal with a shell in it. */
export interface Terminal {
  readonly type: (text: string) => Promise<void>;
  readonly press: (...keys: readonly string[]) => Promise<void>;
  /** Everything that was printed so far, a line that the terminal wrapped being one line. */
  readonly text: () => Promise<string>;
  /** The lines of the screen as they stand there, with their colours. */
  readonly screen: () => Promise<readonly string[]>;
  /** Waits until the text shows. */
  readonly sees: (pattern: RegExp) => Promise<void>;
  /** Waits for the end of what runs, and gives its exit code. */
  readonly ended: () => Promise<number>;
  readonly cursorShows: () => Promise<boolean>;
}

export interface TerminalOptions {
  readonly cwd: string;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const sockets: string[] = [];
afterEach(async () => {
  await Promise.all(sockets.splice(0).map((socket) => call('tmux', ['-S', socket, 'kill-server'])));
});

/** `action-tune` is on the path of the shell, whose prompt is the exit code of what ran before, in brackets. */
export async function terminal({ cwd, columns = 120, env = {} }: TerminalOptions): Promise<Terminal> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'action-tune'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, {
    mode: 0o755,
  });
  const socket = join(folder, 'tmux');
  const tmux = async (...args: readonly string[]) => (await call('tmux', ['-S', socket, ...args])).stdout;
  const variables = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    HOME: folder,
    LANG: 'C.UTF-8',
    PS1: '[$?]$ ',
    TERM: 'screen-256color',
    ...env,
  };
  const shell = ['env', '-i', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`), 'sh', '-i'];
  const size = ['-x', String(columns), '-y', '60'];
  await tmux(
    '-f',
    '/dev/null',
    'set',
    '-g',
    'history-limit',
    '5000',
    ';',
    'new-session',
    '-d',
    ...size,
    '-c',
    cwd,
    ...shell,
  );
  sockets.push(socket);
  return shellIn(tmux);
}

function shellIn(tmux: (...args: readonly string[]) => Promise<string>): Terminal {
  const text = async () => (await tmux('capture-pane', '-p', '-J', '-S', '-')).replaceAll(/ +$/gm, '').trimEnd();
  let commands = 0;
  const prompts = async () => (await text()).match(/^\[\d+\]\$/gm) ?? [];
  return {
    text,
    type: async (line) => {
      await until(async () => (await prompts()).length > commands, 'the shell asks for a command');
      commands += 1;
      await tmux('send-keys', '-l', line);
      await tmux('send-keys', 'Enter');
    },
    press: async (...keys) => {
      await tmux('send-keys', ...keys);
    },
    screen: async () => (await tmux('capture-pane', '-p', '-e')).trimEnd().split('\n'),
    sees: (pattern) => waitFor(async () => pattern.test(await text()), `${pattern} shows`, text),
    ended: async () => {
      await waitFor(async () => (await prompts()).length > commands, 'the command ends', text);
      return Number(/\d+/.exec((await prompts()).at(-1) ?? '')?.[0]);
    },
    cursorShows: async () => (await tmux('display-message', '-p', '#{cursor_flag}')).trim() === '1',
  };
}

async function waitFor(holds: () => Promise<boolean>, what: string, text: () => Promise<string>): Promise<void> {
  try {
    await until(holds, what, 30_000);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${await text()}`);
  }
}
