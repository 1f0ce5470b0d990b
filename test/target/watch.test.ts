import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../support/sshd.js';
import { EngineBench } from './engine-bench.js';
import { TRIED } from './shells.js';

const REF = ['systemd', 'web.service', '-'] as const;
/** Listens on its port after a while, in a process that others see; a worker of it ends at once, over and over, when asked to. */
const SERVICE = `
import http.server, os, subprocess, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        pass
if sys.argv[2] == "crashes":
    while True:
        subprocess.run([sys.executable, "-c", "pass", "multiprocessing.spawn"])
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.3)", "multiprocessing.spawn"])
time.sleep(float(sys.argv[2]))
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
`;

/** Not as one that ended and waits for somebody to take note of it. */
async function runs(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

describe.each(TRIED)('watching a service, in %s', (_, shell) => {
  let bench: EngineBench;
  let port: number;
  let child: ChildProcess | undefined;
  let servers: Server[] = [];

  beforeEach(async () => {
    bench = await EngineBench.make(shell);
    port = await freePort();
  });

  afterEach(async () => {
    child?.kill('SIGKILL');
    for (const server of servers) server.close();
    servers = [];
    await bench.remove();
  });

  async function service(after: string): Promise<void> {
    child = spawn('/usr/bin/python3', ['-c', SERVICE, String(port), after], { stdio: 'ignore' });
    await bench.write('pid', String(child.pid));
    await bench.stub('systemctl', 'echo "MainPID=$(cat "$BENCH/pid")"');
  }

  /** What a run does between the two. */
  const watched = (between: string, tools?: string) =>
    bench.run(
      [['at_watch', ...REF, '/health'], ['at_between'], ['at_watch_end'], ['at_told']],
      `at_between() { ${between}; }\nat_told() { echo "gap $AT_GAP."; }`,
      tools,
    );
  const gapOf = ({ output }: { output: string }) => /gap (\d*)\./.exec(output)?.[1];
  const listens = `while ! at_listens ${REF.join(' ')} >/dev/null; do sleep 0.1; done`;
  const restart = `kill $(cat "$BENCH/pid"); sleep 1; /usr/bin/python3 -c "$(cat "$BENCH/service.py")" ${'$'}PORT 0 & echo $! >"$BENCH/pid"; ${listens}`;

  it('knows where it listens', async () => {
    await service('0');
    const { output } = await bench.run([['at_find']], `at_find() { ${listens}; at_listens ${REF.join(' ')}; }`);
    expect(output).toContain(`127.0.0.1 ${port}\n`);
  });

  it('waits until it takes connections', async () => {
    await service('1');
    const { code, output } = await bench.run([
      ['at_await', '20', ...REF],
      ['at_listens', ...REF],
    ]);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(String(port)) });
  });

  it('does not wait for one that ends', async () => {
    await service('60');
    setTimeout(() => child?.kill('SIGKILL'), 1_000);
    const { code, failed, progress } = await bench.run([['at_await', '60', ...REF]]);
    expect({ code, failed }).toEqual({ code: 1, failed: 'web.service comes up' });
    expect(progress).toMatch(/web.service comes up\tfalse\tit takes connections\tit ended/);
  });

  it('does not wait for one that does not run', async () => {
    await bench.stub('systemctl', 'echo MainPID=0');
    expect((await bench.run([['at_await', '60', ...REF]])).progress).toContain('it does not run');
  });

  it('does not wait for one whose workers end again and again', async () => {
    await service('crashes');
    const { failed, progress } = await bench.run([['at_await', '60', ...REF]]);
    expect(failed).toBe('web.service comes up');
    expect(progress).toContain('its workers end again and again');
  });

  it('gives up after the time that it was given', async () => {
    await service('60');
    const { failed, progress } = await bench.run([['at_await', '1', ...REF]]);
    expect({ failed, progress }).toEqual({
      failed: 'web.service comes up',
      progress: expect.stringContaining('nothing within 1 s'),
    });
  });

  it('finds no gap where there is none', async () => {
    await service('0');
    await bench.run([['at_find']], `at_find() { ${listens}; }`);
    expect(gapOf(await watched('sleep 0.5'))).toBe('0');
  });

  it('measures how long it refused', async () => {
    await bench.write('service.py', SERVICE);
    await service('0');
    await bench.run([['at_find']], `at_find() { ${listens}; }`);
    const gap = Number(
      gapOf(
        await watched(`PORT=${port}; ${restart}; sleep 0.3; kill $(cat "$BENCH/pid")`.replace(/; kill [^;]*$/, '')),
      ),
    );
    expect(gap).toBeGreaterThan(900);
    expect(gap).toBeLessThan(30_000);
  });

  /** A service that takes so long for an answer: who asked, and how many at once at the most. */
  async function slow(ms: number) {
    const seen = { asked: 0, open: 0, most: 0 };
    const server = createServer((_request, response) => {
      seen.asked += 1;
      seen.open += 1;
      seen.most = Math.max(seen.most, seen.open);
      setTimeout(() => {
        seen.open -= 1;
        response.end();
      }, ms);
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return { seen, at: `at_listens() { echo "127.0.0.1 ${(server.address() as AddressInfo).port}"; }` };
  }

  it('has few questions open at a service that is slow to answer', async () => {
    const { seen, at } = await slow(1_500);
    const run = await bench.run(
      [['at_watch', ...REF, '/'], ['sleep', '3'], ['at_watch_end'], ['at_told']],
      `${at}\nat_told() { echo "gap $AT_GAP."; }`,
    );
    expect(gapOf(run)).toBe('0');
    expect(seen.most).toBeLessThanOrEqual(6);
    expect(seen.asked).toBeLessThan(30);
  });

  it('asks no more once it was answered while the checks ask', async () => {
    const { seen, at } = await slow(0);
    const counts: number[] = [];
    const telling = setInterval(() => counts.push(seen.asked), 100);
    await bench.run(
      [['at_watch', ...REF, '/'], ['sleep', '0.5'], ['at_watch_steps_back'], ['sleep', '1.5'], ['at_watch_end']],
      at,
    );
    clearInterval(telling);
    expect(counts.at(-1)).toBeGreaterThan(5);
    expect(counts.slice(-5)).toEqual(counts.slice(-5).map(() => counts.at(-1)));
  });

  it('measures until it is answered again, also where the checks ask already', async () => {
    await bench.write('service.py', SERVICE);
    await service('0');
    await bench.run([['at_find']], `at_find() { ${listens}; }`);
    const gap = Number(
      gapOf(
        await watched(
          `kill $(cat "$BENCH/pid"); at_watch_steps_back; sleep 1; /usr/bin/python3 -c "$(cat "$BENCH/service.py")" ${port} 0 & echo $! >"$BENCH/pid"; ${listens}; sleep 1`,
        ),
      ),
    );
    expect(gap).toBeGreaterThan(900);
    expect(gap).toBeLessThan(30_000);
  });

  it.each([
    ['python3', ''],
    ['curl', 'command() { [ "$2" = curl ]; }'],
  ])('ends by itself once the run is killed that it belongs to: %s', async (_name, without) => {
    const { at } = await slow(0);
    await bench.run(
      [['at_watch', ...REF, '/'], ['at_killed']],
      `${at}\n${without}\nat_killed() { echo "$AT_WATCH" >"$BENCH/watcher"; kill -KILL $$; }`,
    );
    const pid = Number(await bench.read('watcher'));
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => runs(pid), { timeout: 15_000 }).toBe(false);
  });

  it('says nothing where it was never answered, or is not to be found', async () => {
    const sick: Server = createServer((_request, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => sick.once('listening', resolve));
    const at = `at_listens() { echo "127.0.0.1 ${(sick.address() as AddressInfo).port}"; }`;
    const run = await bench.run(
      [['at_watch', ...REF, '/'], ['at_pause'], ['at_watch_end'], ['at_told']],
      `${at}\nat_pause() { sleep 0.5; }\nat_told() { echo "gap $AT_GAP."; }`,
    );
    sick.close();
    expect(gapOf(run)).toBe('');
    await bench.stub('systemctl', 'echo MainPID=0');
    expect(gapOf(await watched(':'))).toBe('');
  });
});
