import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Machine, onEachSuite } from './machine.js';
import { COMPOSE, DATABASE, machineForSites, type Report, type Site, site } from './site.js';

const RUN_MS = 300_000;
const UNITS = '/etc/systemd/system';
/** A second API with two workers, and the scheduler. */
const MORE_UNITS = `cd ${UNITS} &&
  sed 's/--port 8001/--port 8002 --workers 2/' action-backend.service >action-api2.service &&
  sed 's/ worker .*/ beat -s \\/dev\\/shm\\/beat/' action-celery-worker.service >action-beat.service &&
  systemctl daemon-reload && systemctl start action-api2 action-beat`;
const NO_MORE_UNITS = `systemctl stop action-api2 action-beat; rm -f ${UNITS}/action-api2.service ${UNITS}/action-beat.service; systemctl daemon-reload`;

/** The same, and an application that runs other code from the same image. */
const MORE_SERVICES = `
  api2: &api
    image: action-base:1
    network_mode: host
    working_dir: /app
    volumes: [../backend:/app]
    env_file: ../.env
    command: uvicorn app.main:app --host 0.0.0.0 --port 8002 --workers 2
  beat:
    <<: *api
    command: celery -A app.celery_app beat -s /dev/shm/beat
  other:
    <<: *api
    volumes: [/srv:/app]
    command: python3 -m http.server 8003
`;
const COMPOSED = `cd $(dirname ${COMPOSE}) && $(docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose) -f ${COMPOSE}`;
const ANSWERS =
  'for turn in $(seq 100); do curl -sf -o /dev/null http://127.0.0.1:8002/health && exit 0; sleep 0.2; done; exit 1';

onEachSuite('other services of the same code', (suite) => {
  let server: Machine;

  beforeAll(async () => {
    server = await machineForSites(suite);
  }, RUN_MS);
  afterAll(() => server?.remove());

  /** Planned, applied by hand and not in force, taken along on the way back, and forth again. */
  async function wholeWay(here: Site, [api, beat]: readonly [string, string]): Promise<void> {
    const plan = await here.ask('plan', '--stage', 'db-pool');
    const counted = plan.budget.database.processes.filter(({ service }: { service?: string }) => service !== undefined);
    expect(counted).toMatchObject([
      { service: api, count: 2 },
      { service: beat, role: 'beat', count: 1 },
    ]);
    const [{ steps }] = plan.stages.map((stage: { activation: unknown }) => stage.activation);
    expect(steps.map(({ service }: { service: string }) => service).slice(2)).toEqual([api, beat]);

    const stale = await here.ask('apply', '--stage', 'db-pool', '--yes', '--runtime', 'none');
    expect(stale.targets).toMatchObject([{ outcome: 'applied' }]);
    const old = await here.ask('verify');
    expect(old.targets).toMatchObject([{ effective: false }]);
    const behind = old.targets[0].stages[0].checks.filter(({ ok }: { ok: boolean }) => !ok);
    expect(new Set(behind.map(({ service }: { service: string }) => service))).toEqual(
      new Set(['backend', 'celery', `service ${api}`, `service ${beat}`]),
    );
    await here.carry('rollback', '--all');

    const reports = await here.carry('apply', '--stage', 'db-pool');
    expect(reports.map(({ outcome }: Report) => outcome)).toEqual(['applied']);
    for (const name of [api, beat]) {
      const size = reports[0]?.checks.filter((check) => check.name === `service ${name} db.pool_size`);
      expect(size).toMatchObject([{ ok: true, found: '20' }]);
    }
    expect((await here.ask('verify', '--check')).targets).toMatchObject([{ effective: true }]);
    await server.read(ANSWERS);
    await here.carry('rollback', '--all');
    expect(await here.content(DATABASE)).not.toContain('pool_size=');
    await server.read(ANSWERS);
  }

  it('are counted, taken along and verified as units', { timeout: RUN_MS }, async () => {
    const here = await site(server, 'systemd');
    await server.read(MORE_UNITS);
    await server.read(ANSWERS);
    await wholeWay(here, ['action-api2.service', 'action-beat.service']);
  });

  it('are told of by their state where they do not come up any more: exit 5', { timeout: RUN_MS }, async () => {
    const here = await site(server, 'systemd');
    await server.read(
      `sed -i 's/ --workers 2//; s/^ExecStart=/ExecStartPre=\\/usr\\/bin\\/test ! -e \\/srv\\/broken\\n&/' ${UNITS}/action-api2.service`,
    );
    await server.read('systemctl daemon-reload && systemctl restart action-api2 && touch /srv/broken');
    await server.read(ANSWERS);
    const { code, stderr } = await here.tune('apply', '--stage', 'db-pool', '--yes');
    expect(code).toBe(5);
    expect(stderr).toContain(`- file ${DATABASE}: as before`);
    expect(stderr).toMatch(/- service action-backend\.service: running since \d{4}-\d\d-\d\dT/);
    expect(stderr).toMatch(/- service action-api2\.service: (failed|ends as often as it is started) \(exit-code\)/);
    await server.read(`rm /srv/broken; ${NO_MORE_UNITS}`);
  });

  it('are counted, taken along and verified as services of compose', { timeout: RUN_MS }, async () => {
    const here = await site(server, 'compose');
    await here.write(COMPOSE, `${await here.content(COMPOSE)}${MORE_SERVICES}`);
    await server.read(`${COMPOSED} up -d api2 beat other`);
    await server.read(ANSWERS);
    await wholeWay(here, ['api2', 'beat']);
    await server.read(`${COMPOSED} rm -sf api2 beat other; git -C /root/Action checkout -q docker`);
  });
});
