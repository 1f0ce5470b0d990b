import type { Node } from 'web-tree-sitter';
import { type KnownCall, linesOf } from './calls.js';
import type { RedisCall } from './redis-names.js';
import { refuse } from './refusal.js';
import { placeOf, refuseAt, type Source } from './source.js';

type Call = KnownCall<RedisCall>;

/** The one call that decides how many connections there are: the pool where there is one, else the client. */
export function chooseCall(source: Source, calls: readonly Call[]): Call {
  const pools = calls.filter(({ kind }) => kind.makes === 'pool');
  const deciding = calls.filter((call) => call.kind.makes === 'pool' || !sharesPool(source, call, pools));
  const [first, second] = deciding;
  if (first === undefined) {
    return refuse({
      kind: 'unsupported',
      message: 'no redis.Redis(...), from_url(...) or ConnectionPool(...) call found that comes from redis-py',
      fix: 'Name the file that makes the Redis client with --file redis=PATH',
    });
  }
  if (second === undefined) return first;
  return refuse({
    kind: 'unsafe',
    message: `${deciding.length} Redis clients or pools found, on lines ${linesOf(deciding)}`,
    at: placeOf(source, first.node),
    fix: 'Keep one of them in this file, or set max_connections of the one that counts by hand',
  });
}

/** Whether a client takes its connections from a pool of this file. Refuses where its pool comes from elsewhere. */
function sharesPool(source: Source, client: Call, pools: readonly Call[]): boolean {
  const given = poolGivenTo(client);
  if (given === undefined || given.type === 'none') return false;
  if (pools.some((pool) => pool.node.id === given.id || isAssignedTo(source, pool, given))) return true;
  return refuseAt(source, given, {
    kind: 'unsafe',
    message:
      'the Redis client takes its connections from a pool that is not made in this file, and ignores max_connections',
    fix: 'Name the file that makes the pool with --file redis=PATH',
  });
}

function poolGivenTo({ node, args }: Call): Node | undefined {
  const isFromPool = node.childForFieldName('function')?.text.endsWith('from_pool') === true;
  return args.keywords.get('connection_pool') ?? (isFromPool ? args.positional[0] : undefined);
}

/** `self.pool`, `cls.pool` and `Cache.pool` are one pool where the file gives that name to nothing else. */
function isAssignedTo(source: Source, pool: Call, given: Node): boolean {
  const name = lastSegment(given);
  if (name === null) return false;
  const values = source.root
    .descendantsOfType('assignment')
    .filter((assignment) => lastSegment(assignment.childForFieldName('left')) === name)
    .flatMap((assignment) => assignment.childForFieldName('right') ?? [])
    .filter(({ type }) => type !== 'none');
  return values.length > 0 && values.every(({ id }) => id === pool.node.id);
}

function lastSegment(name: Node | null): string | null {
  if (name?.type === 'identifier') return name.text;
  return name?.type === 'attribute' ? (name.childForFieldName('attribute')?.text ?? null) : null;
}
