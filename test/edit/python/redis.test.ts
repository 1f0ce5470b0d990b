import { describe, expect, test } from 'vitest';
import { loadPython } from '../../../src/edit/python/grammar.js';
import { redisEditor } from '../../../src/edit/python/redis.js';
import { edited, GUIDE, redis, refusal } from './editors.js';
import { REDIS_SHAPES } from './redis-shapes.js';

const R = 'import redis\n';
const parser = await loadPython();

describe('the Redis file is edited', () => {
  test.each(REDIS_SHAPES)('$name', ({ before, after }) => {
    expect(edited(redis, before)).toBe(after);
    expect(redis.edit(after, GUIDE)).toEqual({ ok: true, value: [] });
  });

  test('the pool is read, not the client', () => {
    const text = `${R}p = redis.ConnectionPool(max_connections=7)\nr = redis.Redis(connection_pool=p, max_connections=9)\n`;
    expect(redis.read(text)).toEqual({
      ok: true,
      value: { values: { 'redis.max_connections': 7 }, places: { 'redis.max_connections': { line: 2, column: 42 } } },
    });
  });
});

describe('a Redis URL that may beat the argument', () => {
  const doubts = (text: string) => {
    const reading = redis.read(text);
    if (!reading.ok) throw new Error(reading.refusal.message);
    return (reading.value.doubts ?? []).map(({ code, at: { line, column } }) => `${code} ${line}:${column}`);
  };

  test.each([
    ['made by a call', `${R}r = redis.from_url(make_url())\n`, '2:20'],
    ['an attribute of something unknown', `${R}r = redis.Redis.from_url(url=config.REDIS, db=1)\n`, '2:30'],
    ['a variable that is set nowhere', `import os\n${R}r = redis.from_url(os.environ["R"])\n`, '3:20'],
    ['that begins with something unknown', `${R}r = redis.from_url(f"{base}/0")\n`, '2:20'],
    ['a parameter', `${R}def f(u):\n    return redis.ConnectionPool.from_url(u)\n`, '3:42'],
    ['of two, one of them unknown', `${R}u = "redis://h"\nu = load()\nr = redis.from_url(u)\n`, '4:20'],
    ['beside a value of the argument', `${R}r = redis.from_url(make_url(), max_connections=9)\n`, '2:20'],
  ])('is told with its place: %s', (_, text, at) => {
    expect(doubts(text)).toEqual([`redis-url-unseen ${at}`]);
  });

  test.each([
    ['written out', `${R}r = redis.from_url("redis://h/0")\n`],
    ['put together of parts', `${R}r = redis.from_url(f"redis://{host}:{port}/0")\n`],
    ['added up', `${R}r = redis.from_url("redis://" + host + "/0")\n`],
    ['formatted', `${R}r = redis.from_url(("rediss://{}/0").format(host))\n`],
    ['in two strings', `${R}r = redis.from_url("redis://" f"{host}/0")\n`],
    ['a name for one of these', `${R}U = f"redis://{host}"\nr = redis.from_url(U)\n`],
    ['from the environment, with a default', `import os\n${R}r = redis.from_url(os.getenv("R", "redis://h"))\n`],
    ['none at all', `${R}r = redis.Redis(host=host())\n`],
  ])('is not told where it is seen: %s', (_, text) => {
    expect(doubts(text)).toEqual([]);
  });
});

describe('the Redis file is refused', () => {
  test.each([
    ['no client', 'import redis\n'],
    ['a client of something else', 'from cache import Redis\nr = Redis()\n'],
    ['a client in a comment', `${R}# redis.Redis()\n`],
  ])('as unsupported: %s', (_, text) => {
    expect(refusal(redis, text)).toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('no redis.Redis'),
    });
  });

  test.each([
    ['a cluster', `${R}r = redis.RedisCluster(host="h")\n`, 'a pool for each node', '2:5', 'RedisCluster(...)'],
    [
      'a cluster of the asynchronous client by its URL',
      `from redis.asyncio.cluster import RedisCluster as C\nr = C.from_url(u)\n`,
      'a pool for each node',
      '2:5',
      'max_connections=N',
    ],
    [
      'a Sentinel',
      `from redis.sentinel import Sentinel\ns = Sentinel(HOSTS)\nr = s.master_for("main", db=1)\n`,
      'comes from a Sentinel',
      '3:5',
      'master_for(...)',
    ],
    [
      'a Sentinel that nobody asks',
      `${R}s = redis.Sentinel(HOSTS)\n`,
      'comes from a Sentinel',
      '2:5',
      'master_for(...)',
    ],
    [
      'a client that is prepared',
      `${R}from functools import partial\nmake = partial(redis.Redis, host="h")\n`,
      'functools.partial prepares redis.Redis(...)',
      '3:8',
      'max_connections=N',
    ],
  ])('with its cause, its place, and what to write: %s', (_, text, message, at, fix) => {
    const found = refusal(redis, text);
    expect(found).toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining(message),
      fix: expect.stringContaining(fix),
    });
    expect(`${found.at?.line}:${found.at?.column}`).toBe(at);
    expect(text.split('\n')[(found.at?.line ?? 0) - 1]).toContain(found.found);
  });

  test('where the name may be imported instead, unless it is picked', () => {
    const text = `${R}try:\n    from app.local import cache\nexcept ImportError:\n    cache = redis.Redis()\n`;
    expect(refusal(redis, text)).toMatchObject({
      kind: 'unsafe',
      at: { line: 3, column: 5 },
      found: 'from app.local import cache',
      fix: expect.stringContaining('--file redis=PATH#cache'),
    });
    const picked = redisEditor(parser, 'cache');
    expect(edited(picked, text)).toBe(text.replace('redis.Redis()', 'redis.Redis(max_connections=50)'));
  });

  const unsafe: [name: string, text: string, message: string, line: number][] = [
    ['two clients', `${R}a = redis.Redis()\nb = redis.Redis()\n`, 'on lines 2 and 3', 2],
    ['two pools', `${R}a = redis.ConnectionPool()\nb = redis.ConnectionPool()\n`, 'on lines 2 and 3', 2],
    ['a pool, and a client without it', `${R}a = redis.ConnectionPool()\nb = redis.Redis()\n`, 'on lines 2 and 3', 2],
    ['three', `${R}${'a = redis.Redis()\n'.repeat(3)}`, '3 Redis clients or pools found, on lines 2, 3 and 4', 2],
    ['a pool from elsewhere', `${R}r = redis.Redis(\n    connection_pool=get_pool(),\n)\n`, 'not made in this file', 3],
    ['from_pool of a pool from elsewhere', `${R}r = redis.Redis.from_pool(p)\n`, 'not made in this file', 2],
    [
      'a name that is not always the pool',
      `${R}p = redis.ConnectionPool()\np = wrap(p)\nr = redis.Redis(connection_pool=p)\n`,
      'not made',
      4,
    ],
    [
      'a URL by name that carries it',
      `${R}U = f"redis://{h}?a=1&max_connections=9"\nr = redis.Redis.from_url(U)\n`,
      'beats',
      3,
    ],
    [
      'a URL in parts, with the name percent-encoded',
      `${R}r = redis.from_url(f"redis://{h}?max%5Fconnections=9&a=1")\n`,
      'beats',
      2,
    ],
    [
      'a URL whose value is percent-encoded',
      `${R}r = redis.from_url("redis://h?max%5fconnections=%39")\n`,
      'no plain number',
      2,
    ],
    [
      'a URL in two strings',
      `${R}p = redis.ConnectionPool.from_url(url="redis://h" "?max_connections=9")\n`,
      'beats',
      2,
    ],
    ['a value set elsewhere', `${R}r = redis.Redis(max_connections=s.MAX)\n`, '`s.MAX` is set elsewhere', 2],
    ['**', `${R}r = redis.Redis(**options)\n`, '`**options` may set it, and max_connections', 2],
    ['* of a pool', `${R}p = redis.ConnectionPool(*a)\n`, '`*a` may set it', 2],
    ['more positions than are clear', `${R}r = redis.Redis(h, 1, 2, p, 5)\n`, 'without a name', 2],
    [
      'two libraries',
      'try:\n    import redis\nexcept E:\n    import fake as redis\nr = redis.Redis()\n',
      'can stand for',
      5,
    ],
  ];
  test.each(unsafe)('as unsafe: %s', (_, text, message, line) => {
    const found = refusal(redis, text);
    expect(found).toMatchObject({ kind: 'unsafe', message: expect.stringContaining(message), at: { line } });
    expect(JSON.stringify(found)).not.toContain('pw@');
  });
});
