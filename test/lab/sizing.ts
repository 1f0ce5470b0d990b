import { appendFile } from 'node:fs/promises';
import { cores, type PeopleReport, people, type Sample, sampling } from './crowd.js';
import type { Machine, Runtime } from './machine.js';
import { COMPOSE, type Site, type Stage, site } from './site.js';

/** One way to run the application, how many connections the database takes, and how long people think. */
export interface Case {
  readonly runtime: Runtime;
  readonly limit: number;
  readonly thinkMs: number;
}

/** What of `plan --json` is held against what was seen. */
export interface Announced {
  readonly facts: { readonly processBytes: Readonly<Record<string, number>> };
  readonly stages: readonly { readonly name: Stage }[];
  readonly budget: {
    readonly database: {
      readonly limit: number;
      readonly ceiling: number;
      readonly expected: { readonly busy: number; readonly open: number };
    };
    readonly memory: {
      readonly totalBytes: number;
      readonly processes: readonly { readonly role: string; readonly count: number; readonly bytesEach: number }[];
      readonly services: readonly { readonly service: string; readonly limitBytes: number }[];
    };
    readonly redis: { readonly ceiling: number };
    readonly instants: readonly {
      readonly stage: Stage | null;
      readonly moment: string;
      readonly connections: number;
      readonly memoryBytes: number;
    }[];
  };
  readonly capacity: {
    readonly curve: readonly {
      readonly users: number;
      readonly throughput: number;
      readonly responseMs: { readonly mean: number };
    }[];
  };
}

/** A stage that was taken in, or all of them back, with what was seen all along. */
export interface Change {
  readonly kind: 'apply' | 'rollback';
  readonly stage: Stage | null;
  readonly samples: readonly Sample[];
}

export interface Evidence {
  readonly before: Announced;
  /** With everything applied, and its processes measured while people worked. */
  readonly after: Announced;
  readonly changes: readonly Change[];
  /** While as many people as announced work on the applied settings. */
  readonly load: PeopleReport;
  readonly samples: readonly Sample[];
}

export const USERS = 50;
/** The answer of the untouched application costs next to nothing; this many rows cost about 20 ms. */
const ROWS = 2000;
const HOTSPOTS = 'http://127.0.0.1:8001/api/v1/hotspots/?limit=';
const EVEN = `${HOTSPOTS}${ROWS}`;
/** As the model has it, and as people's requests are: some cost much more than others. */
const VARIED = `${HOTSPOTS}{${ROWS}}`;
/** More than one web worker can take. */
const RUSH = { url: VARIED, users: 20, thinkMs: 300, seconds: 600 };
/** Celery has work all along: more than two children do in the time. */
const TASKS = { size: 3000, seconds: 0.2 };
/** Pools grow until nearly every need was met once: a thousand requests for each worker. */
const STEADY = { url: VARIED, users: USERS, warmUpSeconds: 30, seconds: 12 };

export async function moreRows(server: Machine): Promise<void> {
  const insert = `INSERT INTO hotspots (title, score) SELECT 'Hotspot ' || n, n FROM generate_series(1, ${8 * ROWS}) n`;
  await server.read(`cd / && su postgres -c 'psql -q action' <<'SQL'\n${insert};\nANALYZE hotspots;\nSQL`);
}

/** Plans, applies in a rush, looks on while people work with fresh pools, and takes it all back in a rush. */
export async function rehearse(server: Machine, { runtime, limit, thinkMs }: Case): Promise<Evidence> {
  await server.maxConnections(limit);
  const here = await site(server, runtime);
  if (runtime === 'compose') await bind(server);
  const stated = await statements(server, thinkMs);
  await server.tasks(TASKS.size, TASKS.seconds);
  const before: Announced = await here.ask('plan', ...stated);
  const forth = await inARush(server, () => applyEach(here, before, stated));
  await restart(server, runtime);
  await people(server, { url: VARIED, users: USERS, thinkMs, seconds: 4 }).report();
  const after: Announced = await here.ask('plan', ...stated);
  await restart(server, runtime);
  const steady = await watched(server, { ...STEADY, thinkMs });
  const back = await inARush(server, () => change(here, 'rollback', null, ['rollback', '--all']));
  const evidence = { before, after, changes: [...forth, back], ...steady };
  await record({ suite: server.suite, runtime, limit, thinkMs, stated, ...evidence });
  return evidence;
}

async function applyEach(here: Site, { stages }: Announced, stated: readonly string[]): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const { name } of stages) {
    changes.push(await change(here, 'apply', name, ['apply', '--stage', name, ...stated]));
  }
  return changes;
}

async function change(here: Site, kind: Change['kind'], stage: Stage | null, args: readonly string[]): Promise<Change> {
  const stop = await sampling(here.server);
  await here.carry(...args).finally(stop);
  return { kind, stage, samples: await stop() };
}

/** Less than the machine has: one core and a half, and 600 MiB for each service. */
async function bind(server: Machine): Promise<void> {
  const limits = '    mem_limit: 600m\\n    cpus: 1.5';
  await server.read(`sed -i 's/^    image: action-base:1$/&\\n${limits}/' ${COMPOSE}`);
  await server.read("git -C /root/Action commit -qam 'Bind the services'");
  await server.read(`${compose('up -d')} && lab-runtime wait`);
}

/** Of each Debian its own. */
function compose(words: string): string {
  const call = (program: string) => `cd /root/Action/docker && ${program} -f ${COMPOSE} ${words} 2>&1`;
  return `if docker compose version >/dev/null 2>&1; then ${call('docker compose')}; else ${call('docker-compose')}; fi`;
}

/** Pools that hold nothing yet. */
async function restart(server: Machine, runtime: Runtime): Promise<void> {
  const how = runtime === 'compose' ? compose('restart -t 3') : 'systemctl restart action-backend action-celery-worker';
  await server.read(`${how}; lab-runtime wait`);
}

/** What a user would state who has measured: what a request costs with one person who never thinks. */
async function statements(server: Machine, thinkMs: number): Promise<readonly string[]> {
  const { load, samples } = await watched(server, { url: EVEN, users: 1, thinkMs: 0, warmUpSeconds: 2, seconds: 6 });
  const cost = (role: string) => ((1000 * cores(samples, role)) / load.throughput).toFixed(2);
  const demand = [`workload.demand.web=${cost('web')}ms`, `workload.demand.database=${cost('database')}ms`];
  // Nothing is between the people and the machine.
  return [`workload.thinkTime=${thinkMs}ms`, ...demand, 'server.bandwidth=10Gbps'].flatMap((each) => ['--set', each]);
}

/** What was seen after the warm-up. */
async function watched(server: Machine, crowd: Parameters<typeof people>[1]) {
  const stop = await sampling(server);
  const load = await people(server, crowd).report();
  const samples = await stop();
  const until = samples.at(-1)?.at ?? 0;
  return { load, samples: samples.filter(({ at }) => at > until - crowd.seconds) };
}

async function inARush<T>(server: Machine, act: () => Promise<T>): Promise<T> {
  const rush = people(server, RUSH);
  return act().finally(rush.stop);
}

/** For the table in docs/sizing.md, where a file is named for it. */
async function record(row: object): Promise<void> {
  const file = process.env.ACTION_TUNE_EVIDENCE;
  if (file !== undefined) await appendFile(file, `${JSON.stringify(row)}\n`);
}
