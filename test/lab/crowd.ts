import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.js';
import type { LoadReport } from './reports.js';

const PEOPLE = fileURLToPath(new URL('load/people.js', import.meta.url));
const SAMPLER = fileURLToPath(new URL('load/sampler.py', import.meta.url));
const PERIOD_S = 0.2;
/** A command in the machine whose standard input can be ended. */
const THERE = 'exec ssh -F "$ACTION_TUNE_SSH_CONFIG" 127.0.0.1 "$0"';

/** What `people.js` says beside what every load client does. */
export interface PeopleReport extends LoadReport {
  readonly seconds: number;
  /** Answers per second. */
  readonly throughput: number;
  readonly meanMs: number;
  /** How long they really thought. */
  readonly thoughtMs: number;
}

export interface People {
  readonly url: string;
  readonly users: number;
  readonly thinkMs: number;
  readonly warmUpSeconds?: number;
  readonly seconds: number;
}

/** Of each role: `web`, `web-parent`, `celery`, `celery-parent`, `migrations`; `others` hold connections, too. */
type ByRole<T> = Readonly<Partial<Record<string, T>>>;

/** What `sampler.py` sees at one moment. */
export interface Sample {
  /** Seconds since 1970: the machine has this host's clock. */
  readonly at: number;
  readonly database: ByRole<number>;
  /** Of these, the ones that work or are within a transaction. */
  readonly busy: ByRole<number>;
  readonly redis: ByRole<number>;
  /** Of each process, in bytes. */
  readonly pss: ByRole<readonly number[]>;
  /** Of each process, in seconds; and of `all` of the host's, but for those who give way. */
  readonly cpu: ByRole<readonly number[]>;
}

export const APPLICATION = ['web', 'web-parent', 'web-tracker', 'celery', 'celery-parent', 'migrations'] as const;

/** People who ask, think, and ask again, to the end of the time, or until they are told to stop. */
export function people(server: Machine, { url, users, thinkMs, warmUpSeconds = 0, seconds }: People) {
  const limits = ['--users', users, '--think-ms', thinkMs, '--warm-up', warmUpSeconds, '--seconds', seconds];
  const args = [PEOPLE, url, '--while-input', '--timeout-ms', '30000', ...limits.map(String)];
  const { child, done } = server.start(process.execPath, ...args);
  const report = async (): Promise<PeopleReport> => {
    const { code, stdout, stderr } = await done;
    child.stdin?.end();
    if (code !== 0) throw new Error(`people.js ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  };
  return {
    report,
    stop: () => {
      child.stdin?.end();
      return report();
    },
  };
}

/** Looks at the machine five times a second, until it is told to stop; then it says what it saw. */
export async function sampling(server: Machine): Promise<() => Promise<readonly Sample[]>> {
  const program = (await readFile(SAMPLER)).toString('base64');
  await server.read(`echo ${program} | base64 -d >/run/sampler.py`);
  const { child, done } = server.start('sh', '-c', THERE, `python3 /run/sampler.py ${PERIOD_S}`);
  const seen = async () => {
    const { code, stdout, stderr } = await done;
    if (code !== 0) throw new Error(`sampler.py ended with ${code}: ${stderr}`);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line): Sample => JSON.parse(line));
  };
  return () => {
    child.stdin?.end();
    return seen();
  };
}

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Of these roles, at one moment. */
export const counted = (counts: ByRole<number>, roles: readonly string[]) =>
  sum(roles.map((role) => counts[role] ?? 0));
export const bytes = (pss: Sample['pss'], roles: readonly string[]) => sum(roles.flatMap((role) => pss[role] ?? []));

export const mean = (samples: readonly Sample[], figure: (sample: Sample) => number) =>
  sum(samples.map(figure)) / samples.length;
export const most = (samples: readonly Sample[], figure: (sample: Sample) => number) =>
  Math.max(...samples.map(figure));

/** Cores that a role took on average. Its processes must be the same at both ends. */
export function cores(samples: readonly Sample[], role: string): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was seen');
  return (sum(last.cpu[role] ?? []) - sum(first.cpu[role] ?? [])) / (last.at - first.at);
}
