import { formatBytes } from '../units.js';
import { networkOf } from './capacity.js';
import { numberByHand } from './choice.js';
import { byRule, type Frame, type Layout, shared } from './frame.js';
import { serviceCores } from './machine.js';
import { type Flow, flow, type Network, solve } from './network/network.js';
import { boundPool, LEAST_PER_PROCESS, type Pool, REQUESTS_OF_A_PERSON } from './pools.js';
import type { RunnerUp } from './sizing.js';
import { memoryBudget, workersFor } from './workers.js';

/** Workers for each core at the most: beyond that they only stand in each other's way. */
const MOST_PER_CORE = 4;
/** Beyond sixteen workers, the next number that is tried. */
const NEXT = 9 / 8;
/** A worker more must take this share off the response time to be worth its memory and its connections. */
const WORTH = 0.03;
/** The steady connections are enough but for this share of the requests. */
const RARELY = 0.001;
/** Beyond these, for people who are spread less evenly than in the model. */
const ROOM = 1.5;

interface Candidate extends Layout {
  readonly p95Ms: number;
}

export interface Searched extends Candidate {
  readonly runnerUp: RunnerUp | null;
}

/**
 * The number of web workers with the shortest response time for the most users, within the memory and the connections,
 * with the celery children of the rules. Null where no number of workers fits: then the rules say why.
 */
export function searchWorkers(frame: Frame): Searched | null {
  const candidates = candidatesOf(frame);
  const [first, ...more] = candidates;
  if (first === undefined) return null;
  const best = more.reduce((chosen, next) => (next.p95Ms < chosen.p95Ms * (1 - WORTH) ? next : chosen), first);
  const second = candidates
    .filter((candidate) => candidate !== best)
    .toSorted((a, b) => a.p95Ms - b.p95Ms)
    .at(0);
  return { ...best, runnerUp: second === undefined ? null : compared(best, second, frame) };
}

function candidatesOf(frame: Frame): readonly Candidate[] {
  const { machine, memory, overrides, deployment } = frame;
  const rule = byRule(frame).workers;
  const byHand = numberByHand(overrides, 'web.workers');
  const counts = byHand === undefined ? countsFor(mostWorkers(machine)) : [byHand];
  return counts.flatMap((web) => {
    const workers = workersFor(machine, memory, overrides, deployment, web);
    const connections = shared(frame, workers);
    const fits = workers.web === web && workers.celery === rule.celery;
    if (!fits || connections.perProcess < LEAST_PER_PROCESS) return [];
    return [candidateOf(frame, { workers, connections })];
  });
}

/** In one container. */
function mostWorkers(machine: Frame['machine']): number {
  const cores = Math.max(1, Math.floor(serviceCores(machine, 'backend')));
  return Math.max(1, Math.floor((MOST_PER_CORE * cores) / machine.containers.backend));
}

/** Each number up to sixteen, and from there on those that are an eighth apart: nearer ones are not told apart by a guest. */
function countsFor(most: number): readonly number[] {
  const counts: number[] = [];
  for (let count = 1; count <= most; count = Math.max(count + 1, Math.round(count * NEXT))) counts.push(count);
  return counts;
}

function candidateOf(frame: Frame, { workers, connections }: Omit<Layout, 'pool'>): Candidate {
  const { profile, share, overrides } = frame;
  const allowed = Math.min(connections.perProcess, share.max);
  const network = (pool: Pool): Network => {
    const settings = { 'web.workers': workers.web, 'db.pool_size': pool.size, 'db.max_overflow': pool.overflow };
    return networkOf(profile, settings, frame.machine) ?? never();
  };
  const size = neededAtOnce(flow(network({ size: allowed, overflow: 0 }), profile.users.max));
  const ceiling = Math.max(Math.min(Math.ceil(size * ROOM), share.max), REQUESTS_OF_A_PERSON);
  const wanted = { size, ceiling };
  const pool = boundPool(wanted, Math.max(connections.perProcess, LEAST_PER_PROCESS), overrides);
  return { workers, connections, pool, p95Ms: solve(network(pool), profile.users.max).p95Ms };
}

/** What one process needs at the same time, but for one request in a thousand. */
function neededAtOnce({ met }: Flow): number {
  let beyond = 1;
  let needed = 0;
  while (beyond > RARELY && needed < met.length) {
    beyond -= met[needed] ?? 0;
    needed += 1;
  }
  return Math.max(1, needed);
}

function never(): never {
  throw new Error('numbers are always resolved');
}

function compared(best: Candidate, second: Candidate, { memory, machine, deployment, profile }: Frame): RunnerUp {
  // Of all that is there: the parent comes and goes with the second worker.
  const bytesOf = ({ workers }: Candidate) => memoryBudget(workers, machine, memory, deployment).totalBytes;
  const bytes = (bytesOf(second) - bytesOf(best)) * profile.server.instances;
  const slower = Math.round((100 * (second.p95Ms - best.p95Ms)) / best.p95Ms);
  const holds = (candidate: Candidate) =>
    candidate.connections.processes * (candidate.pool.size + candidate.pool.overflow);
  const connections = holds(second) - holds(best);
  const amount = (count: number, what: string) => `${what} ${count > 0 ? 'more' : 'less'}`;
  return {
    setting: 'web.workers',
    value: second.workers.web,
    p95Ms: second.p95Ms,
    chosenP95Ms: best.p95Ms,
    because: [
      `${second.workers.web} workers: 95 of 100 responses within ${Math.round(second.p95Ms)} ms instead of ${Math.round(best.p95Ms)} ms for ${profile.users.max} users (${slower >= 0 ? '+' : ''}${slower} %)`,
      amount(bytes, `${formatBytes(Math.abs(bytes))} of memory`),
      amount(connections, `up to ${Math.abs(connections)} connections`),
    ].join(', '),
  };
}
