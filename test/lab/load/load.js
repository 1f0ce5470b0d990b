#!/usr/bin/env node
// load.js URL [--rate R] [--seconds S] [--while-input] [--late-ms MS] [--timeout-ms MS]
//
// Sends requests at a fixed rate whatever becomes of them, each over a connection of its own, and prints one JSON document.
// Ends after S seconds, with --while-input earlier when its standard input ends.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
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

/** What becomes of one request. Its number is there for who reads along on the other side. */
function send(number) {
  return new Promise((resolve) => {
    const headers = { connection: 'close', 'x-request-number': String(number) };
    const outgoing = request(url, { agent: false, headers });
    const timer = setTimeout(() => {
      resolve('timedOut');
      outgoing.destroy();
    }, Number(values['timeout-ms']));
    const end = (outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    outgoing.once('error', (error) => end(nameOf(error)));
    outgoing.once('response', (answer) => {
      answer.resume().on('error', () => end('closed'));
      answer.once('close', () => end(outcomeOf(answer)));
    });
    outgoing.end();
  });
}

function outcomeOf({ complete, statusCode }) {
  if (!complete) return 'closed';
  return statusCode < 400 ? 'ok' : 'failed';
}

/** Node calls it a reset, too, when the server closes without an answer; only a real one comes from a system call. */
function nameOf({ code, syscall }) {
  if (code === 'ECONNREFUSED') return 'refused';
  return syscall === undefined ? 'closed' : 'reset';
}
