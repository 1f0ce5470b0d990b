import type { Maker } from './makers.js';

/** What a call of redis-py makes, and how it takes its settings. */
export interface RedisCall {
  readonly makes: 'client' | 'pool';
  readonly takesUrl: boolean;
  /** The position at which the constructor also takes `max_connections`. */
  readonly index?: number;
}

const CLIENTS = ['Redis', 'StrictRedis', 'client.Redis', 'client.StrictRedis'];
const POOLS: readonly (readonly [name: string, index: number])[] = [
  ['ConnectionPool', 1],
  ['BlockingConnectionPool', 0],
  ['connection.ConnectionPool', 1],
  ['connection.BlockingConnectionPool', 0],
];

/** Every call the Redis editor knows, by its full dotted name. */
export const REDIS_CALLS: ReadonlyMap<string, RedisCall> = new Map(['redis', 'redis.asyncio'].flatMap(callsOfModule));

function callsOfModule(module: string): [string, RedisCall][] {
  const clients = CLIENTS.flatMap((name): [string, RedisCall][] => [
    [`${module}.${name}`, { makes: 'client', takesUrl: false }],
    [`${module}.${name}.from_url`, { makes: 'client', takesUrl: true }],
    [`${module}.${name}.from_pool`, { makes: 'client', takesUrl: false }],
  ]);
  const pools = POOLS.flatMap(([name, index]): [string, RedisCall][] => [
    [`${module}.${name}`, { makes: 'pool', takesUrl: false, index }],
    [`${module}.${name}.from_url`, { makes: 'pool', takesUrl: true }],
  ]);
  const functions = ['from_url', 'utils.from_url'].map((name): [string, RedisCall] => [
    `${module}.${name}`,
    { makes: 'client', takesUrl: true },
  ]);
  return [...clients, ...pools, ...functions];
}

const CLUSTER: Maker = {
  message: 'RedisCluster keeps a pool for each node of the cluster, so that one limit counts once a node',
  fix: 'Write max_connections=N as an argument of RedisCluster(...) by hand, N being what one node may have of this process',
};

const SENTINEL: Maker = {
  message: 'the Redis client comes from a Sentinel, which makes a pool for each client that it is asked for',
  fix: 'Write max_connections=N as an argument of master_for(...) and slave_for(...) by hand',
  method: /\b(?:master|slave)_for\b/,
};

/** Calls of redis-py whose pools are not changed. */
export const OTHER_REDIS_CALLS: ReadonlyMap<string, Maker> = new Map(
  ['redis', 'redis.asyncio'].flatMap((module): [string, Maker][] => [
    [`${module}.RedisCluster`, CLUSTER],
    [`${module}.RedisCluster.from_url`, CLUSTER],
    [`${module}.cluster.RedisCluster`, CLUSTER],
    [`${module}.cluster.RedisCluster.from_url`, CLUSTER],
    [`${module}.Sentinel`, SENTINEL],
    [`${module}.sentinel.Sentinel`, SENTINEL],
  ]),
);
