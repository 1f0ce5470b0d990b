import { firstReached } from './reach.js';

/** One worker, the people who are bound to it, and the stations as they are left for it by the other workers. */
export interface Loop {
  readonly users: number;
  /** With what each waits for the interpreter's lock, which holds up nobody else. */
  readonly thinkMs: number;
  readonly lockMs: number;
  /** In the worker, which serves one request at a time. */
  readonly webMs: number;
  readonly databaseMs: number;
  readonly servers: number;
  /** Servers that the other workers leave to this one: not a whole number. */
  readonly serversLeft: number;
  /** The worker's pool: from the first query to the end of the request a connection is held. */
  readonly connections: number;
  /** On the line, where nobody needs a connection. */
  readonly lineMs: number;
  /** The share of the line that the other workers leave. */
  readonly lineLeft: number;
}

export interface LoopState {
  /** Requests per millisecond. */
  readonly throughput: number;
  /** Requests per millisecond with so many connections held; index 0 is unused. */
  readonly rates: Float64Array;
  /** With so many connections held: the chance that the worker itself has nothing to do. */
  readonly idle: Float64Array;
  /** With so many users outside: the chance that an answer is on the line. */
  readonly sending: Float64Array;
  /** What a request meets on arrival: the chance that so many others hold or wait for a connection. */
  readonly met: Float64Array;
  /** The chance of each number inside at any time: those who hold or wait for a connection. */
  readonly inside: Float64Array;
  /** Connections held, on average. */
  readonly held: number;
  /** From nobody inside on: answers until so many hold or wait for a connection at the same time, on average. */
  readonly reached: Float64Array;
}

/**
 * Exact for a product-form network: by the arrival theorem a request meets the network as it is with one user less. The
 * pool is put in by a flow-equivalent server: what the worker and the database get done with so many requests inside,
 * which is exact where the pool never runs dry, and where either of the two is nothing but a delay.
 */
export function solveLoop(loop: Loop): LoopState {
  const { users, connections } = loop;
  const served = insideOf(loop, Math.min(users, connections));
  const scale = scaleOf(loop, served.rates);
  const outside = outsideOf(loop, scale);
  const weights = weightsOf(users, served.rates, scale);
  const [now, totalNow] = chances(users, weights, outside);
  const [met, totalMet] = chances(users - 1, weights, outside);
  const throughput = scale * Math.exp(totalMet - totalNow);
  const downs = (count: number) => (served.rates[Math.min(count, connections)] ?? 0) / throughput;
  return {
    ...served,
    sending: sendingOf(loop, scale, outside),
    throughput,
    met,
    inside: now,
    reached: firstReached(now, downs),
    held: now.reduce((sum, chance, count) => sum + chance * Math.min(count, connections), 0),
  };
}

/** The worker and the database with 1, 2, ... `most` requests inside, by the recursion of mean value analysis. */
function insideOf({ webMs, databaseMs, serversLeft }: Loop, most: number): Pick<LoopState, 'rates' | 'idle'> {
  const rates = new Float64Array(most + 1);
  const idle = new Float64Array(most + 1);
  idle[0] = 1;
  let empty = 1;
  for (let count = 1; count <= most; count++) {
    const database = (empty * databaseMs) / Math.min(count, serversLeft);
    const rate = 1 / (webMs + database);
    empty = database * rate;
    rates[count] = rate;
    idle[count] = empty;
  }
  return { rates, idle };
}

/** About the throughput: with it as the unit no weight grows out of a number's range. */
function scaleOf(loop: Loop, rates: Float64Array): number {
  const { users, thinkMs, webMs, databaseMs, serversLeft, lineMs, lineLeft } = loop;
  const alone = users / (thinkMs + webMs + databaseMs + lineMs);
  const most = rates[rates.length - 1] ?? 1;
  return Math.min(alone, 1 / webMs, serversLeft / databaseMs, lineLeft / lineMs, most);
}

/** Logarithms of the weights of 0, 1, ... users who think or whose answer is on the line. */
function outsideOf({ users, thinkMs, lineMs, lineLeft }: Loop, scale: number): Float64Array {
  const [think, line] = [scale * thinkMs, (scale * lineMs) / lineLeft];
  const logs = new Float64Array(users + 1);
  let log = -think;
  let sum = 0;
  for (let count = 0; count <= users; count++) {
    if (count > 0) log += Math.log(think / count);
    sum = Math.exp(log) + line * sum;
    logs[count] = lineMs === 0 ? log : Math.log(sum);
  }
  return logs;
}

function sendingOf({ lineMs, lineLeft }: Loop, scale: number, outside: Float64Array): Float64Array {
  const line = (scale * lineMs) / lineLeft;
  return outside.map((log, count) =>
    count === 0 || log === Number.NEGATIVE_INFINITY ? 0 : line * Math.exp((outside[count - 1] ?? 0) - log),
  );
}

/** Logarithms of the weights of 0, 1, ... requests that hold or wait for a connection. */
function weightsOf(users: number, rates: Float64Array, scale: number): Float64Array {
  const logs = new Float64Array(users + 1);
  const most = rates.length - 1;
  let step = 0;
  for (let count = 1; count <= users; count++) {
    if (count <= most) step = Math.log(scale / (rates[count] ?? 1));
    logs[count] = (logs[count - 1] ?? 0) + step;
  }
  return logs;
}

/** The chance of each number inside, and the logarithm of the sum of all weights. */
function chances(users: number, inside: Float64Array, outside: Float64Array): [Float64Array, number] {
  const logs = new Float64Array(users + 1);
  let largest = Number.NEGATIVE_INFINITY;
  for (let count = 0; count <= users; count++) {
    const log = (inside[count] ?? 0) + (outside[users - count] ?? 0);
    logs[count] = log;
    if (log > largest) largest = log;
  }
  let sum = 0;
  for (let count = 0; count <= users; count++) sum += logs[count] = Math.exp((logs[count] ?? 0) - largest);
  return [logs.map((weight) => weight / sum), largest + Math.log(sum)];
}
