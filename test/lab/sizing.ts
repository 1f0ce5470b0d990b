import { appendFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type PeopleReport, people, type Sample, sampling } from './crowd.js';
import { average, type Demand, demand, demandOf, statements, watched } from './demand.js';
import type { Machine, Runtime } from './machine.js';
import { COMPOSE, type Site, type Stage, site } from './site.js';

/** One way to run the application, and how many connections the database takes. */
export interface Case {
  readonly runtime: Runtime;
  readonly limit: number;
  /** What its web workers have of the machine: the containers are bound to one core and a half, and one worker uses one. */
  readonly cores: number;
  readonly workers: number;
  /** With fresh pools each. */
  readonly rounds: number;
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
    readonly redis: {
      readonly ceiling: number;
      readonly expected: {
        readonly processes: readonly { readonly role: string; readonly count: number; readonly perProcess: number }[];
      };
    };
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

/** As many people as announced, from fresh pools on, while each worker answers a thousand requests. */
export interface Round {
  readonly load: PeopleReport;
  readonly demand: Demand;
  readonly samples: readonly Sample[];
  /** Of these, the last ones. */
  readonly grown: readonly Sample[];
}

export interface Evidence {
  readonly before: Announced;
  /** With everything applied, its processes and the cost of a request measured while fewer people worked. */
  readonly after: Announced;
  readonly changes: readonly Change[];
  readonly rounds: readonly Round[];
  /** Told what a request cost in those rounds: a host's speed is not the same from minute to minute. */
  readonly told: Announced;
}

export const USERS = 50;
/** The answer of the untouched application costs next to nothing; this many rows cost about 10 ms. */
const ROWS = 1000;
const HOTSPOTS = 'http://127.0.0.1:8001/api/v1/hotspots/?limit=';
const EVEN = `${HOTSPOTS}${ROWS}`;
/** As the model has it, and as people's requests are: some cost much more than others. */
const VARIED = `${HOTSPOTS}{${ROWS}}`;
/** More than one web worker can take. */
const RUSH = { url: VARIED, users: 20, thinkMs: 150, seconds: 600 };
/** Celery has work all along: more than two children do in the time. */
const TASKS = { size: 3000, seconds: 0.2 };
/** People think for as long as it takes to use this share of what others leave of the cores: at the knee all hangs on the last tenth. */
const UTILISATION = 0.5;
/** The requests of each worker after which `plan` announces what its pools hold. */
const REQUESTS = 1000;
/** What a request costs is measured with fewer people than it is then foretold for. */
const CALIBRATION = { url: VARIED, users: 0.6 * USERS, warmUpSeconds: 3, seconds: 12 };
const SETTLING_S = 3;
const LOOK_S = 4;

export async function moreRows(server: Machine): Promise<void> {
  const insert = `INSERT INTO hotspots (title, score) SELECT 'Hotspot ' || n, n FROM generate_series(1, ${8 * ROWS}) n`;
  await server.read(`cd / && su postgres -c 'psql -q action' <<'SQL'\n${insert};\nANALYZE hotspots;\nSQL`);
}

/** Plans, applies in a rush, looks on while people work with fresh pools, and takes it all back in a rush. */
export async function rehearse(server: Machine, given: Case): Promise<Evidence> {
  const { runtime, limit } = given;
  await server.maxConnections(limit);
  const here = await site(server, runtime);
  if (runtime === 'compose') await bind(server);
  const alone = await demand(server, { url: EVEN, users: 1, thinkMs: 0, warmUpSeconds: 2, seconds: 6 });
  const cores = Math.min(given.cores, availableParallelism() - alone.otherCores);
  const thinkMs = Math.round((USERS * costOf(given, alone)) / (UTILISATION * cores));
  await server.tasks(TASKS.size, TASKS.seconds);
  const before: Announced = await here.ask('plan', ...statements(alone, thinkMs));
  const forth = await inARush(server, () => applyEach(here, before, statements(alone, thinkMs)));
  await restart(server, runtime);
  // Nobody waits for others who is alone: what is not work then is not work among others.
  const among = { ...(await demand(server, { ...CALIBRATION, thinkMs })), idleMs: alone.idleMs };
  const after: Announced = await here.ask('plan', ...statements(among, thinkMs));
  const rounds: Round[] = [];
  for (let count = 0; count < given.rounds; count++) rounds.push(await round(server, given, thinkMs));
  const during = { ...average(rounds.map((each) => each.demand)), idleMs: alone.idleMs };
  const told: Announced = await here.ask('plan', ...statements(during, thinkMs));
  const back = await inARush(server, () => change(here, 'rollback', null, ['rollback', '--all']));
  const evidence = { before, after, changes: [...forth, back], rounds, told };
  await record({ suite: server.suite, ...given, thinkMs, alone, among, during, ...evidence });
  return evidence;
}

async function round(server: Machine, { runtime, workers }: Case, thinkMs: number): Promise<Round> {
  await restart(server, runtime);
  await warmUp(server);
  const seconds = (REQUESTS * workers * thinkMs) / 1000 / USERS + LOOK_S / 2 - SETTLING_S;
  const seen = await watched(server, { url: VARIED, users: USERS, thinkMs, warmUpSeconds: SETTLING_S, seconds });
  const until = seen.samples.at(-1)?.at ?? 0;
  return { ...seen, demand: demandOf(seen), grown: seen.samples.filter(({ at }) => at > until - LOOK_S) };
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
  const how = runtime === 'compose' ? compose('restart -t 3 backend') : 'systemctl restart action-backend';
  await server.read(`${how}; lab-runtime wait`);
}

/** On the cores of the web workers: in a container the database is not bound with them. */
function costOf({ runtime }: Case, { webMs, databaseMs }: Demand): number {
  return runtime === 'compose' ? webMs : webMs + databaseMs;
}

/** What a worker does once, at its first request, piles up all that come meanwhile: one after the other, over connections of their own. */
async function warmUp(server: Machine): Promise<void> {
  const ask = `import urllib.request as u; [u.urlopen('${HOTSPOTS}20').read() for _ in range(40)]`;
  await server.read(`python3 -c "${ask}"`);
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
