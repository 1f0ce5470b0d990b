import { randomOf } from './network/simulation.js';

interface Turn {
  readonly ms: number;
  /** Of the database: out of its pool, and in use. */
  readonly out: boolean;
  readonly database: boolean;
  readonly redis: boolean;
}

/** Whose turns are left. */
interface Asked {
  readonly since: number;
  readonly left: readonly Turn[];
}
const NOBODY: Asked = { since: 0, left: [] };

/** One web worker by itself, and its people. */
export interface Service {
  readonly users: number;
  readonly thinkMs: number;
  readonly webMs: number;
}

const SLICE_MS = 5;
/** What is done at once where a request only changes hands. */
const HANDED = { ms: 0.1, database: false, redis: false };
const INSIDE: Turn = { ...HANDED, out: false };
const OUT: Turn = { ...HANDED, out: true };
/** Short turns of a request: before its connection is out of the pool, at the ping, at the rollback, and for the answer. */
const [BEFORE, TRIED, GIVEN_BACK, AFTER] = [5, 2, 4, 1];

/**
 * One worker acted out as CPython runs it: whoever has the lock works for a slice, then stands in line again behind all others. A
 * request is handed on four times, then takes a connection of the database to its end, which it tries first and gives back last,
 * and has one of Redis at one of its turns between. Says what pools held after so many answers, and connections in use on average: means of many beginnings.
 */
export function turns(service: Service, answers: number, beginnings: number) {
  const seen = Array.from({ length: beginnings }, (_, seed) => begun(service, answers, randomOf(seed + 1)));
  const mean = (of: (one: ReturnType<typeof begun>) => number) =>
    seen.reduce((sum, one) => sum + of(one), 0) / beginnings;
  return {
    open: mean(({ open }) => open),
    redis: mean(({ redis }) => redis),
    busy: mean(({ busy }) => busy),
    meanMs: mean(({ meanMs }) => meanMs),
  };
}

function begun({ users, thinkMs, webMs }: Service, answers: number, random: () => number) {
  const exponential = (mean: number) => -Math.log(1 - random()) * mean;
  let due = Array.from({ length: users }, () => exponential(thinkMs));
  const line: Asked[] = [];
  let [now, answered, open, redis, busyMs, insideMs] = [0, 0, 0, 0, 0, 0];
  while (answered < answers) {
    if (line.length === 0) now = Math.max(now, Math.min(...due));
    const come = due.filter((at) => at <= now);
    due = due.filter((at) => at > now);
    line.push(...come.map((since) => ({ since, left: request(exponential(webMs), random) })));
    const { since, left } = line.shift() ?? NOBODY;
    const [first, ...rest] = left;
    const holding = [first, ...line.map(({ left: [turn] }) => turn)];
    const database = holding.filter((turn) => turn?.database).length;
    const out = holding.filter((turn) => turn?.out).length;
    [open, redis] = [Math.max(open, out), Math.max(redis, holding.filter((turn) => turn?.redis).length)];
    const took = first?.ms ?? 0;
    [now, busyMs] = [now + took, busyMs + took * database];
    if (rest.length > 0) {
      line.push({ since, left: rest });
      continue;
    }
    due.push(now + exponential(thinkMs));
    [answered, insideMs] = [answered + 1, insideMs + now - since];
  }
  return { open, redis, busy: busyMs / now, meanMs: insideMs / answered };
}

function request(workMs: number, random: () => number): Turn[] {
  const slices = Math.max(1, Math.ceil(workMs / SLICE_MS));
  const asks = Math.floor(random() * slices);
  const work = Array.from({ length: slices }, (_, slice) => {
    const turn = { ms: workMs / slices, out: true, database: true, redis: slice === asks };
    return slice === asks ? [turn, { ...turn, ms: HANDED.ms }] : [turn];
  });
  const times = (count: number, turn: Turn) => Array.from({ length: count }, () => turn);
  return [
    ...times(BEFORE, INSIDE),
    ...times(TRIED, OUT),
    ...work.flat(),
    ...times(GIVEN_BACK, OUT),
    ...times(AFTER, INSIDE),
  ];
}
