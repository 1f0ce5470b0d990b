import { crlf, type Shape, shape } from './shape.js';

const R = 'import redis\n';

function call(name: string, before: string, after: string): Shape {
  return shape(name, R + before, R + after);
}

/** A client that `imports` call by a name of their own. */
function elsewhere(name: string, imports: string, called: string): Shape {
  return shape(name, `${imports}r = ${called}(x)\n`, `${imports}r = ${called}(x, max_connections=50)\n`);
}

const calls: readonly Shape[] = [
  call('nothing in the parentheses', 'r = redis.Redis()\n', 'r = redis.Redis(max_connections=50)\n'),
  call('a space in the parentheses', 'r = redis.Redis( )\n', 'r = redis.Redis(max_connections=50 )\n'),
  call('a line break in the parentheses', 'r = redis.Redis(\n)\n', 'r = redis.Redis(\n    max_connections=50,\n)\n'),
  call(
    'a comment in the parentheses',
    'class C:\n\tr = redis.Redis(\n\t\t# the default host, here\n\t)\n',
    'class C:\n\tr = redis.Redis(\n\t\t# the default host, here\n\t\tmax_connections=50,\n\t)\n',
  ),
  call(
    'a comment behind the parenthesis',
    crlf('def f():\n  return redis.Redis(  # 默认\n  )\n'),
    crlf('def f():\n  return redis.Redis(  # 默认\n      max_connections=50,\n  )\n'),
  ),
  call('one value', 'r = redis.Redis(max_connections=10, db=0)\n', 'r = redis.Redis(max_connections=50, db=0)\n'),
  call('None', 'r = redis.Redis(max_connections=None)\n', 'r = redis.Redis(max_connections=50)\n'),
  call(
    'the guide',
    'r = redis.Redis(\n    host=settings.redis_host,\n    port=settings.redis_port,\n    decode_responses=True,\n)\n',
    'r = redis.Redis(\n    host=settings.redis_host,\n    port=settings.redis_port,\n    decode_responses=True,\n    max_connections=50,\n)\n',
  ),
  call(
    'a URL with another query',
    'r = redis.from_url("redis://h/0?timeout=5&xmax_connections=9")\n',
    'r = redis.from_url("redis://h/0?timeout=5&xmax_connections=9", max_connections=50)\n',
  ),
  call(
    'a password that looks like the query',
    'r = redis.Redis(password="?max_connections=9")\n',
    'r = redis.Redis(password="?max_connections=9", max_connections=50)\n',
  ),
];

const pools: readonly Shape[] = [
  call('a pool alone', 'p = redis.ConnectionPool(host=h)\n', 'p = redis.ConnectionPool(host=h, max_connections=50)\n'),
  call('a pool by position', 'p = redis.ConnectionPool(C, 9)\n', 'p = redis.ConnectionPool(C, 50)\n'),
  call(
    'a blocking pool by position',
    'p = redis.BlockingConnectionPool(9)\n',
    'p = redis.BlockingConnectionPool(50)\n',
  ),
  call(
    'a pool and its client',
    'pool = redis.ConnectionPool.from_url(u)\nr = redis.Redis(connection_pool=pool)\n',
    'pool = redis.ConnectionPool.from_url(u, max_connections=50)\nr = redis.Redis(connection_pool=pool)\n',
  ),
  call(
    'a pool and two clients of it, whose own argument counts for nothing',
    'pool = redis.ConnectionPool()\na = redis.Redis(connection_pool=pool, max_connections=9)\nb = redis.Redis.from_pool(pool)\n',
    'pool = redis.ConnectionPool(max_connections=50)\na = redis.Redis(connection_pool=pool, max_connections=9)\nb = redis.Redis.from_pool(pool)\n',
  ),
  call(
    'a pool inside its client',
    'r = redis.Redis(connection_pool=redis.BlockingConnectionPool(timeout=5))\n',
    'r = redis.Redis(connection_pool=redis.BlockingConnectionPool(timeout=5, max_connections=50))\n',
  ),
  call(
    'a pool kept in an object',
    'class C:\n    pool = None\n    def __init__(self):\n        self.pool = redis.ConnectionPool()\n    def r(self):\n        return redis.Redis(connection_pool=self.pool)\n',
    'class C:\n    pool = None\n    def __init__(self):\n        self.pool = redis.ConnectionPool(max_connections=50)\n    def r(self):\n        return redis.Redis(connection_pool=self.pool)\n',
  ),
  call(
    'no pool after all',
    'r = redis.Redis(connection_pool=None)\n',
    'r = redis.Redis(connection_pool=None, max_connections=50)\n',
  ),
];

const names: readonly Shape[] = [
  elsewhere('Redis by name', 'from redis import Redis\n', 'Redis'),
  elsewhere('StrictRedis', 'from redis import StrictRedis as SR\n', 'SR'),
  elsewhere('from_url by name', 'from redis import from_url\n', 'from_url'),
  elsewhere('Redis.from_url', 'import redis\n', 'redis.Redis.from_url'),
  elsewhere('async, as redis', 'import redis.asyncio as redis\n', 'redis.Redis'),
  elsewhere('async, by its path', 'import redis.asyncio\n', 'redis.asyncio.from_url'),
  elsewhere('async, as aioredis', 'from redis import asyncio as aioredis\n', 'aioredis.Redis.from_url'),
  elsewhere('async, by name', 'from redis.asyncio import Redis\n', 'Redis'),
  elsewhere('async pool', 'from redis.asyncio.connection import ConnectionPool\n', 'ConnectionPool.from_url'),
  elsewhere('a variable that takes the name of the module', 'import redis\nredis = None\n', 'redis.Redis'),
];

/** Files that take `max_connections=50`, by what is special about them. */
export const REDIS_SHAPES: readonly Shape[] = [...calls, ...pools, ...names];
