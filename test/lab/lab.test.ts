import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Machine, machine, onEachSuite, type Runtime, type Suite } from './machine.js';

const VERSIONS: Readonly<Record<Suite, Readonly<Record<string, RegExp>>>> = {
  trixie: {
    python: /^3\.13\./,
    uvicorn: /^0\.32\.0$/,
    celery: /^5\.5\.2$/,
    sqlalchemy: /^2\.0\.40$/,
    redis: /^6\.1\.0$/,
    fastapi: /^0\.115\./,
    postgres: /^17\./,
    compose: /^2\.26\.1/,
    docker: /^26\.1\.5/,
  },
  bookworm: {
    python: /^3\.11\./,
    uvicorn: /^0\.17\.6$/,
    celery: /^5\.2\.6$/,
    sqlalchemy: /^1\.4\.46$/,
    redis: /^4\.3\.4$/,
    fastapi: /^0\.92\.0$/,
    postgres: /^15\./,
    compose: /^1\.29\.2/,
    docker: /^20\.10\./,
  },
};
const COMPOSE: Readonly<Record<Suite, string>> = { trixie: 'docker compose', bookworm: 'docker-compose' };
const LIBRARIES = ['uvicorn', 'celery', 'sqlalchemy', 'redis', 'fastapi'];
const RUNTIMES: readonly Runtime[] = ['systemd', 'compose', 'compose-baked'];

async function versions({ suite, read }: { suite: Suite; read: (command: string) => Promise<string> }) {
  const python = `import importlib.metadata as m, platform; print(platform.python_version(), *(m.version(n) for n in ${JSON.stringify(LIBRARIES)}))`;
  const [interpreter, ...libraries] = (await read(`/root/Action/backend/venv/bin/python -c '${python}'`)).split(' ');
  return {
    python: interpreter,
    ...Object.fromEntries(LIBRARIES.map((name, index) => [name, libraries[index]])),
    postgres: await read(`cd / && su postgres -c 'psql -Atc "SHOW server_version"'`),
    compose: await read(`${COMPOSE[suite]} version --short`),
    docker: await read(`docker version --format '{{.Server.Version}}'`),
  };
}

onEachSuite('the lab', (suite) => {
  let server: Machine;
  beforeAll(async () => {
    server = await machine(suite, 'systemd');
  });
  afterAll(() => server?.remove());

  it('has the versions of its Debian, in the interpreter of the service', async () => {
    const found = await versions({ suite, read: (command) => server.read(command) });
    const expected = Object.entries(VERSIONS[suite]).map(([name, version]) => [name, expect.stringMatching(version)]);
    expect(found).toEqual(Object.fromEntries(expected));
  });

  it('has systemd as its first process, all its services up, and 4 GB', async () => {
    expect(await server.read('cat /proc/1/comm && systemctl is-system-running')).toBe('systemd\nrunning');
    const limits = 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null';
    expect((await server.exec(limits)).stdout.trim()).toMatch(/^(4294967296|max)$/);
  });

  it.each(RUNTIMES)(
    'serves by %s, as before the guide: one process each, nothing lost when nothing happens',
    async (runtime) => {
      await server.setRuntime(runtime);
      const { load } = await server.during(async () => {
        const tasks = await server.tasks(20, 0.01);
        expect(await tasks.settled()).toMatchObject({ sent: 20, finished: 20, missing: 0, repeated: 0, broken: 0 });
      });
      expect(load).toMatchObject({ ok: load.sent, lost: 0, failed: 0, gapMs: 0 });
      expect(load.sent).toBeGreaterThanOrEqual(100);
      expect(await server.read('pgrep -fc "python3? .*/uvicorn app.main:app"')).toBe('1');
      expect(await server.read('pgrep -fc "python3? .*/celery -A app.celery_app worker .*--pool=solo"')).toBe('1');
      expect(await server.read('git -C /root/Action status --porcelain --branch')).toBe('## main...origin/main');
    },
  );

  it('can have no runtime at all', async () => {
    await server.setRuntime('bare');
    expect((await server.exec('pgrep -f "app.main|app.celery_app"')).code).toBe(1);
    expect(await server.read('docker ps --all --quiet; ls /etc/systemd/system | grep action || true')).toBe('');
    await server.setRuntime('systemd');
  });

  it('is planned for over ssh', async () => {
    const plan = await server.tune('plan', '--json');
    expect(plan).toMatchObject({ code: 0 });
    expect(plan.json()).toMatchObject({
      target: { transport: 'ssh', runtime: 'systemd', root: '/root/Action' },
      stages: ['db-pool', 'redis-pool', 'uvicorn-workers', 'celery-workers'].map((name) => ({ name })),
    });
  });

  it('loses requests and says so when the service is restarted', async () => {
    const { load } = await server.during(() => server.read('systemctl restart action-backend'));
    expect(load.lost).toBeGreaterThan(0);
    expect(load.gapMs).toBeGreaterThan(0);
    expect(load.ok).toBeGreaterThan(50);
  });

  it('knows of tasks that were lost', async () => {
    const tasks = await server.tasks(10, 30);
    await server.read('systemctl kill --signal=KILL action-celery-worker && systemctl stop action-celery-worker');
    await server.read('redis-cli DEL celery unacked unacked_index');
    const report = await tasks.settled(1000);
    expect(report).toMatchObject({ sent: 10, finished: 0, missing: 10 });
  });

  it('takes another limit of database connections', async () => {
    await server.maxConnections(37);
    expect(await server.read(`cd / && su postgres -c 'psql -Atc "SHOW max_connections"'`)).toBe('37');
  });

  it.each(['reboot', 'crash'] as const)('keeps its files over a %s, and serves again', async (how) => {
    await server.read('echo kept >/root/kept');
    const before = await server.read('cat /proc/sys/kernel/random/boot_id');
    await server.reboot(how);
    expect(await server.read('cat /root/kept')).toBe('kept');
    expect(await server.read('cat /proc/sys/kernel/random/boot_id')).not.toBe(before);
    expect(await server.read('curl -s http://127.0.0.1:8001/health')).toBe('{"status":"ok"}');
  });

  it('is as new after a restore', async () => {
    const database = '/root/Action/backend/app/core/database.py';
    const before = await server.sha(database, '/root/left');
    expect(before['/root/left']).toBe('absent');
    await server.read(`echo >>${database}; touch /root/left`);
    expect(await server.sha(database, '/root/left')).not.toEqual(before);
    await server.restore();
    expect(await server.sha(database, '/root/left')).toEqual(before);
    expect(await server.read('curl -s http://127.0.0.1:8001/health')).toBe('{"status":"ok"}');
  });
});
