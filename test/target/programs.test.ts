import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { PYTHON, packagesMissing, ServiceBench } from '../support/services.js';
import { freePort } from '../support/sshd.js';

const missing = packagesMissing('uvicorn', 'fastapi', 'celery', 'redis');
const noRedis = existsSync('/usr/bin/redis-server') || process.env.CI ? null : '/usr/bin/redis-server is not installed';
const obstacle = missing ?? noRedis;
const reason = obstacle === null ? '' : ` (not here: ${obstacle})`;

const WEB = 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/health")\ndef health(): return {}\n';
const TASKS = 'import os\nfrom celery import Celery\napp = Celery("app", broker=os.environ["BROKER"])\n';

let bench: ServiceBench;
let broker = '';
const stops: (() => void)[] = [];
afterEach(async () => {
  await bench.remove();
  for (const stop of stops.splice(0)) stop();
});

async function redis(): Promise<void> {
  const port = await freePort();
  const server = spawn('/usr/bin/redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  });
  stops.push(() => server.kill());
  broker = `redis://127.0.0.1:${port}/0`;
}

/** Clients that wait at the broker for what comes into a queue. */
async function openCalls(): Promise<number> {
  const ask = `import redis; print(redis.Redis.from_url("${broker}").info("clients")["blocked_clients"])`;
  return Number((await promisify(execFile)(PYTHON, ['-c', ask])).stdout);
}

async function uvicorn(...args: readonly string[]): Promise<void> {
  bench = await ServiceBench.make({ 'app/main.py': WEB });
  const port = await freePort();
  await bench.start({ argv: [PYTHON, '-m', 'uvicorn', 'app.main:app', '--port', String(port), ...args], port });
}

/** Celery shows its state as its title where it can, and writes over its own environment with it. */
const UNTITLED = { 'plain/setproctitle.py': 'raise ImportError\n' };

async function celery(
  args: readonly string[],
  before: readonly string[] = [],
  more: Readonly<Record<string, string>> = { PYTHONPATH: 'plain' },
): Promise<void> {
  bench = await ServiceBench.make({ 'app/tasks.py': TASKS, ...UNTITLED });
  const argv = [...before, PYTHON, '-m', 'celery', '-A', 'app.tasks', 'worker', ...args];
  await redis();
  await bench.start({ argv, env: { BROKER: broker, C_FORCE_ROOT: '1', ...more } });
}

const childrenAre = (count: number) => bench.until(async () => Number((await bench.ask('count')).stdout) === count);

describe.skipIf(obstacle !== null)(`uvicorn itself${reason}`, () => {
  it('has the workers that it was started with', async () => {
    await uvicorn('--workers', '3');
    await bench.until(async () => (await bench.facts({})).workers === 3);
    expect(await bench.facts({})).toMatchObject({ program: 'uvicorn', shell: false, settings: { 'web.workers': 3 } });
    expect(await bench.judge({ settings: { 'web.workers': 3 }, health: '/health' })).toEqual({
      'web.workers': 'true: 3',
      '/health': 'true: 200',
    });
  });

  it('is one worker of its own without a parent', async () => {
    await uvicorn();
    expect(await bench.facts({})).toMatchObject({ workers: 1, supervised: false, beforeMs: null });
  });
});

describe.skipIf(obstacle !== null)(`celery itself${reason}`, () => {
  it('shows the children of prefork, and takes another number of them', async () => {
    await celery(['--pool=prefork', '--concurrency=2']);
    await childrenAre(2);
    const { program, pool, settings } = await bench.facts({});
    expect({ program, pool, settings }).toMatchObject({
      program: 'celery',
      pool: 'prefork',
      settings: { 'celery.pool': 'prefork', 'celery.concurrency': 2 },
    });
    for (const count of ['4', '1']) {
      expect(await bench.ask('resize', count)).toMatchObject({ code: 0, stderr: '' });
      expect((await bench.ask('count')).stdout).toBe(`${count}\n`);
    }
  });

  it.each([
    ['solo', ['--pool=solo'], { 'celery.pool': 'solo', 'celery.concurrency': 1 }],
    ['threads', ['-P', 'threads', '-c', '8'], { 'celery.pool': 'threads', 'celery.concurrency': 8 }],
  ])('has no children with %s, whatever its banner says', async (_, args, expected) => {
    await celery(args);
    await sleep(2_000);
    expect(await bench.facts({})).toMatchObject({ workers: 0, supervised: false, settings: expected });
    expect(await bench.ask('resize', '2')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/prefork|workers of its own/),
    });
  });

  it.each(['prefork', 'threads'])(
    'has its tasks finished, and then no call left open that a task could still answer, until it takes up again: %s',
    {
      timeout: 60_000,
    },
    async (pool) => {
      await celery([`--pool=${pool}`, '--concurrency=2']);
      await bench.until(async () => (await openCalls()) === 1);
      const { connected } = await bench.facts({});
      expect(connected).toBe(Number(new URL(broker).port));
      expect(await bench.judge({ connected })).toMatchObject({ 'is connected': expect.stringMatching(/^true: [1-9]/) });
      expect(await bench.judge({ connected: 1 })).toEqual({ 'is connected': 'false: 0' });
      const { stdout, ...rest } = await bench.ask('finish', '20');
      expect({ stdout, ...rest }).toMatchObject({ code: 0, stderr: '', stdout: '["celery"]\n' });
      expect(await openCalls()).toBe(0);
      expect(await bench.ask('resume', stdout.trim())).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('takes tasks again'),
      });
      await bench.until(async () => (await openCalls()) === 1);
    },
  );

  it('does not count its scheduler among the children', async () => {
    await celery(['-B', '-s', 'schedule', '-c', '2']);
    await childrenAre(2);
  });

  it('is understood by its title, too', async () => {
    await celery(['--pool=prefork', '--concurrency=2'], ['/bin/sh', '-c', '"$@"; :', 'sh'], {});
    await childrenAre(2);
    expect(await bench.facts({})).toMatchObject({ program: 'celery', pool: 'prefork', shell: true });
    expect(await bench.ask('resize', '3')).toMatchObject({ code: 0, stderr: '' });
  });

  it('is found below a shell, with the time that was spent before it', async () => {
    await celery(['-c', '1'], ['/bin/sh', '-c', 'sleep 1 && "$@"', 'sh']);
    await childrenAre(1);
    const { shell, beforeMs } = await bench.facts({});
    expect(shell).toBe(true);
    expect(beforeMs).toBeGreaterThanOrEqual(900);
    expect(await bench.ask('term', '20')).toMatchObject({ code: 0, stderr: '' });
  });
});
