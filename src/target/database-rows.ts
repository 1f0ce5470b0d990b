import type { DatabaseServer, Held, IdleLimits, Place, Pooler, PoolerLimits, ServiceDatabase } from './database.js';
import { type Row, textOf } from './rows.js';

/** As the probe writes it: 0 where there is no limit. */
interface About {
  readonly product: DatabaseServer['product'];
  readonly version: string | null;
  readonly driver: string;
  readonly place: Place | null;
  readonly idle_session_ms: number;
  readonly idle_in_transaction_ms: number;
  readonly keepalive_ms: number;
  readonly pooler: AboutPooler | null;
}

interface AboutPooler extends Pick<Pooler, 'program' | 'version'> {
  readonly limits: {
    readonly mode: PoolerLimits['mode'];
    readonly pool_size: number;
    readonly max_clients: number;
    readonly others: number;
    readonly shared?: number;
    readonly client_idle_ms: number;
    readonly prepared: number;
  } | null;
}

/** As the probe writes it. */
interface HeldRow extends Pick<Held, 'clients' | 'own'> {
  readonly bounds: readonly [number | null, number | null];
}

/** What the rows say of the database; `null` where it did not answer. */
export function databaseOf(rows: readonly Row[]): ServiceDatabase | null {
  const row = rows.find(([key]) => key === 'database');
  if (row === undefined) return null;
  const [, maxConnections, reserved, inUse] = row.map(Number);
  const applications = rows.filter(([key]) => key === 'application');
  const held = rows.find(([key]) => key === 'held')?.[1];
  const about = rows.find(([key]) => key === 'about')?.[1];
  return {
    maxConnections: maxConnections ?? 0,
    reserved: reserved ?? 0,
    inUse: inUse ?? 0,
    ...(held === undefined ? {} : { held: heldOf(JSON.parse(textOf(held)) as HeldRow) }),
    byApplication: new Map(
      applications.map(([, name, connections]) => [JSON.parse(textOf(name)) as string, Number(connections)]),
    ),
    server: about === undefined ? null : serverOf(JSON.parse(textOf(about)) as About),
  };
}

function heldOf({ bounds: [roleLimit, databaseLimit], clients, own }: HeldRow): Held {
  return { roleLimit, databaseLimit, clients, own };
}

function serverOf(about: About): DatabaseServer {
  const { product, version, driver, place, pooler } = about;
  return {
    product,
    version,
    driver,
    place,
    idle: idleOf(about),
    pooler:
      pooler === null
        ? null
        : { program: pooler.program, version: pooler.version, limits: poolerLimits(pooler.limits) },
  };
}

function idleOf({ idle_session_ms, idle_in_transaction_ms, keepalive_ms }: About): IdleLimits {
  return {
    sessionMs: limit(idle_session_ms),
    inTransactionMs: limit(idle_in_transaction_ms),
    keepaliveMs: limit(keepalive_ms),
  };
}

function poolerLimits(said: AboutPooler['limits']): PoolerLimits | null {
  if (said === null) return null;
  const { mode, pool_size, max_clients, others, shared, client_idle_ms, prepared } = said;
  const clients = { maxClients: max_clients, others, ...(shared === undefined ? {} : { shared }) };
  return { mode, poolSize: pool_size, ...clients, clientIdleMs: limit(client_idle_ms), prepared };
}

function limit(ms: number): number | null {
  return ms > 0 ? ms : null;
}
