/** What a network says of its cores, and of what works on them beside the web workers. */
export interface OnCores {
  readonly instances: number;
  readonly cores: number;
  readonly webMs: number;
  readonly database: { readonly ms: number; readonly servers: number };
  readonly shared?: Shared;
}

export interface Shared {
  /** Of a request's time in the database: work on the cores of the web workers, where there is one instance. */
  readonly databaseMs: number;
  /** Cores that celery, Redis and others take on average. */
  readonly otherCores: number;
}

/** Who works on the cores of one instance, and how much each of its workers answers. */
interface Load {
  readonly workers: number;
  readonly people: number;
  /** Of one worker, in requests per millisecond. */
  readonly throughput: number;
}

export interface Contention {
  /** How fast each works, by the number of busy workers; index 0 is unused. */
  readonly speeds: readonly number[];
  /** How much longer the work of a query takes than alone. */
  readonly slower: number;
}

/** Nothing takes all of the cores for ever: what is left of them may be next to nothing. */
const LEFT_AT_LEAST = 1e-3;
/** Queries at work at the same time that are told apart: beyond that many, one more is no news. */
const MOST_QUERIES = 64;
const MOST_ROUNDS = 100;
const SETTLED = 1e-10;

/** Of the database's time, what is work on the cores of the one instance. */
export function databaseWork({ shared, instances, database }: OnCores): number {
  return instances === 1 ? Math.min(shared?.databaseMs ?? 0, database.ms) : 0;
}

/** Cores of one instance that the web workers and the database may take at all. */
export function coresOf({ cores, shared }: OnCores): number {
  return Math.max(cores - (shared?.otherCores ?? 0), LEFT_AT_LEAST);
}

/**
 * Everybody who is busy gets as much of the cores. How many queries that are is known by their mean: each of the database's
 * servers is taken as busy by itself. A request meets what the others do: nobody waits for his own query.
 */
export function contentionOf(network: OnCores, { workers, people, throughput }: Load): Contention {
  const work = databaseWork(network);
  const cores = coresOf(network);
  const servers = work === 0 ? 0 : Math.min(network.database.servers, MOST_QUERIES);
  const asked = ((throughput * workers * work) / Math.max(servers, 1)) * (1 - 1 / Math.max(people, 1));
  let [slower, cost] = [1, 1];
  const left = Math.max(cores - asked * servers, LEFT_AT_LEAST);
  let speeds = speedsAmong(workers, chances(servers, 0), cores, left);
  for (let round = 0; round < (work === 0 ? 0 : MOST_ROUNDS); round++) {
    const busy = Math.min(1, asked * slower);
    const before = slower;
    const others = chances(servers - 1, busy);
    speeds = speedsAmong(workers, chances(servers, busy), cores, left);
    const working = Math.min(1, throughput * network.webMs * cost);
    cost = 1 / meanOf(chances(workers - 1, working), (count) => speeds[count + 1] ?? 1);
    slower =
      1 / meanOf(chances(workers, working), (count) => meanOf(others, (queries) => speed(cores, count + queries + 1)));
    if (Math.abs(slower - before) <= SETTLED * slower) break;
  }
  return { speeds, slower };
}

/** The network as one who shares nothing sees it. */
export function stretched<T extends OnCores>(network: T, { slower }: Contention): T {
  const { database } = network;
  return { ...network, database: { ...database, ms: database.ms + databaseWork(network) * (slower - 1) } };
}

/** Each busy worker's share of what the queries leave; and never more than one of all who are busy gets. */
function speedsAmong(workers: number, queries: readonly number[], cores: number, left: number): readonly number[] {
  return Array.from({ length: workers + 1 }, (_, busy) =>
    Math.min(
      speed(left, busy),
      meanOf(queries, (count) => speed(cores, busy + count)),
    ),
  );
}

function speed(cores: number, busy: number): number {
  return Math.min(1, cores / busy);
}

function meanOf(chance: readonly number[], of: (count: number) => number): number {
  return chance.reduce((sum, each, count) => sum + each * of(count), 0);
}

/** Of so many, each busy by itself with the same chance: the chance of each number. */
function chances(of: number, busy: number): readonly number[] {
  let row: number[] = [1];
  for (let count = 0; count < of; count++) {
    row = [...row, 0].map((chance, index) => chance * (1 - busy) + (row[index - 1] ?? 0) * busy);
  }
  return row;
}
