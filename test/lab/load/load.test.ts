import { spawn } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const LOAD = fileURLToPath(new URL('load.js', import.meta.url));

type Behaviour = (response: ServerResponse, number: number) => void;

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function serve(behaviour: Behaviour): Promise<string> {
  const server = createServer((request, response) => behaviour(response, Number(request.headers['x-request-number'])));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close().closeAllConnections());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}

function start(url: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [LOAD, url, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  stops.push(() => child.kill());
  return { child, report: json(child.stdout) };
}

/** 50 requests, one each 10 ms. */
const load = (url: string, ...args: readonly string[]) => {
  const { child, report } = start(url, '--rate', '100', '--seconds', '0.5', ...args);
  child.stdin.end();
  return report;
};

const answer: Behaviour = (response) => response.end('{}');
const between = (low: number, high: number, special: Behaviour): Behaviour => {
  return (response, number) => (number >= low && number < high ? special : answer)(response, number);
};

describe('the load client', () => {
  it('sends at its rate, each request over a connection of its own, and loses none when nothing happens', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((response) => {
      ports.add(response.req.socket.remotePort);
      response.end();
    });
    expect(await load(url)).toMatchObject({ sent: 50, ok: 50, lost: 0, failed: 0, gapMs: 0, rate: 100, seconds: 0.5 });
    expect(ports.size).toBe(50);
  });

  it('counts what is closed without an answer, and says for how long', async () => {
    const url = await serve(between(10, 15, (response) => response.destroy()));
    expect(await load(url)).toMatchObject({ sent: 50, ok: 45, lost: 5, closed: 5, gapMs: 50 });
  });

  it('counts what is reset', async () => {
    const url = await serve(between(3, 4, (response) => response.req.socket.resetAndDestroy()));
    expect(await load(url)).toMatchObject({ ok: 49, lost: 1, reset: 1, gapMs: 10 });
  });

  it('counts an answer that is cut off as lost', async () => {
    const cut: Behaviour = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    expect(await load(await serve(between(0, 2, cut)))).toMatchObject({ ok: 48, lost: 2, closed: 2, gapMs: 20 });
  });

  it('gives the longest of several gaps, and that of the end', async () => {
    const drop: Behaviour = (response) => response.destroy();
    const url = await serve((response, number) => between(5, 7, between(0, 50, drop))(response, number));
    expect(await load(url)).toMatchObject({ lost: 2, gapMs: 20 });
    const atTheEnd = await serve((response, number) => (number === 5 || number > 45 ? drop : answer)(response, number));
    expect(await load(atTheEnd)).toMatchObject({ lost: 5, gapMs: 40 });
  });

  it('counts errors that the server answers with apart from what is lost', async () => {
    const fail: Behaviour = (response) => response.writeHead(503).end();
    expect(await load(await serve(between(20, 30, fail)))).toMatchObject({ ok: 40, failed: 10, lost: 0, gapMs: 0 });
  });

  it('counts what comes late, and goes on sending meanwhile', async () => {
    const slow: Behaviour = (response) => setTimeout(() => response.end(), 700);
    const report = await load(await serve(between(0, 1, slow)), '--late-ms', '650');
    expect(report).toMatchObject({ sent: 50, ok: 50, lost: 0 });
    const { late, latencyMs } = report as { late: number; latencyMs: { max: number } };
    expect(late).toBeGreaterThanOrEqual(1);
    expect(latencyMs.max).toBeGreaterThanOrEqual(700);
  });

  it('gives up on what never answers', async () => {
    const url = await serve(between(1, 3, () => undefined));
    expect(await load(url, '--timeout-ms', '3000')).toMatchObject({ lost: 2, timedOut: 2, gapMs: 20 });
  });

  it('counts every request as refused where nothing listens', async () => {
    const url = await serve(answer);
    for (const stop of stops.splice(0)) stop();
    expect(await load(url)).toMatchObject({ sent: 50, ok: 0, lost: 50, refused: 50, gapMs: 500 });
  });

  it('ends when its standard input does, where that is asked for, with what it has sent so far', async () => {
    let seen = () => {};
    const first = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const url = await serve((response) => {
      seen();
      response.end();
    });
    const { child, report } = start(url, '--rate', '50', '--seconds', '3600', '--while-input');
    await first;
    child.stdin.end();
    const { sent, ok } = (await report) as { sent: number; ok: number };
    expect(ok).toBe(sent);
    expect(sent).toBeLessThan(3600 * 50);
  });
});
