import { afterEach, describe, expect, it } from 'vitest';
import type { ProgramFacts } from '../../src/target/services.js';
import { FakeRedis } from '../support/redis.js';
import { PYTHON, packagesMissing, ServiceBench } from '../support/services.js';

const missing = packagesMissing('redis', 'celery');
const reason = missing === null ? '' : ` (not here: ${missing})`;
const REDIS = 'app/core/redis_client.py';
const CLIENT = 'import redis\nclient = redis.Redis(host="127.0.0.1", port=PORT, password="Hunter2")\n';
const INFO = { run_id: 'one', maxclients: 60, connected_clients: 9, maxmemory_policy: 'allkeys-lru', maxmemory: 5e7 };
const SERVER = { id: 'one', maxClients: 60, clients: 9, policy: 'allkeys-lru', maxMemoryBytes: 5e7 };

/** What looks like celery, with two lines to a port. */
const WORKER = `
import socket, sys, time
held = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(2)]
time.sleep(600)
`;

let bench: ServiceBench | undefined;
let servers: FakeRedis[] = [];
afterEach(async () => {
  for (const server of servers) server.stop();
  servers = [];
  await bench?.remove();
});

async function redis(info: Readonly<Record<string, string | number>>): Promise<FakeRedis> {
  const server = await FakeRedis.start(info);
  servers.push(server);
  return server;
}

interface Stack {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly app?: readonly string[];
}

async function asked(pool: FakeRedis | number, stack: Stack = {}): Promise<ProgramFacts> {
  const port = typeof pool === 'number' ? pool : pool.port;
  bench = await ServiceBench.make({ [REDIS]: CLIENT.replace('PORT', String(port)), celery: WORKER, ...stack.files });
  const argv = [PYTHON, bench.path('celery'), String(port), ...(stack.app ?? []), 'worker', '--pool=solo'];
  await bench.start(
    typeof pool === 'number'
      ? { argv: [PYTHON, '-c', 'import time; time.sleep(600)'] }
      : { argv, env: stack.env ?? {} },
  );
  if (typeof pool !== 'number') await bench.until(async () => pool.lines === 2);
  return bench.facts({ redis: bench.path(REDIS) });
}

describe.skipIf(missing !== null)(`the Redis that a service talks to${reason}`, () => {
  it('is asked where its pool leads, with its password, and is told from the lines to it', async () => {
    const server = await redis(INFO);
    const facts = await asked(server);
    expect(facts).toMatchObject({ redisServer: SERVER, brokerServer: null, redisConnections: 2 });
    expect(server.passwords).toEqual(['Hunter2']);
  });

  it('is silent where nobody answers, which costs nothing else', async () => {
    const facts = await asked(1);
    expect(facts).toMatchObject({ redisServer: null, redisConnections: 0 });
    expect(facts.settings['redis.max_connections']).toBeGreaterThan(0);
  });

  it('does not tell its limit where it is old and lets nobody see its configuration', async () => {
    const { maxclients: _, ...old } = INFO;
    expect((await asked(await redis(old))).redisServer).toEqual({ ...SERVER, maxClients: null });
  });
});

describe.skipIf(missing !== null)(`the broker of a worker${reason}`, () => {
  const broker = { ...INFO, run_id: 'two', maxmemory_policy: 'noeviction', maxmemory: 0 };
  const told = { id: 'two', policy: 'noeviction', maxMemoryBytes: null };

  it('is asked where the variable leads that celery takes first', async () => {
    const other = await redis(broker);
    const env = { CELERY_BROKER_URL: `redis://:x@127.0.0.1:${other.port}/0` };
    expect(await asked(await redis(INFO), { env })).toMatchObject({ redisServer: SERVER, brokerServer: told });
  });

  it('is asked where the application itself has it', async () => {
    const other = await redis(broker);
    const app = `from celery import Celery\napp = Celery("a", broker="redis://127.0.0.1:${other.port}/0")\n`;
    const stack = { files: { 'app/jobs.py': app }, app: ['-A', 'app.jobs'] };
    expect((await asked(await redis(INFO), stack)).brokerServer).toMatchObject(told);
  });

  it('is not asked where it is no Redis, or the application can not be loaded', async () => {
    const env = { CELERY_BROKER_URL: 'amqp://guest@127.0.0.1//' };
    expect((await asked(await redis(INFO), { env })).brokerServer).toBeNull();
    await bench?.remove();
    const stack = { files: { 'app/jobs.py': 'raise SystemExit(1)\n' }, app: ['-A', 'app.jobs'] };
    expect(await asked(await redis(INFO), stack)).toMatchObject({ brokerServer: null, redisServer: { id: 'one' } });
  });
});
