import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFacts } from '../../src/target/parse.js';
import { ServiceBench } from '../support/services.js';
import { TRIED } from './shells.js';

/** An engine with these containers: `ID STATE SERVICE FOLDER CONFIG_FILES [STATUS]` a line. What is paused is listed as running. */
const DOCKER = `
all=running; format=
for word; do
  case $word in
    -a) all=. ;;
    label=com.docker.compose.service=*) service=\${word##*=} ;;
  esac
done
case $1 in
  ps) awk -v service="$service" -v all="$all" '$3 == service && $2 ~ all { print $1, $4 }' "$CONTAINERS" ;;
  logs) printf '%s \\033[32mINFO\\033[0m:     %s [\\033[36m8\\033[0m]\\n' "$4" 'Started server process' "$6" 'GET /secret' ;;
  inspect)
    for id; do :; done
    case $3 in
      *State.Pid*) echo "Pid=0" ;;
      *Entrypoint*) [ ! -e "\${CONTAINERS%/*}/command.txt" ] || cat "\${CONTAINERS%/*}/command.txt" ;;
      *config_files*) awk -v id="$id" '$1 == id { print $5 }' "$CONTAINERS" ;;
      *Mounts*) echo /srv/one; echo /srv/two ;;
      *) awk -v id="$id" '$1 == id { print "id=" $1 "\\nworking_dir=" $4 "\\nrestart=no\\nstop_timeout=<no value>\\nrestarts=0\\nstatus=" ($6 == "" ? $2 : $6) }' "$CONTAINERS" ;;
    esac ;;
esac`;

describe.each(TRIED)('looking for services, in %s', (_, shell) => {
  let bench: ServiceBench;

  beforeEach(async () => {
    bench = await ServiceBench.make({ 'docker/base.yml': 'services: {}\n', 'docker/more.yml': 'services: {}\n' });
  });

  afterEach(() => bench.remove());

  const call = (verb: string, ...args: readonly string[]) => bench.call(verb, args, { shell });
  const compose = (...containers: readonly string[]) =>
    bench.stub('docker', DOCKER, { 'containers.txt': `${containers.join('\n')}\n` });
  const services = async (runtime: string, ask = 'leave') => {
    const usual = ['/etc/systemd/system/action-backend.service', '/etc/systemd/system/action-celery-worker.service'];
    const args = [runtime, ask, '{"files":{}}', ...usual, bench.path('docker/base.yml'), 'backend', 'celery-worker'];
    const { code, stdout, stderr } = await call('at_services', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return parseFacts(stdout).services;
  };

  it.each([
    ['/etc/systemd/system/action-backend.service', 'action-backend.service'],
    ['/etc/systemd/system/web@1.service.d/override.conf', 'web@1.service'],
  ])('%s belongs to %s', async (file, unit) => {
    expect((await call('at_unit_name', file)).stdout).toBe(`${unit}\n`);
  });

  it.each([
    ['the unit alone', { 'u.service': '[Service]\nExecStart=/a\n' }, 'u.service'],
    [
      'a drop-in that starts something else',
      { 'u.service': '[Service]\nExecStart=/a\n', '1.conf': '[Service]\nExecStart=\nExecStart=/b\n' },
      '1.conf',
    ],
    [
      'the unit, below a drop-in with other things',
      { 'u.service': '[Service]\nExecStart=/a\n', '1.conf': '[Service]\nRestart=no\nExecStartPre=/c\n' },
      'u.service',
    ],
    [
      'the last of several',
      {
        'u.service': '[Service]\nExecStart=/a\n',
        '1.conf': '[Service]\nExecStart=\nExecStart=/b\n',
        '2.conf': '# later\n[Unit]\nExecStart=/x\n[Service]\nExecStart=\n ExecStart = /c\n',
      },
      '2.conf',
    ],
  ])('finds the start command in %s', async (_what, files, expected) => {
    for (const [name, text] of Object.entries(files)) await bench.write(name, text);
    const [unit, ...dropIns] = Object.keys(files).map((name) => bench.path(name));
    await bench.units({ 'u.service': { FragmentPath: unit ?? '', DropInPaths: dropIns.join(' ') } });
    expect((await call('at_exec_file', 'u.service')).stdout).toBe(bench.path(expected));
    const { files: found } = parseFacts(
      (await call('at_unit_file', 'backend-unit', bench.path('u.service'), 'usual')).stdout,
    );
    expect(found.get('backend-unit')?.path).toBe(bench.path(expected));
    const named = await call('at_unit_file', 'backend-unit', bench.path('u.service'), 'named');
    expect(parseFacts(named.stdout).files.get('backend-unit')?.path).toBe(bench.path('u.service'));
  });

  it('knows the containers of this very project, and which of them run', async () => {
    const here = bench.path('docker');
    await compose(
      `new running backend ${here} ${here}/base.yml`,
      `old running backend ${here} ${here}/base.yml`,
      `else running celery-worker /elsewhere /elsewhere/base.yml`,
      `dead exited celery-worker ${here} base.yml`,
    );
    const found = await services('auto');
    expect(found.get('backend')).toMatchObject({
      state: 'running',
      container: { id: 'old', replicas: 2 },
      why: 'it was not asked',
    });
    expect(found.get('backend')?.ref).toEqual(['compose', 'backend', here]);
    expect(found.get('celery')).toMatchObject({
      state: 'stopped',
      container: { id: 'dead', configFiles: [`${here}/base.yml`] },
    });
  });

  it('asks every container of a service', async () => {
    const here = bench.path('docker');
    await compose(
      `0123456789abcdef running backend ${here} base.yml`,
      `fedcba9876543210 running backend ${here} base.yml`,
      `old running backend ${here} base.yml`,
    );
    const others = ['0123456789ab', 'fedcba987654'].map((id) => ({ id, program: null, why: 'backend does not run' }));
    expect((await services('compose', 'ask')).get('backend')?.container).toMatchObject({ id: 'old', others });
    expect((await services('compose')).get('backend')?.container).toMatchObject({ others: [] });
  });

  it.each(['paused', 'restarting'] as const)('does not ask a container that is %s', async (status) => {
    await compose(`one running backend ${bench.path('docker')} base.yml ${status}`);
    const found = await services('compose', 'ask');
    expect(found.get('backend')).toMatchObject({ state: status, program: null, container: { id: 'one' } });
    expect(found.get('backend')?.why).toMatch(/paused|ends as often/);
  });

  it('shortens the numbers that an engine names containers by', async () => {
    const id = '0123456789abcdef'.repeat(4);
    const said = await call('at_look_inside', 'backend', '{}', 'ask', 'compose', id, bench.path('docker'));
    expect(parseFacts(`service\tbackend\tcompose\t\trunning\t\n${said.stdout}`).services.get('backend')?.why).toBe(
      '0123456789ab does not run',
    );
  });

  it('says why a container could not be asked', async () => {
    await compose(`one running backend ${bench.path('docker')} base.yml`);
    const found = await services('compose', 'ask');
    expect(found.get('backend')).toMatchObject({ program: null, why: 'backend does not run' });
    expect(found.get('celery')).toMatchObject({ state: 'absent', why: 'it does not run' });
  });

  it('reads all compose files that a container was made from, in their order', async () => {
    const here = bench.path('docker');
    await compose(`one exited backend ${here} ${here}/base.yml,${here}/more.yml`);
    const { files } = parseFacts(
      (await call('at_compose_files', `${here}/more.yml`, 'backend', 'celery-worker')).stdout,
    );
    expect([...files].map(([key, { path }]) => [key, path])).toEqual([
      ['compose', `${here}/more.yml`],
      ['compose:1', `${here}/base.yml`],
      ['compose:2', `${here}/more.yml`],
      ['env', `${here}/.env`],
    ]);
  });

  it('lists what may be meant by a compose file that is not there, the usual names first, and no override', async () => {
    const names = ['compose.yml', 'docker-compose.yml', 'docker-compose.prod.yml', 'docker/docker-compose.yaml'];
    for (const name of [...names, 'docker-compose.override.yml', 'docker/compose.override.yml', 'other.yml'])
      await bench.write(name, 'services: {}\n');
    const instead = async (named: string, root = bench.path('')) => {
      const { code, stdout } = await call('at_compose_instead', bench.path(named), root);
      expect(code).toBe(0);
      return parseFacts(stdout).composeInstead;
    };
    expect(await instead('docker/docker-compose.polardb.yml')).toEqual(names);
    expect(await instead('docker/base.yml')).toEqual([]);
    expect(await instead('nowhere.yml', bench.path('nowhere'))).toEqual([]);
  });

  it('reads the override that belongs to a file by its name, where no container tells', async () => {
    const here = bench.path('docker');
    await compose();
    await bench.write('docker/docker-compose.yml', 'services: {}\n');
    await bench.write('docker/docker-compose.override.yml', 'services: {}\n');
    const together = async (file: string) => (await call('at_config_files', `${here}/${file}`, 'backend')).stdout;
    expect(await together('docker-compose.yml')).toBe(
      `${here}/docker-compose.yml\n${here}/docker-compose.override.yml\n`,
    );
    expect(await together('base.yml')).toBe(`${here}/base.yml\n`);
  });

  it('finds units, and what their processes say', async () => {
    const pid = await bench.uvicorn(2);
    await bench.units({ 'action-backend.service': { MainPID: pid, NRestarts: 2 } });
    const found = await services('systemd', 'ask');
    expect(found.get('backend')).toMatchObject({
      name: 'action-backend.service',
      state: 'running',
      unit: { restarts: 2, mainPid: pid },
      program: { program: 'uvicorn', workers: 2, supervised: true, settings: { 'web.workers': 2 } },
    });
    expect(found.get('celery')).toMatchObject({ state: 'absent', program: null });
  });

  it('reads in the log how long the newest process took to come up', async () => {
    const pid = await bench.uvicorn(2);
    await bench.units({ 'action-backend.service': { MainPID: pid } });
    await bench.stub(
      'journalctl',
      `from=\${4#@}
for each in $(pgrep -P ${pid}); do echo "$((from + 20)).500000 here uvicorn[$each]: INFO:     Started server process [$each]"; done
echo "$((from + 21)).500000 here uvicorn[$each]: INFO:     Application startup complete."`,
    );
    const cameUpMs = (await services('systemd', 'ask')).get('backend')?.cameUpMs;
    expect(cameUpMs).toBeGreaterThan(20_400);
    expect(cameUpMs).toBeLessThanOrEqual(21_500);
  });

  it.each([
    ['sh -c alembic upgrade head && exec uvicorn app.main:app --workers 2 \nPATH=/bin\n', '2\n'],
    ['/venv/bin/celery -A app worker --concurrency=4 \n', '4\n'],
    ['celery -A app worker \n', ''],
    ['celery -A app worker -c 3 \n', '3\n'],
    ['sh -c alembic upgrade head && uvicorn app.main:app \n', '1\n'],
    ['uvicorn app.main:app --port 8001 \n', '1\n'],
    ['uvicorn app.main:app \nWEB_CONCURRENCY=3\n', ''],
    ['./start.sh \nWORKERS=--workers 9\n', ''],
    ['uvicorn app.main:app --workers ${WORKERS} \n', ''],
  ])('knows what the container made with %j starts', async (command, expected) => {
    await compose();
    await bench.write('command.txt', command);
    expect((await call('at_starts_with', 'one')).stdout).toBe(expected);
  });

  it("reads nothing but that in an engine's log, and without its colours", async () => {
    await compose(`one running backend ${bench.path('docker')} base.yml`);
    const { stdout } = await call('at_came_up', '1764109455', 'compose', 'backend', bench.path('docker'));
    expect(stdout).toBe('1764109455 INFO:     Started server process [8]\n');
  });

  it('finds what systemd has loaded of the socket that hands a unit its port', async () => {
    await bench.units({
      'action-backend.service': { MainPID: 0, TriggeredBy: 'a.timer a.socket' },
      'a.socket': { NeedDaemonReload: 'yes', Listen: '0.0.0.0:8001 (Stream)' },
    });
    expect((await services('systemd')).get('backend')?.unit).toMatchObject({
      ...{ socket: 'a.socket', needReload: false, socketNeedsReload: true, socketListens: ['0.0.0.0:8001'] },
    });
  });

  it('looks for nothing where somebody restarts the services himself', async () => {
    await compose(`one running backend ${bench.path('docker')} base.yml`);
    expect((await services('custom', 'ask')).size).toBe(0);
  });
});
