#!/usr/bin/env node
// load.js URL [--rate R] [--seconds S] [--while-input] [--late-ms MS] [--timeout-ms MS]
//
// Sends requests at a fixed rate whatever becomes of them, each over a connection of its own, and prints one JSON document.
// Ends after S seconds, with --while-input earlier when its standard input ends.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ask } from './ask.js';
import { tally } from './tally.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '10' },
    'while-input': { type: 'boolean', default: false },
    'late-ms': { type: 'string', default: '1000' },
    'timeout-ms': { type: 'string', default: '10000' },
  },
});
const url = new URL(positionals[0] ?? '');
const rate = Number(values.rate);
const periodMs = 1000 / rate;

const requests = await Promise.all(await sendAll(Math.round(Number(values.seconds) * rate)));
const report = tally(requests, { periodMs, lateMs: Number(values['late-ms']) });
console.log(JSON.stringify({ url: url.href, rate, seconds: requests.length / rate, ...report }));

async function sendAll(count) {
  let stopped = false;
  if (values['while-input']) {
    process.stdin.resume().once('end', () => {
      stopped = true;
    });
  }
  const begin = performance.now();
  const sinceBegin = () => performance.now() - begin;
  const sent = [];
  while (sent.length < count && !stopped) {
    const at = sent.length * periodMs;
    if (at > sinceBegin()) await sleep(at - sinceBegin());
    sent.push(send(sent.length).then((outcome) => ({ at, ms: sinceBegin() - at, outcome })));
  }
  if (values['while-input']) process.stdin.destroy();
  return sent;
}

/** Its number is there for who reads along on the other side. */
function send(number) {
  const headers = { connection: 'close', 'x-request-number': String(number) };
  return ask(url, { agent: false, headers, timeoutMs: Number(values['timeout-ms']) });
}
