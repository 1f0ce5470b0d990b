import { describe, expect, it } from 'vitest';
import { found, service, source, start, WANTED } from './given.js';

const UVICORN = 'uvicorn app.main:app --workers 2';
const nginx = source(
  '/etc/nginx/conf.d/app.conf',
  'upstream app {',
  '  server 127.0.0.1:8001;',
  '  keepalive 16;',
  '}',
);
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

describe('the keep-alive of a proxy', () => {
  it('is found where uvicorn closes first', () => {
    expect(found({ proxies: [nginx], starts: [start(UVICORN)] })).toEqual(['keep-alive compose.yml:3']);
  });

  it('is no alarm where uvicorn keeps them longer, or the proxy keeps none', () => {
    expect(found({ proxies: [nginx], starts: [start(`${UVICORN} --timeout-keep-alive 65`)] })).toEqual([]);
    const short = source('n.conf', 'upstream a {', '  keepalive 16;', '  keepalive_timeout 3s;', '}');
    expect(found({ proxies: [short], starts: [start(UVICORN)] })).toEqual([]);
    expect(found({ proxies: [source('n.conf', '# keepalive 16;')], starts: [start(UVICORN)] })).toEqual([]);
  });
});

describe('the broker', () => {
  it('is found to evict, and is none where it does not', () => {
    expect(found({ broker: { policy: 'allkeys-lru', path: 'c.yml', line: 4 } })).toEqual(['broker-evicts c.yml:4']);
    expect(found({ broker: { policy: 'noeviction' } })).toEqual([]);
    expect(found({ broker: null })).toEqual([]);
  });

  it('hands out a task again that takes longer than its visibility timeout', () => {
    expect(found({ sources: tasks('app.conf.task_time_limit = 7200') })).toContain(
      'visibility-timeout app/celery_app.py:2',
    );
    expect(found({ sources: tasks('send.apply_async(countdown=86400)') })).toEqual([
      'visibility-timeout app/celery_app.py:2',
    ]);
    const short = tasks("app.conf.broker_transport_options = {'visibility_timeout': 30}", '@app.task(time_limit=40)');
    expect(found({ sources: short })).toEqual(['visibility-timeout app/celery_app.py:3']);
  });

  it('does not where the timeout is longer, nor for a number in a comment', () => {
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

describe('a unit that requires Redis', () => {
  it('is found, and one that wants it is none', () => {
    expect(found({ units: [source('a.service', '[Unit]', 'Requires=redis-server.service')] })).toEqual([
      'requires-redis a.service:2',
    ]);
    expect(
      found({
        units: [
          source('a.service', 'Wants=redis-server.service', 'After=redis-server.service', '#Requires=redis.service'),
        ],
      }),
    ).toEqual([]);
  });
});
