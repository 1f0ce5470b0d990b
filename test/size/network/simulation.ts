import type { Network } from '../../../src/size/network/network.js';

interface Request {
  readonly worker: number;
  readonly since: number;
}

type Event = readonly [rate: number, act: () => void];

/** Always the same numbers for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The same network acted out, request by request: people bound to workers, first come first served, a pool for each
 * worker, cores shared by the busy ones, and by the queries where all of their time is work on these. It knows nothing of how the solver goes about it.
 */
class Simulation {
  private now = 0;
  private readonly thinking: number[];
  private readonly waiting: Request[][];
  private readonly serving: Request[][];
  private readonly held: number[];
  private readonly stored: Request[] = [];
  private readonly lines: Request[][];
  private readonly network: Network;
  private readonly random: () => number;
  readonly times: number[] = [];
  /** By worker, the most requests that were inside at once. */
  readonly most: number[];
  heldTime = 0;

  constructor(network: Network, users: number, seed: number) {
    const count = network.workers * network.instances;
    const lists = (length: number) => Array.from({ length }, (): Request[] => []);
    this.network = network;
    this.random = randomOf(seed);
    this.thinking = Array.from({ length: count }, (_, worker) => Math.floor((users + worker) / count));
    this.held = new Array<number>(count).fill(0);
    this.most = new Array<number>(count).fill(0);
    [this.waiting, this.serving, this.lines] = [lists(count), lists(count), lists(network.instances)];
  }

  get clock(): number {
    return this.now;
  }

  step(): void {
    const events = this.events();
    const total = events.reduce((sum, [rate]) => sum + rate, 0);
    const passed = -Math.log(1 - this.random()) / total;
    this.now += passed;
    this.heldTime += passed * this.held.reduce((sum, each) => sum + each, 0);
    let left = this.random() * total;
    const picked = events.find(([rate]) => {
      left -= rate;
      return left < 0;
    });
    (picked ?? events.at(-1))?.[1]();
  }

  private events(): readonly Event[] {
    const { network } = this;
    const { thinkMs, webMs, database, lineMs } = network;
    const asked = this.thinking.map((count, worker): Event => [count / thinkMs, () => this.ask(worker)]);
    const worked = this.serving.map(
      (queue, worker): Event => [queue.length === 0 ? 0 : this.speed(worker) / webMs, () => this.leaveWorker(worker)],
    );
    const busy = Math.min(this.stored.length, database.servers);
    const slowed = (network.shared?.databaseMs ?? 0) > 0 ? this.speed(0) : 1;
    const read: Event = [busy === 0 ? 0 : (busy * slowed) / database.ms, () => this.leaveDatabase(busy)];
    const sent = this.lines.map((line): Event => [line.length === 0 ? 0 : 1 / lineMs, () => this.answer(line.shift())]);
    return [...asked, ...worked, read, ...sent].filter(([rate]) => rate > 0);
  }

  private ask(worker: number): void {
    this.thinking[worker] = (this.thinking[worker] ?? 0) - 1;
    this.waiting[worker]?.push({ worker, since: this.now });
    this.admit(worker);
    const inside = (this.held[worker] ?? 0) + (this.waiting[worker]?.length ?? 0);
    this.most[worker] = Math.max(this.most[worker] ?? 0, inside);
  }

  private admit(worker: number): void {
    if ((this.held[worker] ?? 0) >= this.network.connections) return;
    const next = this.waiting[worker]?.shift();
    if (next === undefined) return;
    this.held[worker] = (this.held[worker] ?? 0) + 1;
    this.serving[worker]?.push(next);
  }

  private speed(worker: number): number {
    const { instances, cores, database, shared } = this.network;
    const here = this.serving.filter((queue, other) => other % instances === worker % instances && queue.length > 0);
    const queries = (shared?.databaseMs ?? 0) > 0 ? Math.min(this.stored.length, database.servers) : 0;
    return Math.min(1, (cores - (shared?.otherCores ?? 0)) / (here.length + queries));
  }

  private leaveWorker(worker: number): void {
    const request = this.serving[worker]?.shift() as Request;
    if (this.network.database.ms === 0) this.release(request);
    else this.stored.push(request);
  }

  private leaveDatabase(busy: number): void {
    this.release(this.stored.splice(Math.floor(this.random() * busy), 1)[0] as Request);
  }

  private release(request: Request): void {
    this.held[request.worker] = (this.held[request.worker] ?? 0) - 1;
    this.admit(request.worker);
    if (this.network.lineMs === 0) this.answer(request);
    else this.lines[request.worker % this.network.instances]?.push(request);
  }

  private answer(request: Request | undefined): void {
    if (request === undefined) return;
    this.thinking[request.worker] = (this.thinking[request.worker] ?? 0) + 1;
    this.times.push(this.now - request.since);
  }
}

export function simulate(network: Network, users: number, requests: number, seed: number) {
  const simulation = new Simulation(network, users, seed);
  const warm = Math.floor(requests / 5);
  while (simulation.times.length < warm) simulation.step();
  const [start, heldBefore] = [simulation.clock, simulation.heldTime];
  while (simulation.times.length < requests) simulation.step();
  const times = simulation.times.slice(warm).sort((a, b) => a - b);
  const took = simulation.clock - start;
  return {
    throughput: times.length / took,
    meanMs: times.reduce((sum, ms) => sum + ms, 0) / times.length,
    p95Ms: times[Math.floor(times.length * 0.95)] ?? 0,
    held: (simulation.heldTime - heldBefore) / took,
  };
}

/** What the pools of a worker come to hold until it has answered so many requests: the mean of many beginnings. */
export function grown(network: Network, users: number, requests: number, beginnings: number): number {
  const workers = network.workers * network.instances;
  const means = Array.from({ length: beginnings }, (_, seed) => {
    const simulation = new Simulation(network, users, seed + 1);
    while (simulation.times.length < requests * workers) simulation.step();
    return simulation.most.reduce((sum, most) => sum + Math.min(most, network.connections), 0) / workers;
  });
  return means.reduce((sum, mean) => sum + mean, 0) / beginnings;
}
