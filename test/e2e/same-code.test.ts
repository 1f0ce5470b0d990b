import { utimes } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planDocument } from '../../src/plan/document.js';
import { SYSTEMCTL } from '../support/fake-systemctl.js';
import { packagesMissing, ServiceBench } from '../support/services.js';
import { COMPOSE, customConfig, DATABASE, expectRefused, project, RESTART, run } from './support.js';

const API = `
  api2:
    build: ../backend
    command: uvicorn app.api:app --port 8002 --workers 3
`;
const OTHERS = `
  postgres:
    image: postgres:16
    command: postgres -c max_connections=500
  shop:
    build: ../shop
    command: uvicorn shop.main:app --workers 9
`;

/** The sample project with more services in its compose file. */
async function site(more: string, config?: string) {
  const made = await project('action', config);
  await made.write(COMPOSE, `${await made.read(COMPOSE)}${more}`);
  return made;
}

const planned = async (more: string, ...args: readonly string[]) => {
  const { code, stdout } = await (await site(more)).run('plan', '--json', '--max-connections', '500', ...args);
  expect(code).toBe(0);
  return planDocument.parse(JSON.parse(stdout));
};
const POOLS = ['--stage', 'db-pool', '--stage', 'redis-pool'];

describe('a second service of the same code', () => {
  it('is counted, too, where its command comes by `extends` from another file', async () => {
    const made = await site('\n  api2:\n    extends: {file: more.yml, service: base}\n');
    await made.write('docker/more.yml', `services:${API.replace('api2', 'base')}`);
    const { stdout } = await made.run('plan', '--json', '--max-connections', '500', ...POOLS);
    const { processes } = planDocument.parse(JSON.parse(stdout)).budget.database;
    expect(processes.filter(({ service }) => service !== undefined)).toMatchObject([{ service: 'api2', count: 3 }]);
  });

  it('is counted in every budget at every moment, and told of in one warning with its place', async () => {
    const [alone, plan] = [await planned('', ...POOLS), await planned(API + OTHERS, ...POOLS)];
    const own = plan.budget.database.processes.filter(({ service }) => service !== undefined);
    expect(own).toEqual([{ role: 'web', service: 'api2', count: 3, perProcess: 50, ceiling: 150 }]);
    expect(plan.budget.database.ceiling).toBe(alone.budget.database.ceiling + 150);
    expect(plan.budget.redis.ceiling).toBe(alone.budget.redis.ceiling + 150);
    expect(plan.budget.memory.totalBytes).toBeGreaterThan(alone.budget.memory.totalBytes);
    const more = plan.budget.instants.map(
      ({ connections }, at) => connections - (alone.budget.instants[at]?.connections ?? 0),
    );
    expect(more).toEqual([45, 150, 150, 150, 150, 150]);
    const warnings = plan.warnings.filter(({ code }) => code === 'same-code');
    expect(warnings).toMatchObject([
      { message: expect.stringMatching(/^api2 .*keeps the old values after db-pool and redis-pool$/) },
    ]);
    const text = await (await site(API)).read(COMPOSE);
    const line = text.split('\n').findIndex((each) => each.includes('app.api:app')) + 1;
    expect(warnings[0]).toMatchObject({
      file: expect.stringMatching(/polardb\.yml$/),
      line,
      fix: expect.stringContaining('restart api2'),
    });
  });

  it('that is of other code is not counted, and nothing is said of it', async () => {
    const [alone, plan] = [await planned('', ...POOLS), await planned(OTHERS, ...POOLS)];
    expect(plan.budget).toEqual(alone.budget);
    expect(plan.warnings.map(({ code }) => code)).toEqual(alone.warnings.map(({ code }) => code));
  });

  it('keeps no pool stage from being applied, and no start command is changed before one is chosen', async () => {
    const made = await site(API, customConfig({ restart: RESTART }));
    expect(await made.run('apply', '--next', '--yes')).toMatchObject({ code: 0 });
    expect(await made.run('apply', '--next', '--yes')).toMatchObject({ code: 0 });
    expect(await made.read(DATABASE)).toContain('pool_size=20');
    expectRefused(
      await made.run('apply', '--next', '--yes'),
      2,
      'Several services start uvicorn',
      '--service backend=NAME',
    );
    const chosen = await made.run('apply', '--stage', 'uvicorn-workers', '--service', 'backend=backend', '--yes');
    expect(chosen).toMatchObject({ code: 0 });
    expect(await made.read(COMPOSE)).toMatch(/--port 8001 --workers 2[\s\S]*--port 8002 --workers 3/);
    expect(await made.run('rollback', '--all', '--yes')).toMatchObject({ code: 0 });
    expect(await made.read(DATABASE)).not.toContain('pool_size=');
  });

  it('makes a plan that does not fit any more refuse, or brings its numbers down', async () => {
    const made = await site(API);
    const pools = ['--set', 'db.pool_size=20', '--set', 'db.max_overflow=30', '--max-connections', '300'];
    expect(await (await site('')).run('plan', '--stage', 'db-pool', ...pools)).toMatchObject({ code: 0 });
    expectRefused(await made.run('plan', '--stage', 'db-pool', ...pools), 3, /7 processes/);
  });
});

const missing = packagesMissing('sqlalchemy', 'psycopg2');
const FILE = 'app/core/database.py';
const MODULES = {
  [FILE]:
    'from sqlalchemy import create_engine\nengine = create_engine("postgresql://u@127.0.0.1:1/x", pool_size=20)\n',
};

/** Two services of this machine that systemd seems to run, with a copy of the code each: so one can be older than its file. */
describe.skipIf(missing !== null)('verify and status, of a second unit of the same code', () => {
  let bench: ServiceBench;
  let other: ServiceBench;

  beforeEach(async () => {
    const unit = '[Service]\nExecStart=/srv/bin/uvicorn app.main:app --workers 2\n';
    bench = await ServiceBench.make({ ...MODULES, 'action-backend.service': unit, 'api2.service': unit });
    other = await ServiceBench.make(MODULES);
    const [one, two] = [await bench.uvicorn(2), await other.uvicorn(3)];
    await bench.stub('systemctl', SYSTEMCTL, {
      'units/action-backend.service': shown(bench, 'action-backend.service', one),
      'units/api2.service': shown(bench, 'api2.service', two),
    });
  });

  afterEach(async () => {
    await bench.remove();
    await other.remove();
  });

  const tool = (command: string) => {
    const files = [
      `database=${FILE}`,
      'backend-unit=action-backend.service',
      'redis=none.py',
      'celery-unit=none.service',
    ];
    const args = [command, '--check', '--runtime', 'systemd', ...files.flatMap((file) => ['--file', file])];
    return run(args, { cwd: bench.root, env: { PATH: `${bench.path('stubs')}:${process.env.PATH}` } });
  };

  it('find that it has what the files say', async () => {
    const { code, stdout } = await tool('verify');
    expect(stdout).toMatch(/^service {2}api2\.service, of the same code/m);
    expect(stdout).toMatch(/^ {2}ok {4}service api2\.service db\.pool_size {2}20$/m);
    expect(stdout).toMatch(/^db-pool {2}effective$/m);
    expect(code).toBe(0);
  });

  it('find that it is older than the file, and has the old value', async () => {
    await utimes(other.path(FILE), new Date(), new Date());
    const { code, stdout } = await tool('verify');
    expect(stdout).toMatch(/^db-pool {2}written, not effective$/m);
    expect(stdout).toMatch(/FAIL {2}service api2\.service db\.pool_size: .*changed after they were started/);
    expect(stdout).toMatch(/^ {2}ok {4}backend db\.pool_size/m);
    expect(code).toBe(10);
  });

  it('name it in the status', async () => {
    const files = ['--file', `database=${FILE}`];
    const set = ['--set', 'db.pool_size=7', '--set', 'db.max_overflow=3'];
    const applied = await run(['apply', '--stage', 'db-pool', '--runtime', 'none', '--yes', ...set, ...files], {
      cwd: bench.root,
    });
    expect(applied).toMatchObject({ code: 0 });
    const { code, stdout } = await tool('status');
    expect(stdout).toMatch(/db-pool .*written, not effective \(processes: .*service api2\.service db\.pool_size: 20\)/);
    expect(code).toBe(10);
  });
});

function shown(bench: ServiceBench, id: string, pid: number): string {
  return [
    ...[`Id=${id}`, 'LoadState=loaded', `MainPID=${pid}`, 'NRestarts=0', 'ActiveState=active', 'UnitFileState=enabled'],
    ...[`FragmentPath=${bench.path(id)}`, `WorkingDirectory=${bench.root}`],
    ...['ExecStart={ path=/srv/bin/uvicorn ; argv[]=/srv/bin/uvicorn app.main:app ; ignore_errors=no ; pid=0 }', ''],
  ].join('\n');
}
