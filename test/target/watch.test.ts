import { type ChildProcess, spawn } from 'node:child_process';
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

describe.each(TRIED)('watching a service, in %s', (_, shell) => {
  let bench: EngineBench;
  let port: number;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    bench = await EngineBench.make(shell);
    port = await freePort();
  });

  afterEach(async () => {
    child?.kill('SIGKILL');
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
