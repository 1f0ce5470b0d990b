import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { type Machine, machine, type Runtime, type Suite } from './machine.js';
import type { Result } from './process.js';

export const STAGES = ['db-pool', 'redis-pool', 'uvicorn-workers', 'celery-workers'] as const;
export type Stage = (typeof STAGES)[number];

export const BACKEND = '/root/Action/backend';
export const DATABASE = `${BACKEND}/app/core/database.py`;
export const COMPOSE = '/root/Action/docker/docker-compose.polardb.yml';
export const UNITS = { backend: 'action-backend.service', celery: 'action-celery-worker.service' } as const;
export const STATE = '/var/lib/action-tune/Action';
/** As many connections as the guide's database allows. */
const CONNECTIONS = 500;

/** What runs, by the word of the runtime and by the process tree. action-tune is not asked. */
export interface Seen {
  /** Another one whenever the service was started anew. */
  readonly backend: string;
  readonly celery: string;
  readonly workers: number;
  readonly children: number;
}

/** What `apply --json` and `rollback --json` say of a stage. */
export interface Report {
  readonly release: number;
  readonly stage: Stage;
  readonly outcome: string;
  readonly activation: { readonly kind: string; readonly gapMs: number | null };
  readonly checks: readonly { readonly name: string; readonly ok: boolean | null; readonly found: string }[];
}

const folders: string[] = [];
afterAll(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A machine, with a configuration for the application on it. */
export class Site {
  readonly server: Machine;
  readonly #config: string;

  constructor(server: Machine, config: string) {
    this.server = server;
    this.#config = config;
  }

  tune(...args: readonly string[]) {
    return this.server.tune(...args, '--config', this.#config, '--target', 'lab');
  }

  /** What a command says as one document; it must succeed. */
  async ask(...args: readonly string[]) {
    const result = await this.tune(...args, '--json');
    expectDone(result, args);
    return result.json();
  }

  /** A run that must go well, and what it says of each stage. */
  async carry(...args: readonly string[]): Promise<readonly Report[]> {
    return (await this.ask(...args, '--yes')).targets;
  }

  async seen(): Promise<Seen> {
    const identities = this.server.runtime.startsWith('compose') ? CONTAINERS : SERVICES;
    const counts = `pgrep -fc '${WORKER}'; pgrep -fc '${CELERY}'; true`;
    const [backend = '', celery = '', workers, processes] = (await this.server.read(`${identities}; ${counts}`)).split(
      '\n',
    );
    return {
      backend,
      celery,
      workers: Math.max(1, Number(workers)),
      // The main process looks like its children.
      children: Math.max(0, Number(processes) - 1),
    };
  }

  /** Everything of the application and of systemd's own units: names, modes, owners, content. */
  async everything(): Promise<readonly string[]> {
    return (await this.server.read(EVERYTHING)).split('\n');
  }

  git(...args: readonly string[]): Promise<string> {
    return this.server.read(`git -C /root/Action ${args.join(' ')}`);
  }

  /** The content of a file, or nothing where there is none. */
  async content(path: string): Promise<string> {
    return (await this.server.exec(`cat '${path}' 2>/dev/null`)).stdout;
  }

  /** Another content under the same mode. */
  async write(path: string, content: string): Promise<void> {
    await this.server.read(`printf %s ${Buffer.from(content).toString('base64')} | base64 -d >'${path}'`);
  }

  health(): Promise<string> {
    return this.server.read(`curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8001/health`);
  }
}

/** A machine without the application's processes yet, whose database has room for the guide's pools. */
export async function machineForSites(suite: Suite): Promise<Machine> {
  const server = await machine(suite, 'bare');
  await server.maxConnections(CONNECTIONS);
  return server;
}

/** The application as it is before the guide, never touched by action-tune. `settings` are further lines of its target. */
export async function site(server: Machine, runtime: Runtime, settings = ''): Promise<Site> {
  await server.read(`rm -rf ${dirname(STATE)}`);
  await server.setRuntime(runtime);
  return new Site(server, await configuration(settings));
}

/** A configuration without a soak; `settings` are further lines of the target. */
export async function configuration(settings: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-site-'));
  folders.push(folder);
  const path = join(folder, 'action-tune.yaml');
  const target = ['url: ssh://root@127.0.0.1/root/Action', ...settings.trim().split('\n')].filter(
    (line) => line !== '',
  );
  await writeFile(path, `soak: 0s\nsettle: 2s\ntargets:\n  lab:\n${target.map((line) => `    ${line}\n`).join('')}`);
  return path;
}

function expectDone({ code, stdout, stderr }: Result, args: readonly string[]): void {
  if (code === 0) return;
  throw new Error(`action-tune ${args.join(' ')}: exit ${code}: ${stderr}${failedChecks(stdout)}`);
}

function failedChecks(stdout: string): string {
  const reports: readonly Partial<Report>[] = stdout.startsWith('{') ? (JSON.parse(stdout).targets ?? []) : [];
  const failed = reports.flatMap(({ checks }) => checks ?? []).filter(({ ok }) => !ok);
  return failed.length === 0 ? stdout : failed.map((check) => `\n${JSON.stringify(check)}`).join('');
}

// A pattern must not find the shell that it is given to.
const WORKER = '[m]ultiprocessing.spawn import spawn_main';
const CELERY = '[/]celery -A app.celery_app worker';

const SERVICES = Object.values(UNITS)
  .map(
    (unit) => `systemctl show -p MainPID -p NRestarts -p ExecMainStartTimestampMonotonic ${unit} | tr '\\n' ' '; echo`,
  )
  .join('; ');

const CONTAINERS = ['backend', 'celery-worker']
  .map((name) => {
    const ids = `docker ps --quiet --filter label=com.docker.compose.service=${name}`;
    return `docker inspect -f '{{.Id}} {{.State.Pid}} {{.State.StartedAt}} {{.RestartCount}}' $(${ids})`;
  })
  .join('; ');

// Celery's own folders for its processes are called otherwise at every start.
const EVERYTHING = `find /root/Action /etc/systemd/system \\( -name .git -o -name __pycache__ -o -name venv -o -name 'pymp-*' \\) -prune -o -print | sort |
  while read -r f; do stat -c '%A %U:%G %N' "$f"; [ ! -f "$f" ] || sha256sum <"$f"; done`;
