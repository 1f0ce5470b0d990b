import { spawn } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { PeopleReport } from '../crowd.js';

const PEOPLE = fileURLToPath(new URL('people.js', import.meta.url));

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A server that says from which connections it was asked, and how many questions it had at once. */
async function serve(behaviour: (response: ServerResponse) => void) {
  const ports = new Set<number | undefined>();
  const seen = { ports, atOnce: 0, open: 0, asked: 0 };
  const server = createServer((request, response) => {
    ports.add(request.socket.remotePort);
    seen.asked += 1;
    seen.open += 1;
    seen.atOnce = Math.max(seen.atOnce, seen.open);
    response.once('close', () => {
      seen.open -= 1;
    });
    behaviour(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close().closeAllConnections());
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`, seen };
}

function start(url: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [PEOPLE, url, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  stops.push(() => child.kill());
  return { child, report: json(child.stdout) as Promise<PeopleReport> };
}

const answer = (response: ServerResponse) => void response.end('{}');

describe('people as a load', () => {
  it('ask over one connection each, which they keep', async () => {
    const { url, seen } = await serve(answer);
    const report = await start(url, '--users', '7', '--think-ms', '10', '--seconds', '1').report;
    expect(report).toMatchObject({ users: 7, failed: 0, lost: 0, sent: seen.asked });
    expect(report.sent).toBeGreaterThan(7);
    expect(seen.ports.size).toBe(7);
  });

  it('wait for their answer before they ask again', async () => {
    const { url, seen } = await serve((response) => setTimeout(answer, 100, response));
    const report = await start(url, '--users', '3', '--think-ms', '0', '--seconds', '1').report;
    expect(seen.atOnce).toBe(3);
    expect(report.sent).toBeLessThanOrEqual(3 * 11);
    expect(report.meanMs).toBeGreaterThanOrEqual(99);
  });

  it('think for as long as is said on average, and tell how long it was', async () => {
    const { url } = await serve(answer);
    const report = await start(url, '--users', '50', '--think-ms', '200', '--warm-up', '1', '--seconds', '4').report;
    expect(report.thoughtMs).toBeGreaterThan(180);
    // On time they would ask 1000 times in 4 s; this program may have to wait for its turn, but not for as long again.
    expect(report.thoughtMs).toBeLessThan(400);
    expect(report.sent).toBeGreaterThan(400);
  });

  it('ask for more and for less around a number in braces', async () => {
    const asked: number[] = [];
    const { url } = await serve((response) => {
      asked.push(Number(new URL(response.req.url ?? '', 'http://host').searchParams.get('limit')));
      response.end();
    });
    await start(`${url}?limit={1000}`, '--users', '20', '--think-ms', '5', '--seconds', '1').report;
    const average = asked.reduce((sum, limit) => sum + limit, 0) / asked.length;
    expect(new Set(asked).size).toBeGreaterThan(asked.length / 5);
    expect(average).toBeGreaterThan(700);
    expect(average).toBeLessThan(1300);
  });

  it('do not count what is asked in the warm-up', async () => {
    const { url, seen } = await serve(answer);
    const report = await start(url, '--users', '5', '--think-ms', '20', '--warm-up', '1', '--seconds', '0.5').report;
    expect(report.sent).toBeGreaterThan(0);
    expect(report.sent).toBeLessThan(seen.asked);
  });

  it('tell errors from answers, and what is lost from both', async () => {
    let count = 0;
    const { url } = await serve((response) => {
      count += 1;
      if (count === 3) response.destroy();
      else response.writeHead(count === 5 ? 500 : 200).end();
    });
    const report = await start(url, '--users', '1', '--think-ms', '10', '--seconds', '1').report;
    expect(report).toMatchObject({ failed: 1, lost: 1, closed: 1 });
    expect(report.throughput * report.seconds).toBeCloseTo(report.ok);
  });

  it('go when the standard input ends, where that is asked for', async () => {
    const { url, seen } = await serve(answer);
    const { child, report } = start(url, '--users', '2', '--think-ms', '10', '--seconds', '3600', '--while-input');
    while (seen.asked === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.stdin.end();
    expect(await report).toMatchObject({ lost: 0, sent: seen.asked });
  });
});
