import type { Node } from 'web-tree-sitter';
import { type KnownCall, linesOf } from './calls.js';
import { refuseElsewhere } from './elsewhere.js';
import { refuseMaker } from './makers.js';
import { occurrencesOf } from './occurrences.js';
import { only } from './pick.js';
import { OTHER_REDIS_CALLS, REDIS_CALLS, type RedisCall } from './redis-names.js';
import { refuse } from './refusal.js';
import { refuseAt, type Source } from './source.js';

type Call = KnownCall<RedisCall>;

/** The one call that decides how many connections there are: the pool where there is one, else the client. */
export function chooseCall(source: Source, calls: readonly Call[], picked: string | undefined): Call {
  const pools = calls.filter(({ kind }) => kind.makes === 'pool');
  const deciding = calls.filter((call) => call.kind.makes === 'pool' || !sharesPool(source, call, pools));
  const call = only(source, deciding, picked, {
    message: `${deciding.length} Redis clients or pools found, on lines ${linesOf(deciding)}`,
    fix: 'Name the one that counts with --file redis=PATH#NAME, NAME being the variable or function it stands in',
  });
  if (call !== undefined) {
    refuseElsewhere(source, call, { role: 'redis', picked, calls });
    return call;
  }
  refuseMaker(source, OTHER_REDIS_CALLS, REDIS_CALLS, 'max_connections=N');
  return refuse({
    kind: 'unsupported',
    message: 'no redis.Redis(...), from_url(...) or ConnectionPool(...) call found that comes from redis-py',
    fix: 'Name the file that makes the Redis client with --file redis=PATH',
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
  const values = occurrencesOf(source, name)
    .flatMap((found) => assignmentTo(found) ?? [])
    .flatMap((assignment) => assignment.childForFieldName('right') ?? [])
    .filter(({ type }) => type !== 'none');
  return values.length > 0 && values.every(({ id }) => id === pool.node.id);
}

/** The assignment whose whole left side is a name, or an attribute of that name. */
function assignmentTo(found: Node): Node | undefined {
  const { parent } = found;
  const isAttribute = parent?.type === 'attribute' && parent.childForFieldName('attribute')?.id === found.id;
  const target = isAttribute ? parent : found;
  const assignment = target?.parent;
  return assignment?.type === 'assignment' && assignment.childForFieldName('left')?.id === target?.id
    ? assignment
    : undefined;
}

function lastSegment(name: Node | null): string | null {
  if (name?.type === 'identifier') return name.text;
  return name?.type === 'attribute' ? (name.childForFieldName('attribute')?.text ?? null) : null;
}
