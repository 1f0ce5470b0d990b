import type { DatabaseBound, DatabaseServer, Held, ServiceDatabase } from './database.js';
import type { ServiceFacts } from './services.js';

/**
 * What the database says, with the connections of this application's own processes told from those that only look like them:
 * a report or a task of the clock under the same role. Where not every service can be looked into, all that look alike are
 * taken for its own.
 */
export function toldApart(told: ServiceDatabase, running: readonly ServiceFacts[]): ServiceDatabase {
  const { held = null, server } = told;
  if (held === null) return told;
  const own = ownLines(running);
  // Behind a pooler the server sees the pooler's connections.
  const ours = own === null || server?.pooler != null ? held.clients.both : Math.min(own, held.clients.both);
  return {
    ...told,
    toldApart: own !== null,
    inUse: held.clients.all - ours,
    alike: held.clients.both - ours,
    bounds: boundsOf(held, ours),
    server: server === null ? null : withAlike(server, own, running.length),
  };
}

/** Several containers of a service are asked one after the other: what they hold meanwhile can't be summed up. */
function ownLines(running: readonly ServiceFacts[]): number | null {
  const each = running.map(({ program, container }) =>
    (container?.replicas ?? 1) > 1 ? null : (program?.database?.held?.own ?? null),
  );
  return each.includes(null) ? null : each.reduce<number>((sum, own) => sum + (own ?? 0), 0);
}

function boundsOf({ roleLimit, databaseLimit, clients }: Held, ours: number): readonly DatabaseBound[] {
  const bound = (by: DatabaseBound['by'], limit: number | null, all: number): readonly DatabaseBound[] =>
    limit === null ? [] : [{ by, limit, inUse: Math.max(0, all - ours) }];
  return [...bound('role', roleLimit, clients.role), ...bound('database', databaseLimit, clients.database)];
}

/** Each service has asked at the same time, over a line of its own. */
function withAlike(server: DatabaseServer, own: number | null, asking: number): DatabaseServer {
  const { pooler } = server;
  if (pooler?.limits?.shared === undefined) return server;
  const { shared, ...limits } = pooler.limits;
  const alike = own === null ? {} : { alike: Math.max(0, shared - asking - own) };
  return { ...server, pooler: { ...pooler, limits: { ...limits, ...alike } } };
}
