import { cores, type People, type PeopleReport, people, type Sample, sampling, sum } from './crowd.js';
import type { Machine } from './machine.js';

interface Watched {
  readonly load: PeopleReport;
  readonly samples: readonly Sample[];
}

/** What a request costs, and what else works on the cores, on average. */
export interface Demand {
  readonly webMs: number;
  readonly databaseMs: number;
  /** Of an answer, what neither of the two worked: on the way, and until somebody is woken. */
  readonly idleMs: number;
  readonly otherCores: number;
}

export async function demand(server: Machine, crowd: People): Promise<Demand> {
  return demandOf(await watched(server, crowd));
}

export function demandOf({ load, samples }: Watched): Demand {
  const [web, database] = [cores(samples, 'web'), cores(samples, 'database')];
  const ms = (used: number) => (1000 * used) / load.throughput;
  const idleMs = Math.max(0, load.meanMs - ms(web) - ms(database));
  return { webMs: ms(web), databaseMs: ms(database), idleMs, otherCores: cores(samples, 'all') - web - database };
}

export function average(demands: readonly Demand[]): Demand {
  const of = (figure: keyof Demand) => sum(demands.map((each) => each[figure])) / demands.length;
  return { webMs: of('webMs'), databaseMs: of('databaseMs'), idleMs: of('idleMs'), otherCores: of('otherCores') };
}

/** What a user would state who has measured. Nothing is between the people and the machine. */
export function statements({ webMs, databaseMs, idleMs, otherCores }: Demand, thinkMs: number): readonly string[] {
  return [
    `workload.thinkTime=${thinkMs}ms`,
    `workload.demand.web=${webMs.toFixed(2)}ms`,
    `workload.demand.database=${(databaseMs + idleMs).toFixed(2)}ms`,
    `workload.demand.databaseCpu=${databaseMs.toFixed(2)}ms`,
    `workload.otherCores=${otherCores.toFixed(2)}`,
    'server.bandwidth=10Gbps',
  ].flatMap((each) => ['--set', each]);
}

/** What was seen after the warm-up. */
export async function watched(server: Machine, crowd: People): Promise<Watched> {
  const stop = await sampling(server);
  const load = await people(server, crowd).report();
  const samples = await stop();
  const until = samples.at(-1)?.at ?? 0;
  return { load, samples: samples.filter(({ at }) => at > until - crowd.seconds) };
}
