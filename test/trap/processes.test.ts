import { describe, expect, it } from 'vitest';
import { details, found, service, source, start, WANTED } from './given.js';

const UVICORN = 'uvicorn app.main:app --port 8001 --workers 2';
const container = {
  id: 'c',
  project: 'p',
  workingDir: '/p',
  configFiles: [],
  code: 'baked' as const,
  restartPolicy: 'always',
  stopTimeoutMs: null,
  restarts: 0,
  startsWith: null,
  replicas: 1,
  others: [],
  mounts: [],
};

describe('migrations on start', () => {
  const migrating = start('sh -c "alembic upgrade head && exec uvicorn app.main:app"');

  it('are found with several instances, replicas in the file, and containers that run', () => {
    expect(found({ starts: [migrating], instances: 2 })).toEqual(['migrations-race compose.yml:3']);
    expect(found({ starts: [{ ...migrating, replicas: 3 }] })).toEqual(['migrations-race compose.yml:3']);
    const services = service('backend', { container: { ...container, replicas: 2 } });
    expect(found({ starts: [migrating], services })).toEqual(['migrations-race compose.yml:3']);
  });

  it('are no alarm where the word only stands in another command', () => {
    expect(found({ starts: [{ ...start('uvicorn alembic:upgrade'), replicas: 2 }] })).toEqual([]);
  });

  it('are no alarm with one copy, nor without migrations', () => {
    expect(found({ starts: [migrating] })).toEqual([]);
    expect(found({ starts: [start(UVICORN)], instances: 4 })).toEqual([]);
  });
});

describe('a shell above the program', () => {
  const alarms = (command: string) => found({ starts: [start(command)] });

  it.each([
    'sh -c "alembic upgrade head && uvicorn app.main:app"',
    'sh -c "uvicorn a:b"',
    "sh -c 'set -e\nalembic upgrade head\nuvicorn a:b\n'",
    'bash -c "uvicorn a:b; echo ended"',
    'sh -c "sh -c \'exec uvicorn a:b\'"',
    'sh -c "cd x; python -m uvicorn a:b"',
  ])('is found in %s', (command) => expect(alarms(command)).toEqual(['shell-without-exec compose.yml:3']));

  it.each([
    'sh -c "alembic upgrade head && exec uvicorn a:b"',
    "sh -c 'alembic upgrade head\nexec uvicorn a:b\n'",
    '/bin/bash -lc "cd x; celery -A app worker"',
    'sh -c "exec sh -c \'exec uvicorn a:b\'"',
    'uvicorn a:b',
    'sh -c "echo uvicorn"',
    'sh -c "exec python -m uvicorn a:b"',
  ])('is no alarm for %s', (command) => expect(alarms(command)).toEqual([]));

  it('is said once where the running container shows it already', () => {
    const services = service('backend', { container }, { shell: true });
    expect(found({ starts: [start('sh -c "true && uvicorn a:b"')], services })).toEqual([]);
  });
});

describe('who decides how many workers there are', () => {
  it.each([
    ['reload', start(`${UVICORN} --reload`)],
    ['workers-from-environment', start(UVICORN, { environment: ['WEB_CONCURRENCY'] })],
    ['workers-from-environment', start(UVICORN, { environment: ['UVICORN_WORKERS'] })],
    ['gunicorn', start('gunicorn -k uvicorn.workers.UvicornWorker app.main:app')],
  ])('%s', (code, command) => {
    expect(found({ starts: [command] })).toEqual([`${code} compose.yml:3`]);
  });

  it('is no alarm for --workers, for --reload-dir alone, nor for celery', () => {
    expect(
      found({
        starts: [
          start(`${UVICORN} --reload-dir x`),
          start('celery --reload', { service: 'celery', environment: ['WEB_CONCURRENCY'] }),
        ],
      }),
    ).toEqual([]);
  });
});

describe('slow imports', () => {
  const slow = service('backend', {}, { importMs: 6000 });

  it('are found against the health check of the workers', () => {
    expect(found({ starts: [start(UVICORN)], services: slow })).toEqual(['slow-imports compose.yml:3']);
  });

  it('are none with a longer limit, one worker, an older uvicorn, or fast imports', () => {
    const starts = [start(UVICORN)];
    expect(found({ starts: [start(`${UVICORN} --timeout-worker-healthcheck 30`)], services: slow })).toEqual([]);
    expect(found({ starts, services: slow, wanted: { ...WANTED, 'web.workers': 1 } })).toEqual([]);
    expect(
      found({ starts, services: service('backend', {}, { importMs: 6000, versions: { uvicorn: '0.32.0' } }) }),
    ).toEqual([]);
    expect(found({ starts, services: service('backend', {}, { importMs: 900 }) })).toEqual([]);
    expect(found({ starts })).toEqual([]);
  });
});

describe('state in the process', () => {
  const main = (...lines: readonly string[]) => [source('app/main.py', 'app = FastAPI()', ...lines)];

  it.each([
    ['scheduler-per-worker', 'scheduler = BackgroundScheduler()'],
    ['metrics-per-worker', 'Instrumentator().instrument(app)'],
    ['limits-per-worker', 'limiter = Limiter(key_func=get_remote_address)'],
  ])('%s is found', (code, line) => {
    expect(found({ sources: main(line) })).toEqual([`${code} app/main.py:2`]);
  });

  it('a registry of WebSockets is found, also in a module that the application imports', () => {
    const manager = source(
      'app/ws.py',
      'from fastapi import WebSocket',
      'class Manager:',
      '    def __init__(self):',
      '        self.active_connections: list[WebSocket] = []',
    );
    expect(found({ sources: [...main('from app.ws import Manager'), manager] })).toEqual([
      'websockets-per-worker app/ws.py:4',
    ]);
  });

  it('is no alarm with one worker, with shared storage, nor where the web application does not import it', () => {
    const one = { ...WANTED, 'web.workers': 1 };
    expect(found({ sources: main('scheduler = BackgroundScheduler()'), wanted: one })).toEqual([]);
    expect(found({ sources: main('limiter = Limiter(', '    key_func=f,', '    storage_uri=url,', ')') })).toEqual([]);
    const shared = [start(UVICORN, { environment: ['PROMETHEUS_MULTIPROC_DIR'] })];
    expect(found({ sources: main('Instrumentator().instrument(app)'), starts: shared })).toEqual([]);
    expect(found({ sources: [source('scripts/cron.py', 's = BackgroundScheduler()')] })).toEqual([]);
    expect(found({ sources: main('# BackgroundScheduler()', 'x = "Limiter("') })).toEqual([]);
  });
});

it('every trap says where, and what to do', () => {
  const [trap] = details({ starts: [start(`${UVICORN} --reload`)] });
  expect(trap).toMatchObject({ file: 'compose.yml', line: 3 });
  expect(trap?.fix).toMatch(/\S[^.]$/);
});
