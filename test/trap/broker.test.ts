import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALONE } from '../../src/edit/types.js';
import { composeBrokers } from '../../src/trap/brokers.js';
import { found, source } from './given.js';

const EVICTING = 'redis-server --maxmemory 100mb --maxmemory-policy allkeys-lru';
const KEEPING = 'redis-server --maxmemory 100mb --maxmemory-policy noeviction';
const stack = (redis: Readonly<Record<string, string>>, ...celery: readonly string[]) =>
  source(
    'c.yml',
    'services:',
    ...Object.entries(redis).map(
      ([name, command]) => `  ${name}: {image: "redis:7", command: ${JSON.stringify(command)}}`,
    ),
    '  celery-worker:',
    '    command: celery',
    ...celery,
  );
const app = (broker: string) => [source('app/celery_app.py', `app = Celery('app', broker=${broker})`)];
const alarms = (file = stack({}), sources = app('settings.url')) =>
  found({ sources, brokers: composeBrokers(file, 'celery-worker') });

describe('the only Redis', () => {
  it('is found to evict', () => {
    expect(alarms(stack({ redis: EVICTING }))).toEqual(['broker-evicts c.yml:2']);
    const list = stack({ redis: '' });
    const words = list.text.replace(
      'command: ""',
      'command: [redis-server, --maxmemory=1gb, --maxmemory-policy=volatile-lru]',
    );
    expect(alarms({ ...list, text: words })).toEqual(['broker-evicts c.yml:2']);
  });

  it.each([
    KEEPING,
    'redis-server --maxmemory-policy allkeys-lru',
    'redis-server --maxmemory 0 --maxmemory-policy allkeys-lru',
    'redis-server --maxmemory 100mb',
    'redis-server',
  ])('is no alarm with %s', (command) => expect(alarms(stack({ redis: command }))).toEqual([]));

  it('is no alarm in the demo, nor where the file can not be read', () => {
    const guide = readFileSync('templates/demo/docker/docker-compose.polardb.yml', 'utf8');
    expect(alarms({ path: 'c.yml', text: guide })).toEqual([]);
    expect(alarms(source('c.yml', '{{{'))).toEqual([]);
    expect(alarms(source('c.yml', '- 1'))).toEqual([]);
  });

  it('that was asked counts as it answers', () => {
    const asked = { names: [], policy: 'allkeys-lru', told: null, exact: false };
    expect(found({ brokers: [{ ...asked, bounded: true }] })).toEqual(['broker-evicts -:-']);
    expect(found({ brokers: [{ ...asked, bounded: false }] })).toEqual([]);
  });
});

describe('a cache beside the broker', () => {
  const kept = { cache: EVICTING, broker: KEEPING };
  const evicted = { cache: KEEPING, broker: EVICTING };
  const environment = (...pairs: readonly string[]) => ['    environment:', ...pairs.map((pair) => `      ${pair}`)];
  const both = ['REDIS_URL: redis://cache:6379/0', 'CELERY_BROKER_URL: "redis://:secret@broker:6379/1"'];

  it.each([
    ['a variable that speaks of the broker', environment(...both), 'settings.url'],
    ['the only variable of a Redis', environment('REDIS_URL: redis://broker'), 'settings.url'],
    ['a default of Compose', environment('BROKER: "${URL:-redis://broker:6379}"'), 'settings.url'],
    ["the application's own code", [], "'redis://broker:6379/0'"],
    ['its default', environment('CACHE: redis://cache'), "os.getenv('URL', 'redis://broker')"],
  ])('is told apart by %s', (_what, celery, url) => {
    expect(alarms(stack(kept, ...celery), app(url))).toEqual([]);
    expect(alarms(stack(evicted, ...celery), app(url))).toEqual(['broker-evicts c.yml:3']);
  });

  it('is told apart by an environment file', () => {
    const around = {
      ...ALONE,
      path: '/p/c.yml',
      textOf: (path: string) => (path === '/p/.env' ? 'BROKER_URL=redis://broker:6379/0\n' : null),
    };
    const given = (redis: Readonly<Record<string, string>>) =>
      composeBrokers({ ...stack(redis, '    env_file: .env'), path: '/p/c.yml' }, 'celery-worker', around);
    expect(found({ brokers: given(kept) })).toEqual([]);
    expect(found({ brokers: given(evicted) })).toEqual(['broker-evicts c.yml:3']);
  });

  it('is no alarm where nobody can tell, unless both evict, nor where the broker is elsewhere', () => {
    expect(alarms(stack(kept))).toEqual([]);
    expect(alarms(stack({ cache: EVICTING, broker: EVICTING }))).toEqual(['broker-evicts c.yml:2']);
    const elsewhere = environment('CELERY_BROKER_URL: redis://managed.example.com');
    expect(alarms(stack({ cache: EVICTING }, ...elsewhere))).toEqual([]);
  });
});
