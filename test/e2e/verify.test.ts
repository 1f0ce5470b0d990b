import { utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packagesMissing, ServiceBench } from '../support/services.js';
import { COMPOSE, DATABASE, project, run } from './support.js';

const missing = packagesMissing('sqlalchemy', 'psycopg2');
const reason = missing === null ? '' : ` (not here: ${missing})`;
const FILE = 'app/core/database.py';

const engine = (size: number) =>
  `from sqlalchemy import create_engine\nengine = create_engine("postgresql://u:Hunter2@127.0.0.1:1/x", pool_size=${size})\n`;
const unit = (workers: number) => `[Service]\nExecStart=/srv/bin/uvicorn app.main:app --workers ${workers}\n`;

/** A service of this machine that systemd seems to run. */
describe.skipIf(missing !== null)(`verify and status against running processes${reason}`, () => {
  let bench: ServiceBench;

  beforeEach(async () => {
    bench = await ServiceBench.make({ [FILE]: engine(20), 'action-backend.service': unit(2) });
  });

  afterEach(() => bench.remove());

  const tool = (command: string, ...args: readonly string[]) =>
    run(
      [
        command,
        ...['--runtime', 'systemd', '--file', `database=${FILE}`, '--file', 'backend-unit=action-backend.service'],
        ...['--file', 'redis=none.py', '--file', 'celery-unit=none.service'],
        ...args,
      ],
      { cwd: bench.root, env: { PATH: `${bench.path('stubs')}:${process.env.PATH}` } },
    );
  const knowing = (pid: number) => bench.units({ 'action-backend.service': { MainPID: pid, NRestarts: 0 } });
  const states = (stdout: string) =>
    Object.fromEntries(
      JSON.parse(stdout).targets[0].stages.map(({ name, state }: { name: string; state: string }) => [name, state]),
    );

  it('find all in force that the files say', async () => {
    await knowing(await bench.uvicorn(2));
    const { code, stdout } = await tool('verify', '--check');
    expect(stdout).toMatch(/^db-pool {2}effective$/m);
    expect(stdout).toMatch(/^ {2}ok {4}backend db\.pool_size {2}20$/m);
    expect(stdout).toMatch(/^uvicorn-workers {2}effective$/m);
    expect(stdout).toMatch(/^redis-pool {2}not written/m);
    expect(stdout).toMatch(/^ {2}ok {4}\/health {2}200$/m);
    expect(code).toBe(0);
    expect(stdout).not.toContain('Hunter2');
  });

  it('find what was written and is not in force: exit 10 when that is asked for', async () => {
    await knowing(await bench.uvicorn(1));
    const found = await tool('verify', '--json');
    expect(found.code).toBe(0);
    expect(states(found.stdout)).toEqual({
      'db-pool': 'effective',
      'redis-pool': 'not-written',
      'uvicorn-workers': 'written-not-effective',
      'celery-workers': 'not-written',
    });
    expect(JSON.parse(found.stdout)).toMatchObject({ schema: 1, targets: [{ effective: false, runtime: 'systemd' }] });
    const checked = await tool('verify', '--check');
    expect(checked.code).toBe(10);
    expect(checked.stdout).toMatch(/FAIL {2}backend web\.workers: expected 2, found 1/);
  });

  it('find processes that are older than their file', async () => {
    await knowing(await bench.uvicorn(2));
    await utimes(bench.path(FILE), new Date(), new Date());
    const { code, stdout } = await tool('verify', '--check');
    expect(code).toBe(10);
    expect(stdout).toMatch(/^db-pool {2}written, not effective$/m);
    expect(stdout).toMatch(/FAIL {2}backend started after .*database\.py: .* process \d+ is older/);
  });

  it('tell in the status what was applied and is not in force', async () => {
    await writeFile(bench.path(FILE), engine(5));
    const pid = await bench.uvicorn(2);
    await knowing(pid);
    const files = ['--file', `database=${FILE}`, '--file', 'backend-unit=action-backend.service'];
    const applied = await run(['apply', '--stage', 'db-pool', '--runtime', 'none', '--yes', ...files], {
      cwd: bench.root,
    });
    expect(applied.code).toBe(0);
    const off = await tool('status', '--check', '--json');
    expect(off.code).toBe(10);
    const [stage, next] = [JSON.parse(off.stdout).targets[0].stages[0], JSON.parse(off.stdout).targets[0].next];
    expect(stage).toMatchObject({ name: 'db-pool', applied: true, effective: false, drifted: [] });
    expect(next).toContain('action-tune verify');
    expect((await tool('status')).stdout).toMatch(
      /db-pool .*written, not effective \(processes: started before the file was changed\)/,
    );
    expect(await bench.ask('hup')).toMatchObject({ code: 0 });
    const on = await tool('status', '--check', '--json');
    expect(JSON.parse(on.stdout).targets[0].stages[0]).toMatchObject({ applied: true, effective: true });
    expect(on.code).toBe(0);
  });

  it('say what they do not know of a file, not that it sets nothing', async () => {
    await bench.write(
      'celery.service',
      '[Service]\nExecStart=/srv/bin/celery -A app.celery_app worker --pool=prefork --autoscale=4,1\n',
    );
    await knowing(await bench.uvicorn(2));
    const { code, stdout } = await tool('verify', '--check', '--file', 'celery-unit=celery.service');
    expect(stdout).toMatch(/^celery-workers {2}not known$/m);
    expect(stdout).toMatch(/celery\.concurrency: .*not known: .*--autoscale/);
    expect(stdout).toContain('not everything could be told');
    expect(code).toBe(0);
  });

  it('find what was applied and is overridden by another file since', async () => {
    await bench.write('action-backend.service', unit(1));
    const files = ['--file', `database=${FILE}`, '--file', 'backend-unit=action-backend.service'];
    const applied = await run(
      ['apply', '--stage', 'uvicorn-workers', '--runtime', 'none', '--yes', '--set', 'web.workers=2', ...files],
      { cwd: bench.root },
    );
    expect(applied.code).toBe(0);
    const later = 'action-backend.service.d/later.conf';
    await bench.write(later, `[Service]\nExecStart=\nExecStart=/srv/bin/uvicorn app.main:app --workers 1\n`);
    const pid = await bench.uvicorn(1);
    const shown = { FragmentPath: bench.path('action-backend.service'), MainPID: pid, NRestarts: 0 };
    await bench.units({ 'action-backend.service': { ...shown, DropInPaths: bench.path(later) } });
    const status = await tool('status', '--check', '--json');
    expect(status.code).toBe(10);
    const [target] = JSON.parse(status.stdout).targets;
    expect(target.stages[2]).toMatchObject({ applied: true, effective: false, drifted: [] });
    expect(target.stages[2].overridden).toMatchObject([
      { setting: 'web.workers', applied: 2, now: 1, file: bench.path(later) },
    ]);
    expect(target.next).toContain(later);
    const verify = await tool('verify', '--check');
    expect(verify.code).toBe(10);
    expect(verify.stdout).toMatch(/FAIL {2}backend web\.workers: expected 2, found 1/);
    expect(verify.stdout).toMatch(/do not say any more what was applied: uvicorn-workers\.$/m);
  });
});

describe('verify where nobody knows the processes', () => {
  it('says so, and finds nothing wrong', async () => {
    const site = await project();
    const { code, stdout } = await site.run('verify', '--check', '--runtime', 'none');
    expect(code).toBe(0);
    expect(stdout).toContain('with runtime none nobody knows which processes are meant');
    expect(stdout).toMatch(/^celery-workers {2}not known$/m);
    const { targets } = JSON.parse((await site.run('verify', '--json', '--runtime', 'none')).stdout);
    expect(targets).toMatchObject([{ effective: null, services: [] }]);
  });
});

describe('compose files that override each other', () => {
  const NAMES = { base: 'docker/docker-compose.yml', more: 'docker/docker-compose.override.yml' };

  it('are changed where the value stands that counts, and put back', async () => {
    const site = await project();
    const text = await site.read(COMPOSE);
    await site.write(NAMES.base, text);
    const more =
      'services:\n  backend:\n    command: uvicorn app.main:app --workers ${WORKERS:-3}\n  celery-worker:\n    environment: { A: "1" }\n';
    await site.write(NAMES.more, more.replace('${WORKERS:-3}', '3'));
    const before = await site.fingerprint();
    const options = ['--runtime', 'none', '--file', `compose=${NAMES.base}`];
    const plan = JSON.parse((await site.run('plan', '--json', ...options)).stdout);
    expect(plan.current.web).toEqual({ workers: 3 });
    const paths = plan.stages.slice(2).map(({ files }: { files: { path: string }[] }) => files.map(({ path }) => path));
    expect(paths).toEqual([[site.path(NAMES.more)], [site.path(NAMES.base)]]);
    const applied = await site.run('apply', '--all', '--yes', ...options);
    expect(applied).toMatchObject({ code: 0 });
    expect(await site.read(NAMES.more)).toContain('--workers 2\n');
    expect(await site.read(NAMES.base)).toContain('--pool=prefork');
    expect((await site.run('rollback', '--all', '--yes', ...options)).code).toBe(0);
    expect(await site.fingerprint()).toEqual(before);
    await site.write(NAMES.more, more);
    await site.write('docker/.env', 'WORKERS=2\nPASSWORD=Hunter2\n');
    const again = await site.run('plan', '--json', ...options, '--stage', 'uvicorn-workers');
    expect(JSON.parse(again.stdout)).toMatchObject({ current: { web: { workers: 2 } }, stages: [{ files: [] }] });
    expect(again.stdout).not.toContain('Hunter2');
    expect(await site.read(DATABASE)).toContain('create_engine');
  });
});
