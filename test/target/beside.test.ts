import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFacts } from '../../src/target/parse.js';
import { SYSTEMCTL } from '../support/fake-systemctl.js';
import { ServiceBench } from '../support/services.js';
import { TRIED } from './shells.js';

const BACKEND = 'action-backend.service';
const CELERY = 'action-celery-worker.service';

interface Unit {
  readonly command: string;
  readonly folder?: string;
  readonly active?: string;
  readonly state?: string;
  readonly pid?: number;
}

/** As `systemctl show` has a unit. */
const shown = (
  id: string,
  { command, folder = '/srv/action/backend', active = 'active', state = 'enabled', pid = 0 }: Unit,
) =>
  [
    `Id=${id}`,
    `MainPID=${pid}`,
    'LoadState=loaded',
    `FragmentPath=/none/${id}`,
    `WorkingDirectory=${folder}`,
    `ExecStart={ path=${command.split(' ')[0]} ; argv[]=${command} ; ignore_errors=no ; start_time=[n/a] }`,
    `ActiveState=${active}`,
    `UnitFileState=${state}`,
    '',
  ].join('\n');

/** Containers: \`ID STATE SERVICE FOLDER\` a line; what each starts stands in a file of its own. */
const DOCKER = `
all=running
for word; do
  case $word in
    -a) all=. ;;
    label=com.docker.compose.service=*) service=\${word##*=} ;;
  esac
done
case $1 in
  ps) case $* in
    *'"com.docker.compose.service"'*) awk -v all="$all" '$2 ~ all { print $1, $3, $4 }' "$CONTAINERS" ;;
    *) awk -v service="$service" -v all="$all" '$3 == service && $2 ~ all { print $1, $4 }' "$CONTAINERS" ;;
  esac ;;
  inspect)
    for id; do :; done
    case $3 in
      *State.Pid*) echo "Pid=$(cat "\${CONTAINERS%/*}/pids/$id" 2>/dev/null || echo 0)" ;;
      *Config.Cmd*) cat "\${CONTAINERS%/*}/commands/$id" ;;
      *config_files*) echo base.yml ;;
      *Mounts*) echo /srv/action/backend ;;
      *) awk -v id="$id" '$1 == id { print "id=" $1 "\\nworking_dir=" $4 "\\nstatus=" $2 }' "$CONTAINERS" ;;
    esac ;;
esac`;

describe.each(TRIED)('what starts the same programs beside the two services, in %s', (_, shell) => {
  let bench: ServiceBench;

  beforeEach(async () => {
    bench = await ServiceBench.make({ 'docker/base.yml': 'services: {}\n' });
  });

  afterEach(() => bench.remove());

  const looked = async (runtime: string, ask = 'leave') => {
    const args = [runtime, ask, '{"files":{}}', `/none/${BACKEND}`, `/none/${CELERY}`, bench.path('docker/base.yml')];
    const { code, stdout, stderr } = await bench.call('at_services', [...args, 'backend', 'celery-worker'], { shell });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return parseFacts(stdout);
  };
  const kinds = async (...args: Parameters<typeof looked>) =>
    (await looked(...args)).beside.map(({ kind, service }) => [service.name, kind, service.state]);

  const units = (others: Readonly<Record<string, Unit>>) => {
    const two = { [BACKEND]: { command: '/v/uvicorn app.main:app' }, [CELERY]: { command: '/v/celery -A app worker' } };
    const files = Object.entries({ ...two, ...others }).map(([id, unit]) => [`units/${id}`, shown(id, unit)]);
    return bench.stub('systemctl', SYSTEMCTL, Object.fromEntries(files));
  };

  it('is every unit that works in their folder and starts such a program', async () => {
    await units({
      'api2.service': { command: '/v/uvicorn app.api:app --port 8002 --workers 3' },
      'beat.service': { command: '/v/celery -A app beat', active: 'failed', state: 'disabled' },
      'slow@1.service': {
        command: '/v/python -m celery -A app worker -Q slow -n beat',
        active: 'activating',
        state: '',
      },
      'late.service': { command: '/v/gunicorn app.main:app', active: 'inactive' },
    });
    expect(await kinds('systemd')).toEqual([
      ['api2.service', 'web', 'stopped'],
      ['beat.service', 'beat', 'stopped'],
      ['late.service', 'web', 'stopped'],
      ['slow@1.service', 'celery', 'stopped'],
    ]);
  });

  it('is no unit elsewhere, of another program, or that neither runs nor will', async () => {
    await units({
      'shop.service': { command: '/v/uvicorn shop:app', folder: '/srv/shop' },
      'postgres.service': { command: '/usr/bin/postgres -D /var', folder: '/var/lib' },
      'migrate.service': { command: '/v/alembic upgrade head' },
      'flower.service': { command: '/v/celery -A app flower' },
      'old.service': { command: '/v/uvicorn app.main:app', active: 'inactive', state: 'disabled' },
      'nowhere.service': { command: '/v/uvicorn app.main:app', folder: '' },
    });
    expect(await kinds('systemd')).toEqual([]);
  });

  it('is nothing where the two work in no folder that is known', async () => {
    await bench.stub('systemctl', SYSTEMCTL, {
      'units/api2.service': shown('api2.service', { command: '/v/uvicorn app.api:app', folder: '' }),
    });
    expect(await kinds('systemd')).toEqual([]);
  });

  it('is asked as the two are, with the file that starts it', async () => {
    const pid = await bench.uvicorn(2);
    await bench.write('api2.service', '[Service]\nExecStart=/v/uvicorn app.main:app\n');
    const unit = shown('api2.service', { command: '/v/uvicorn app.main:app', pid });
    await units({ 'api2.service': { command: '/v/uvicorn app.main:app', pid } });
    await bench.write('units/api2.service', unit.replace('/none/api2.service', bench.path('api2.service')));
    const { beside, files, services } = await looked('systemd', 'ask');
    expect(beside).toMatchObject([{ service: { state: 'running', program: { program: 'uvicorn', workers: 2 } } }]);
    expect(files.get(beside[0]?.key ?? '')?.content?.toString()).toContain('ExecStart=/v/uvicorn');
    expect([...services.keys()]).toEqual(['backend', 'celery']);
  });

  const containers = (folder: string, given: Readonly<Record<string, readonly [state: string, command: string]>>) => {
    const lines = Object.entries(given).map(([name, [state]]) => `${name}-1 ${state} ${name} ${folder}\n`);
    const commands = Object.entries(given).map(([name, [, command]]) => [`commands/${name}-1`, `${command}\n`]);
    return bench.stub('docker', DOCKER, { 'containers.txt': lines.join(''), ...Object.fromEntries(commands) });
  };

  it('is every other service of the compose project that starts such a program', async () => {
    await containers(bench.path('docker'), {
      backend: ['running', 'uvicorn app.main:app '],
      'celery-worker': ['running', 'celery -A app worker '],
      api2: ['running', 'sh -c exec uvicorn app.api:app --workers 3 '],
      beat: ['exited', 'celery -A app beat '],
      postgres: ['running', 'docker-entrypoint.sh postgres '],
      redis: ['running', 'redis-server '],
    });
    expect(await kinds('compose')).toEqual([
      ['api2', 'web', 'running'],
      ['beat', 'beat', 'stopped'],
    ]);
  });

  it('is nothing of another project', async () => {
    await containers('/elsewhere', { api2: ['running', 'uvicorn app.api:app '] });
    expect(await kinds('compose')).toEqual([]);
  });

  it('is known by its processes where its command is a script', async () => {
    const pid = await bench.uvicorn(2);
    await containers(bench.path('docker'), { api2: ['running', './start.sh '], shop: ['running', './start.sh '] });
    await bench.write('pids/api2-1', String(pid));
    expect(await kinds('compose')).toEqual([['api2', 'web', 'running']]);
  });

  it('is not looked for where somebody restarts the services himself', async () => {
    await units({ 'api2.service': { command: '/v/uvicorn app.api:app' } });
    expect(await kinds('custom')).toEqual([]);
  });
});
