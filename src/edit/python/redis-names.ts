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
