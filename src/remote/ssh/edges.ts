import { readFile } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';

/** What the SSH transport takes from the machine it runs on. */
export interface SshEdges {
  /** The `ssh` program, asked for the user's configuration. Where there is none, plain defaults hold. */
  readonly ssh: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly user: string;
  readonly uid: number;
  readonly hostname: string;
  readonly readFile: (path: string) => Promise<Buffer>;
}

export function systemEdges(env: SshEdges['env']): SshEdges {
  const { username, uid } = userInfo();
  return { ssh: 'ssh', env, home: env.HOME ?? homedir(), user: username, uid, hostname: hostname(), readFile };
}
