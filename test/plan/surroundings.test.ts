import { describe, expect, it } from 'vitest';
import { loadPython } from '../../src/edit/python/grammar.js';
import { deploymentOf, measuredFacts, trapsOf } from '../../src/plan/surroundings.js';
import { parseProfile } from '../../src/profile/parse.js';
import type { TargetFacts } from '../../src/target/facts.js';
import { parseFacts } from '../../src/target/parse.js';
import type { Sibling } from '../../src/target/services.js';
import type { TargetSpec } from '../../src/target/spec.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const file = (role: string, path: string, text: string) => [
  `file\t${role}\t${base64(path)}\tfile\tyes\t644\t0:0\t1\t${text.length}\tno`,
  `content\t${role}\t${base64(text)}`,
];

const spec = {
  address: { kind: 'local', root: '/p' },
  files: {},
  services: { backend: null, celery: null },
} as unknown as TargetSpec;
const profile = parseProfile('users: {min: 1, max: 2}\nserver: {cpus: 2, memory: 4GB}', 'p.yaml');
const python = await loadPython();
const runtime = (name: 'compose' | 'systemd' | 'none') => ({ runtime: name, because: 'asked for' });

function facts(...rows: readonly string[]): TargetFacts {
  return parseFacts(['cpus\t4', 'memory\t8000000000', ...rows].join('\n'));
}

const measured = (given: TargetFacts, name: 'compose' | 'systemd' = 'compose') =>
  measuredFacts({ spec, facts: given, runtime: runtime(name) });

describe('what is measured', () => {
  it('is the machine, where nothing else bounds the service', () => {
    expect(measured(facts())).toMatchObject({ cpus: 4, memoryBytes: 8e9, descriptors: null, roleMemory: {} });
  });

  it("is the service's own limits where these are smaller, and never where they are larger", () => {
    const own = facts('limits\tbackend\t1000000000\t1.50\t1024\t30000000\t90000000');
    expect(measured(own)).toMatchObject({
      cpus: 4,
      serviceCpus: { backend: 1.5, celery: null },
      memoryBytes: 8e9,
      serviceBytes: { backend: 1e9, celery: null },
      descriptors: 1024,
    });
    const bound = facts('limits\tbackend\t\t1.50\t\t\t\t0', 'limits\tcelery\t\t\t\t\t\t0-2');
    expect(measured(bound).serviceCpus).toEqual({ backend: 1, celery: 3 });
    // Where nothing binds them, the kernel lists more processors than there are.
    expect(measured(facts('limits\tcelery\t\t\t\t\t\t0-127')).serviceCpus).toEqual({ backend: null, celery: null });
    expect(measured(facts('limits\tbackend\t16000000000\t16.00\t\t\t'))).toMatchObject({
      cpus: 4,
      memoryBytes: 8e9,
    });
  });

  it('gives memory by role: with one process alone that is the worker', () => {
    const both = facts('limits\tbackend\t\t\t\t30\t90', 'limits\tcelery\t\t\t\t70\t60');
    expect(measured(both).roleMemory).toEqual({ webParent: 30, webWorker: 90, celeryParent: 70, celeryChild: 60 });
    expect(measured(facts('limits\tbackend\t\t\t\t90\t', 'limits\tcelery\t\t\t\t70\t')).roleMemory).toEqual({
      webWorker: 90,
    });
  });
});

describe('whether the database is on the same machine', () => {
  const about = (place: string | null) =>
    base64(JSON.stringify({ product: 'postgresql', version: '15', driver: 'psycopg2', place, pooler: null }));
  const at = (place: string | null, container = false) =>
    measured(
      facts(
        `service\tbackend\t${container ? 'compose' : 'systemd'}\t${base64('b')}\trunning\t${base64('/p')}`,
        ...(container ? [`container\tbackend\t${base64('id=1')}`] : []),
        'program\tbackend\tkind\tuvicorn',
        'program\tbackend\tdatabase\t100\t3\t0',
        `program\tbackend\tabout\t${about(place)}`,
      ),
    ).databaseOnSameHost;

  it.each([
    ['socket', true, true],
    ['own', true, true],
    ['link', false, true],
    ['gateway', false, true],
    ['far', false, false],
    [null, null, null],
  ])('is told by where the service sees it: %s', (place, plain, contained) => {
    expect(at(place)).toBe(plain);
    expect(at(place, true)).toBe(contained);
  });

  it('is not known where nobody could ask', () => {
    expect(measured(facts()).databaseOnSameHost).toBeNull();
  });
});

describe('the clients of Redis that are others', () => {
  const redis = `broker\t${base64('connected_clients:30\r\nmaxclients:10000\r\nmaxmemory_policy:noeviction\r\n')}`;
  const runs = (role: string, own: string) => [
    `service\t${role}\tsystemd\t${base64(role)}\trunning\t${base64('-')}`,
    `program\t${role}\tkind\tuvicorn`,
    `program\t${role}\tredis\t${own}`,
  ];
  const others = (...rows: readonly string[]) => measured(facts(redis, ...rows)).redis;

  it('are all that the services do not hold, without whoever asked', () => {
    expect(others(...runs('backend', '4'), ...runs('celery', '11'))).toMatchObject({
      maxClients: 10_000,
      inUseByOthers: 14,
    });
    expect(others()).toMatchObject({ inUseByOthers: 29 });
    expect(others(...runs('backend', '40'))).toMatchObject({ inUseByOthers: 0 });
  });

  it('are not known where a service can not be looked into, or no Redis answers', () => {
    expect(others(...runs('backend', '4'), ...runs('celery', '-'))).toMatchObject({ inUseByOthers: null });
    expect(measured(facts(...runs('backend', '4'))).redis).toMatchObject({ maxClients: null, inUseByOthers: null });
  });
});

describe('the Redis that the application talks to', () => {
  const server = (id: string, clients: number, maxmemory = 5e7) =>
    base64(
      JSON.stringify({
        run_id: id,
        maxclients: 60,
        connected_clients: clients,
        maxmemory_policy: 'allkeys-lru',
        maxmemory,
        own: 1,
      }),
    );
  const elsewhere = `broker\t${base64('connected_clients:30\r\nmaxclients:10000\r\nmaxmemory_policy:noeviction\r\n')}`;
  const runs = (role: string, own: number, ...more: readonly string[]) => [
    `service\t${role}\tsystemd\t${base64(role)}\trunning\t${base64('-')}`,
    `program\t${role}\tkind\tuvicorn`,
    `program\t${role}\tredis\t${own}`,
    ...more.map((row) => `program\t${role}\t${row}`),
  ];

  it('counts, and not the one that answers where one usually is; of who asked at once each is seen by some', () => {
    const rows = [
      ...runs('backend', 4, `redis-server\t${server('a', 20)}`),
      ...runs('celery', 2, `redis-server\t${server('a', 22)}`, `broker-server\t${server('a', 22)}`),
    ];
    const { redis } = measured(facts(elsewhere, ...rows), 'systemd');
    expect(redis).toEqual({ maxClients: 60, written: null, inUseByOthers: 20 - 1 - 6, brokerApart: false });
  });

  it('is known to be another than the broker', () => {
    const rows = runs('celery', 2, `redis-server\t${server('a', 22)}`, `broker-server\t${server('b', 3)}`);
    expect(measured(facts(...rows), 'systemd').redis).toMatchObject({
      maxClients: 60,
      brokerApart: true,
      brokerMaxClients: 60,
    });
  });

  it('has the limit that the compose file starts it with, where it was not asked or takes more till then', () => {
    const compose = (command: string) => {
      const text = `services:\n  redis:\n    command: ${command}\n`;
      return [...file('compose', '/p/compose.yml', text), ...file('compose:1', '/p/compose.yml', text)];
    };
    const written = (command: string, name: 'compose' | 'systemd' = 'compose') =>
      measured(facts(...compose(command)), name).redis?.written ?? null;
    const at = { path: '/p/compose.yml', line: 3 };
    expect(written('redis-server --maxclients 100')).toEqual({ maxClients: 100, ...at });
    expect(written('["redis-server", "--maxclients", "90"]')).toEqual({ maxClients: 90, ...at });
    expect(written('redis-server --appendonly yes')).toBeNull();
    expect(written('other --maxclients 100')).toBeNull();
    expect(written('redis-server --maxclients 100', 'systemd')).toBeNull();
  });

  it('is warned of where it evicts and is the broker, by whom was asked, also under compose', () => {
    const evicts = (maxmemory: number, name: 'compose' | 'systemd') => {
      const rows = runs('celery', 2, `broker-server\t${server('b', 3, maxmemory)}`);
      const input = { spec, facts: facts(...rows), runtime: runtime(name), profile, python };
      return trapsOf(input, {}).filter(({ code }) => code === 'broker-evicts').length;
    };
    expect([evicts(5e7, 'systemd'), evicts(5e7, 'compose'), evicts(0, 'compose')]).toEqual([1, 1, 0]);
  });
});

describe('how a restart goes', () => {
  const compose = (command: string) =>
    file('compose', '/p/compose.yml', `services:\n  backend:\n    command: ${command}\n`);
  const at = (...rows: readonly string[]) => deploymentOf({ spec, facts: facts(...rows), runtime: runtime('compose') });

  it('runs migrations where the start command does, and where nobody knows', () => {
    expect(at().migrations).toBe(true);
    expect(at(...compose('alembic upgrade head && uvicorn a:b')).migrations).toBe(true);
    expect(at(...compose('uvicorn a:b')).migrations).toBe(false);
  });

  it('runs them where a script does that the start leads to, and where nobody can read that', () => {
    const mounted = (command: string) =>
      facts(
        ...file(
          'compose',
          '/p/compose.yml',
          `services:\n  backend:\n    command: ${command}\n    working_dir: /app\n    volumes: [.:/app]\n`,
        ),
      );
    const script = (text: string, command = './start.sh') => {
      const given = mounted(command);
      const [found] = facts(...file('compose', '/p/start.sh', `#!/bin/sh\n${text}\n`)).files.values();
      const files = found === undefined ? given.files : new Map([...given.files, ['asked /p/start.sh', found]]);
      return deploymentOf({ spec, facts: { ...given, files }, runtime: runtime('compose') }).migrations;
    };
    expect(script('alembic upgrade head\nexec uvicorn a:b')).toBe(true);
    expect(script('python -m alembic upgrade head\nexec uvicorn a:b')).toBe(true);
    expect(script('alembic upgrade head\nuvicorn a:b', 'sh -c "exec /app/start.sh"')).toBe(true);
    expect(script('exec uvicorn a:b')).toBe(false);
    expect(script('# alembic upgrade head\nuvicorn a:b')).toBe(false);
    expect(script('. ./more.sh\nuvicorn a:b')).toBe(true);
    expect(script('./prestart.sh\nuvicorn a:b')).toBe(true);
    expect(at(...compose('./start.sh')).migrations).toBe(true);
  });

  it('runs migrations where only the start of celery is known, and where a unit does so before it starts', () => {
    const celery = file('compose', '/p/c.yml', 'services:\n  celery-worker:\n    command: celery -A a worker\n');
    expect(at(...celery).migrations).toBe(true);
    const unit = (before: string) =>
      deploymentOf({
        spec,
        facts: facts(...file('backend-unit', '/u', `[Service]\n${before}ExecStart=/v/bin/uvicorn a:b\n`)),
        runtime: runtime('systemd'),
      }).migrations;
    expect([unit(''), unit('ExecStartPre=/v/bin/alembic upgrade head\n')]).toEqual([false, true]);
  });

  it('runs migrations of another service where its own start does, in each copy, and where nobody can read that', () => {
    const other = (name: 'compose' | 'systemd', path: string, key: string, text: string) => {
      const given = facts(...file(key, path, text));
      const [line, because] = [1, 'it works in the same folder'];
      const ref = [name, 'api2', '-'] as const;
      const copies = { workers: 1, pool: null, replicas: 2, built: true, service: null };
      const sibling: Sibling = { kind: 'web', name: 'api2', ref, file: path, line, because, ...copies };
      const { siblings } = deploymentOf({ spec, facts: { ...given, siblings: [sibling] }, runtime: runtime(name) });
      return siblings?.[0]?.migrations;
    };
    const composed = (command: string) =>
      other('compose', '/p/c.yml', 'compose', `services:\n  api2:\n    command: ${command}\n`);
    expect(composed('sh -c "alembic upgrade head && uvicorn a:b"')).toBe(2);
    expect(composed('uvicorn a:b')).toBeUndefined();
    expect(composed('./start.sh')).toBe(2);
    const unit = (before: string) =>
      other('systemd', '/u', 'beside:1', `[Service]\n${before}ExecStart=/v/bin/uvicorn a:b\n`);
    expect([unit(''), unit('ExecStartPre=/v/bin/alembic upgrade head\n')]).toEqual([undefined, 2]);
  });

  it('has beat where celery is started with it', () => {
    const unit = file('celery-unit', '/u', '[Service]\nExecStart=/v/bin/celery -A a worker -B\n');
    expect(deploymentOf({ spec, facts: facts(...unit), runtime: runtime('systemd') }).beat).toBe(true);
    expect(at(...compose('uvicorn a:b')).beat).toBe(false);
  });
});

describe('the traps of a target', () => {
  const wanted = { 'web.workers': 2, 'celery.pool': 'prefork', 'celery.concurrency': 2 };
  const codes = (given: TargetFacts, name: 'compose' | 'systemd') =>
    trapsOf({ spec, facts: given, runtime: runtime(name), profile, python }, wanted).map(({ code }) => code);

  it('are looked for in the units where systemd runs the stack, and not where compose does', () => {
    const unit = file(
      'backend-unit',
      '/u/b.service',
      '[Unit]\nRequires=redis.service\n[Service]\nExecStart=/v/uvicorn a:b --reload\n',
    );
    expect(codes(facts(...unit), 'systemd')).toEqual(['requires-redis', 'reload']);
    expect(codes(facts(...unit), 'compose')).toEqual([]);
  });

  it('are looked for in the application and in what Redis says', () => {
    const sources = `\u0001/p/main.py\napp = FastAPI()\ns = BackgroundScheduler()\n\u0001/p/other.py\nx = 1\n`;
    const redis = 'maxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n';
    const given = facts(`sources\t${base64(sources)}`, `broker\t${base64(redis)}`);
    expect(codes(given, 'systemd')).toEqual(['broker-evicts', 'scheduler-per-worker']);
    const unbounded = facts(`broker\t${base64('maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n')}`);
    expect(codes(unbounded, 'systemd')).toEqual([]);
  });
});

describe('how many containers there are of the two', () => {
  const stack = (celery: string, more: readonly string[] = []) => {
    const text = `services:\n  backend:\n    command: uvicorn a:b\n  celery-worker:\n    command: celery -A a worker\n${celery.replace(/^/gm, '    ')}\n`;
    const rows = [...file('compose', '/p/compose.yml', text), ...file('compose:1', '/p/compose.yml', text), ...more];
    return (name: 'compose' | 'systemd' | 'none') =>
      deploymentOf({ spec, facts: facts(...rows), runtime: runtime(name) }).containers;
  };
  const env = file('env', '/p/.env', 'COPIES=5\n');
  const runs = (replicas: number) => [
    `service\tcelery\tcompose\t${base64('celery-worker')}\trunning\t${base64('/p')}`,
    `container\tcelery\t${base64(`id=1\nreplicas=${replicas}`)}`,
  ];

  it.each([
    ['deploy: {replicas: 3}', 3],
    ['scale: 4', 4],
    ['deploy: {replicas: "$COPIES"}', 5],
    ['scale: ${OTHER:-2}', 2],
    ['deploy: {replicas: 0}', 1],
    ['deploy: {}', 1],
    ['restart: always', 1],
  ])('is what the file asks for: %s', (said, celery) => {
    expect(stack(said, env)('compose')).toEqual({ backend: 1, celery });
    expect(stack(said, env)('none')).toEqual({ backend: 1, celery });
  });

  it('is what runs, where that is more', () => {
    expect(stack('scale: 2', runs(3))('compose')).toMatchObject({ celery: 3 });
    expect(stack('scale: 4', runs(3))('compose')).toMatchObject({ celery: 4 });
  });

  it('is one of each where units run them, whatever lies in a compose file', () => {
    expect(stack('scale: 4')('systemd')).toEqual({ backend: 1, celery: 1 });
  });
});
