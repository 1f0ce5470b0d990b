import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, onEachSuite, type Suite } from './machine.js';
import { BACKEND, COMPOSE, DATABASE, machineForSites, type Site, site } from './site.js';

const RUN_MS = 120_000;
const ENV = '/root/Action/docker/.env';
const PACKAGES = '/usr/lib/python3/dist-packages';
const VERSIONS: Readonly<Record<Suite, Readonly<Record<string, RegExp>>>> = {
  trixie: {
    python: /^3\.13/,
    uvicorn: /^0\.32\.0$/,
    celery: /^5\.5\.2$/,
    sqlalchemy: /^2\.0\.40$/,
    redis: /^6\.1\.0$/,
    compose: /^2\.26\.1/,
  },
  bookworm: {
    python: /^3\.11/,
    uvicorn: /^0\.17\.6$/,
    celery: /^5\.2\.6$/,
    sqlalchemy: /^1\.4\.46$/,
    redis: /^4\.3\.4$/,
    compose: /^1\.29\.2/,
  },
};

/** Another version for whoever asks the machine in the container's stead. */
const falsify = (server: Machine) =>
  server.read(
    `sed -i 's/^Version: .*/Version: 99.9/' $(ls ${PACKAGES}/{uvicorn,celery}-*/{METADATA,PKG-INFO} 2>/dev/null)`,
  );

const stageOf = (plan: { stages: readonly { name: string }[] }, wanted: string) =>
  plan.stages.find(({ name }) => name === wanted);

onEachSuite('what is there', (suite) => {
  let server: Machine;
  let here: Site;
  const versions = Object.entries(VERSIONS[suite]).map(([name, version]) => [name, expect.stringMatching(version)]);
  const expectedVersions = Object.fromEntries(versions);
  const asFound = { db: { poolSize: 5, maxOverflow: 10 }, web: { workers: 1 } };

  beforeAll(async () => {
    server = await machineForSites(suite);
  });
  afterAll(() => server?.remove());

  describe('by systemd', () => {
    beforeEach(async () => {
      here = await site(server, 'systemd');
    });

    it('is known by its units, their processes, and the database that these talk to', { timeout: RUN_MS }, async () => {
      const plan = await here.ask('plan');
      expect(plan.target).toMatchObject({ runtime: 'systemd', root: '/root/Action' });
      expect(plan.facts).toMatchObject({
        versions: expectedVersions,
        database: { maxConnections: 500, reserved: 3, source: 'measured' },
        services: [
          {
            role: 'backend',
            name: 'action-backend.service',
            state: 'running',
            code: null,
            program: 'uvicorn',
            workers: 1,
            settings: asFound,
          },
          { role: 'celery', name: 'action-celery-worker.service', state: 'running', program: 'celery', pool: 'solo' },
        ],
      });
      expect(plan.current).toMatchObject({
        db: { poolSize: null, maxOverflow: null },
        redis: { maxConnections: null },
        web: { workers: null },
        celery: { pool: 'solo' },
      });
    });

    it('is changed in the drop-in that is in force, and put back there', { timeout: RUN_MS }, async () => {
      const dropIn = '/etc/systemd/system/action-backend.service.d/port.conf';
      const uvicorn = `${BACKEND}/venv/bin/uvicorn app.main:app --host 0.0.0.0 --port 8001`;
      await server.read(`mkdir -p ${dropIn.replace(/\/[^/]*$/, '')}`);
      await here.write(dropIn, `[Service]\nExecStart=\nExecStart=${uvicorn} --log-level warning\n`);
      await server.read('systemctl daemon-reload && systemctl restart action-backend && lab-runtime wait');
      const before = await here.everything();
      expect(stageOf(await here.ask('plan'), 'uvicorn-workers')).toMatchObject({
        files: [{ role: 'backend-unit', path: dropIn }],
      });
      await here.carry('apply', '--stage', 'uvicorn-workers', '--override', 'order', '--reason', 'a drop-in');
      expect(await here.content(dropIn)).toMatch(/--log-level warning --workers 2$/m);
      expect(await here.seen()).toMatchObject({ workers: 2 });
      await here.carry('rollback');
      expect(await here.everything()).toEqual(before);
      expect(await here.seen()).toMatchObject({ workers: 1 });
    });

    it('tells a value that was written from one that the processes have', { timeout: RUN_MS }, async () => {
      const original = await here.content(DATABASE);
      await here.write(DATABASE, original.replace('(settings.database_url)', '(settings.database_url, pool_size=7)'));
      const verified = await here.tune('verify', '--check', '--json');
      expect(verified).toMatchObject({ code: 10 });
      expect(verified.json().targets).toMatchObject([{ effective: false }]);
      expect(stageOf(verified.json().targets[0], 'db-pool')).toMatchObject({ state: 'written-not-effective' });
      expect((await here.tune('verify')).stdout).toContain('db-pool  written, not effective');
      await server.read('systemctl restart action-backend action-celery-worker && lab-runtime wait');
      expect(await here.tune('verify', '--check')).toMatchObject({ code: 0 });
    });

    it('says so, too, of what was applied and is not in the processes any more', { timeout: RUN_MS }, async () => {
      const unit = '/etc/systemd/system/action-celery-worker.service';
      await here.carry('apply', '--all');
      expect(await here.tune('status', '--check')).toMatchObject({ code: 0 });
      const applied = await here.content(unit);
      await here.write(unit, applied.replace('--concurrency=2', '--concurrency=1'));
      await server.read('systemctl daemon-reload && systemctl restart action-celery-worker');
      await here.write(unit, applied);
      const status = await here.tune('status', '--check', '--json');
      expect(status).toMatchObject({ code: 10 });
      expect(stageOf(status.json().targets[0], 'celery-workers')).toMatchObject({ effective: false, drifted: [] });
      expect((await here.tune('status')).stdout).toMatch(/celery-workers.*written, not effective/);
      expect(await here.tune('verify', '--check')).toMatchObject({ code: 10 });
    });
  });

  describe.each(['compose', 'compose-baked'] as const)('by %s', (runtime) => {
    it('is known by its containers, and by the versions inside of them', { timeout: RUN_MS }, async () => {
      here = await site(server, runtime);
      await falsify(server);
      const plan = await here.ask('plan');
      const code = runtime === 'compose' ? 'mounted' : 'baked';
      expect(plan.target).toMatchObject({ runtime: 'compose' });
      expect(plan.facts).toMatchObject({
        versions: expectedVersions,
        database: { maxConnections: 500, source: 'measured' },
        services: [
          {
            role: 'backend',
            name: 'backend',
            state: 'running',
            code,
            program: 'uvicorn',
            workers: 1,
            settings: asFound,
          },
          { role: 'celery', name: 'celery-worker', state: 'running', code, program: 'celery', pool: 'solo' },
        ],
      });
      const how = plan.stages.map(
        ({ activation }: { activation: { steps: { how: string }[] } }) => activation.steps[0]?.how,
      );
      expect(how).toEqual(
        runtime === 'compose'
          ? ['restart', 'restart', 'recreate', 'warm-restart']
          : ['rebuild', 'rebuild', 'recreate', 'warm-restart'],
      );
      expect(await here.seen()).toMatchObject({ workers: 1 });
    });
  });

  it('is not in force while one of several containers has it not', { timeout: RUN_MS }, async () => {
    here = await site(server, 'compose');
    const compose = suite === 'trixie' ? 'docker compose' : 'docker-compose';
    await server.read(
      `cd /root/Action/docker && ${compose} -f docker-compose.polardb.yml up -d --scale celery-worker=2 && lab-runtime wait`,
    );
    await here.carry('apply', '--stage', 'db-pool');
    expect(await here.tune('status', '--check')).toMatchObject({ code: 0 });
    const copies = 'docker ps --quiet --filter label=com.docker.compose.service=celery-worker';
    const containers = (await server.read(copies)).trim().split('\n');
    expect(containers).toHaveLength(2);
    const [newest, oldest] = containers;
    const backend = `$(${copies.replace('celery-worker', 'backend')})`;
    // The same text at a later time: nobody has read it but who is started after it.
    await server.read(`touch ${DATABASE} && docker restart ${oldest} ${backend} && lab-runtime wait`);
    const status = await here.tune('status', '--check', '--json');
    expect(status).toMatchObject({ code: 10 });
    const stage = stageOf(status.json().targets[0], 'db-pool');
    expect(stage).toMatchObject({ effective: false, why: expect.stringContaining(`in container ${newest}`) });
    expect(await here.tune('verify', '--check')).toMatchObject({ code: 10 });
    await server.read(`docker restart ${newest}`);
    expect(await here.tune('status', '--check')).toMatchObject({ code: 0 });
  });

  describe('by compose, in several files', () => {
    const override = COMPOSE.replace('polardb', 'server');
    const compose = suite === 'trixie' ? 'docker compose' : 'docker-compose';
    const up = `cd /root/Action/docker && ${compose} -f docker-compose.polardb.yml -f docker-compose.server.yml up -d && lab-runtime wait`;

    it('is changed in the last file that has the command, and made again from all of them', {
      timeout: RUN_MS,
    }, async () => {
      here = await site(server, 'compose');
      const command = 'exec uvicorn app.main:app --host 0.0.0.0 --port 8001 --log-level warning';
      await here.write(
        override,
        `services:\n  backend:\n    environment:\n      HERE: server\n    command: sh -c "${command}"\n`,
      );
      await server.read(up);
      const before = await here.everything();
      expect(stageOf(await here.ask('plan'), 'uvicorn-workers')).toMatchObject({ files: [{ path: override }] });
      await here.carry('apply', '--stage', 'uvicorn-workers', '--override', 'order', '--reason', 'an override');
      expect(await here.content(override)).toContain(`${command} --workers 2"`);
      expect(await here.seen()).toMatchObject({ workers: 2 });
      const ids = 'docker ps --quiet --filter label=com.docker.compose.service=backend';
      expect(await server.read(`docker inspect -f '{{.Config.Env}}' $(${ids})`)).toContain('HERE=server');
      await here.carry('rollback');
      expect(await here.everything()).toEqual(before);
      expect(await here.seen()).toMatchObject({ workers: 1 });
    });

    it('is changed in the .env file that its command takes the value from', { timeout: RUN_MS }, async () => {
      here = await site(server, 'compose');
      const text = await here.content(COMPOSE);
      const variables = '--pool=${CELERY_POOL:-solo} --concurrency=${CELERY_CHILDREN}';
      await here.write(COMPOSE, text.replace('--pool=solo', variables));
      const env = (count: number) => `COMPOSE_PROJECT_NAME=action\nCELERY_POOL=prefork\nCELERY_CHILDREN=${count}\n`;
      const children = async (count: number) => {
        await here.write(ENV, env(count));
        await server.read(up.replace(' -f docker-compose.server.yml', ''));
      };
      await children(2);
      const plan = await here.ask('plan');
      expect(plan.current.celery).toEqual({ pool: 'prefork', concurrency: 2 });
      expect(plan.facts.services[1]).toMatchObject({ pool: 'prefork', settings: { celery: { concurrency: 2 } } });
      expect(stageOf(plan, 'celery-workers')).toMatchObject({ files: [] });
      await children(3);
      const before = await here.everything();
      expect(stageOf(await here.ask('plan'), 'celery-workers')).toMatchObject({ files: [{ path: ENV }] });
      await here.carry('apply', '--stage', 'celery-workers', '--override', 'order', '--reason', 'the children alone');
      expect(await here.content(ENV)).toBe(env(2));
      expect(await here.content(COMPOSE)).toContain(variables);
      expect(await here.seen()).toMatchObject({ children: 2 });
      await here.carry('rollback');
      expect(await here.everything()).toEqual(before);
      expect(await here.seen()).toMatchObject({ children: 3 });
    });
  });
});
