#!/usr/bin/env node
// people.js URL [--users N] [--think-ms MS] [--warm-up S] [--seconds S] [--while-input] [--late-ms MS] [--timeout-ms MS]
//
// People who ask, wait for the answer, think, and ask again, each over a connection of their own that is kept. Think times are
// exponential, and so is a number in braces in the URL: `?limit={20}` asks for 20 on average. Prints one JSON document about what
// was asked after the warm-up, with how long they really thought: longer, where this program waits for its turn. Ends after S more seconds, with --while-input
// earlier when its standard input ends.
import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ask } from './ask.js';
import { tally } from './tally.js';

const MS = 1000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    users: { type: 'string', default: '50' },
    'think-ms': { type: 'string', default: '900' },
    'warm-up': { type: 'string', default: '0' },
    seconds: { type: 'string', default: '10' },
    'while-input': { type: 'boolean', default: false },
    'late-ms': { type: 'string', default: '1000' },
    'timeout-ms': { type: 'string', default: '10000' },
  },
});
const [url = ''] = positionals;
const users = Number(values.users);
const thinkMs = Number(values['think-ms']);
const timeoutMs = Number(values['timeout-ms']);
const from = performance.now() + Number(values['warm-up']) * MS;
const ending = new AbortController();
setMaxListeners(users, ending.signal);
const timer = setTimeout(() => ending.abort(), from - performance.now() + Number(values.seconds) * MS);
if (values['while-input']) process.stdin.resume().once('end', () => ending.abort());

const each = await Promise.all(Array.from({ length: users }, live));
clearTimeout(timer);
process.stdin.destroy();
const seconds = (performance.now() - from) / MS;
const requests = each.flat().filter(({ at }) => at >= 0);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanMs = mean(requests.map(({ ms }) => ms));
const answered = requests.filter(({ outcome }) => outcome === 'ok');
console.log(
  JSON.stringify({
    url,
    users,
    thinkMs,
    seconds,
    throughput: answered.length / seconds,
    meanMs,
    // Who does not wait thinks; the last thought of each was cut short, so an average over them would be less.
    thoughtMs: (users * seconds * MS) / requests.length - meanMs,
    ...tally(
      requests.toSorted((a, b) => a.at - b.at),
      { periodMs: 0, lateMs: Number(values['late-ms']) },
    ),
  }),
);

/** One of them, until the end. Nobody comes with all the others at once, and who waits at the end is answered. */
async function live() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const asked = [];
  while (await thought()) {
    const begin = performance.now();
    const outcome = await ask(varied(), { agent, timeoutMs });
    asked.push({ at: begin - from, ms: performance.now() - begin, outcome });
  }
  agent.destroy();
  return asked;
}

/** Whether there is time for another question after it. */
async function thought() {
  await sleep(exponential(thinkMs), undefined, { signal: ending.signal }).catch(() => undefined);
  return !ending.signal.aborted;
}

function varied() {
  return new URL(url.replace(/\{(\d+)\}/, (_, average) => String(Math.round(exponential(Number(average))))));
}

function exponential(average) {
  return -Math.log(1 - Math.random()) * average;
}
