import { describe, expect, it } from 'vitest';
import { details, found, service, source, start, WANTED } from './given.js';

const UVICORN = 'uvicorn app.main:app --workers 2';
const tasks = (...lines: readonly string[]) => [source('app/celery_app.py', "app = Celery('app')", ...lines)];
const unit = (stopTimeoutMs: number | null) => ({
  fragment: null,
  dropIns: [],
  execFile: null,
  activeState: 'active',
  mainPid: 1,
  restarts: 0,
  needReload: false,
  killMode: 'control-group',
  restart: 'always',
  stopTimeoutMs,
  cpus: null,
  memoryBytes: null,
  socket: null,
  socketNeedsReload: false,
  socketListens: [],
});

describe('the visibility timeout of the broker', () => {
  it('is found below the longest task', () => {
    expect(found({ sources: tasks('app.conf.task_time_limit = 7200') })).toContain(
      'visibility-timeout app/celery_app.py:2',
    );
    expect(found({ sources: tasks('send.apply_async(countdown=86400)') })).toEqual([
      'visibility-timeout app/celery_app.py:2',
    ]);
    const short = tasks(
      "app.conf.broker_transport_options = {'visibility_timeout': 30}",
      '@app.task(time_limit=40)',
      'def work(): pass',
    );
    expect(found({ sources: short })).toEqual(['visibility-timeout app/celery_app.py:3']);
  });

  it('is no alarm above it, nor for a number in a comment', () => {
    const long = tasks(
      "app.conf.broker_transport_options = {'visibility_timeout': 10000}",
      'app.conf.worker_prefetch_multiplier = 1',
      'app.conf.task_time_limit = 7200',
    );
    expect(found({ sources: long })).toEqual([]);
    expect(found({ sources: tasks('# task_time_limit = 7200') })).toEqual([]);
  });
});

describe('a stop that comes too soon', () => {
  it('is found for tasks and for requests', () => {
    const limited = tasks('app.conf.task_time_limit = 50');
    expect(found({ sources: limited, services: service('celery', { unit: unit(10_000) }) })).toEqual([
      'stop-too-soon app/celery_app.py:2',
    ]);
    const starts = [start(`${UVICORN} --timeout-graceful-shutdown 30`)];
    expect(found({ starts, services: service('backend', { unit: unit(10_000) }) })).toEqual([
      'stop-too-soon compose.yml:3',
    ]);
  });

  it('is none with time enough, without a limit, nor where nothing is known of the tasks', () => {
    const limited = tasks('app.conf.task_time_limit = 50');
    expect(found({ sources: limited, services: service('celery', { unit: unit(90_000) }) })).toEqual([]);
    expect(found({ sources: limited, services: service('celery', { unit: unit(null) }) })).toEqual([]);
    expect(found({ sources: tasks(), services: service('celery', { unit: unit(1000) }) })).toEqual([]);
    expect(found({ starts: [start(UVICORN)], services: service('backend', { unit: unit(1000) }) })).toEqual([]);
  });
});

describe('tasks that are taken ahead', () => {
  const long = 'app.conf.task_time_limit = 600';

  it('are found where they are long', () => {
    expect(found({ sources: tasks(long) })).toEqual(['prefetch app/celery_app.py:2']);
  });

  it('are none where one at a time is taken, where they are short, nor without children', () => {
    expect(found({ sources: tasks(long, 'app.conf.worker_prefetch_multiplier = 1') })).toEqual([]);
    expect(
      found({ sources: tasks(long), starts: [start('celery worker --prefetch-multiplier 1', { service: 'celery' })] }),
    ).toEqual([]);
    expect(found({ sources: tasks('app.conf.task_time_limit = 5') })).toEqual([]);
    expect(found({ sources: tasks(long), wanted: { ...WANTED, 'celery.pool': 'solo' } })).toEqual([]);
  });
});

describe('how long tasks take', () => {
  const one = 'app.conf.worker_prefetch_multiplier = 1';
  const long = 'app.conf.task_time_limit = 7200';
  const visible = (value: string) => `app.conf.broker_transport_options = {'visibility_timeout': ${value}}`;
  const said = (...lines: readonly string[]) =>
    details({ sources: tasks(one, ...lines) }).map(({ message }) => message);

  it.each(['12 * 3600', '43_200', '(60 * 60) * 12', '3600 * 24 // 2', '86400 / 2', 'HOURS * 3600'])(
    'a number is read as Python does: %s',
    (value) => {
      expect(said('HOURS = 12', visible(value), long)).toEqual([]);
      expect(said('HOURS = 12', visible(value), 'app.conf.task_time_limit = 43201')).toEqual([
        'a task may take 43201 s, and Redis hands it out again after 43200 s',
      ]);
    },
  );

  it.each([
    'app.conf.task_time_limit = 3 * 3600',
    'app.conf.update(task_time_limit=10_800)',
    "app.conf['task_time_limit'] = 10800",
    "app.conf.update({'task_time_limit': 10800})",
    'CELERY_TASK_TIME_LIMIT = 10800',
    'CELERYD_TASK_TIME_LIMIT: int = 10800',
    'task_soft_time_limit = 10800',
    '@app.task(bind=True, time_limit=3 * 3600)',
    '@shared_task(soft_time_limit=10800)',
    'work.apply_async(args=[1], time_limit=10800)',
    'class Work(app.Task):\n    time_limit = 10800',
  ])('a limit is found: %s', (line) => {
    const body = line.startsWith('@') ? [line, 'def work(): pass'] : line.split('\n');
    expect(said(...body)).toEqual(['a task may take 10800 s, and Redis hands it out again after 3600 s']);
  });

  it.each([
    'def search(q, time_limit=86400): pass',
    'search(time_limit=86400)',
    'search(task_time_limit=86400)',
    "query = {'time_limit': 86400}",
    'countdown = 86400',
    'class Search:\n    time_limit = 86400',
    'text = "task_time_limit = 86400"',
    'app.conf.task_time_limit = int(os.environ["LIMIT"])',
  ])('what is none of a task is not: %s', (lines) => {
    expect(said(...lines.split('\n'))).toEqual([]);
    expect(found({ sources: tasks(...lines.split('\n')) })).toEqual([]);
  });

  it.each(['settings.visibility', 'int(os.getenv("VISIBLE", "60"))', '1 / 0'])(
    'what only the running code knows is no alarm: %s',
    (value) => expect(said(visible(value), long)).toEqual([]),
  );

  it.each([
    ['prefetch', 'app.conf.worker_prefetch_multiplier = settings.prefetch'],
    ['prefetch', 'CELERYD_PREFETCH_MULTIPLIER = 1'],
  ])('%s is none with %s', (_code, line) => {
    expect(found({ sources: tasks('app.conf.task_time_limit = 600', line) })).toEqual([]);
  });

  it('is read from the command, which stands before the settings', () => {
    const command = (option: string) => [start(`celery -A app worker ${option}`, { service: 'celery', line: 9 })];
    const alarms = ['prefetch compose.yml:9', 'visibility-timeout compose.yml:9'];
    expect(found({ starts: command('--time-limit=7200') }).toSorted()).toEqual(alarms);
    expect(found({ starts: command('--soft-time-limit 7200') }).toSorted()).toEqual(alarms);
    expect(found({ starts: command('--time-limit=30'), sources: tasks(long) })).toEqual([]);
    expect(found({ starts: [start('uvicorn --time-limit=7200')] })).toEqual([]);
    const both = [start('celery worker --time-limit=7200 --prefetch-multiplier=1 -P prefork', { service: 'celery' })];
    expect(found({ starts: both })).toEqual(['visibility-timeout compose.yml:3']);
  });

  it('says nothing of a file that is not Python', () => {
    expect(found({ sources: tasks('task_time_limit = 7200', 'def (:') })).toEqual([]);
  });
});
