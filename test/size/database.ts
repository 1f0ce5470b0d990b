import type { DatabaseServer, PoolerLimits, ServiceDatabase } from '../../src/target/database.js';

/** A plain PostgreSQL that nobody is idle with for too long. */
export function serverOf(parts: Partial<DatabaseServer> = {}): DatabaseServer {
  return {
    product: 'postgresql',
    version: '15.4',
    driver: 'psycopg2',
    place: 'far',
    idle: { sessionMs: null, inTransactionMs: null, keepaliveMs: null },
    pooler: null,
    ...parts,
  };
}

/** The same behind a pgbouncer; with null it does not tell its limits. */
export function behind(limits: Partial<PoolerLimits> | null, parts: Partial<DatabaseServer> = {}): DatabaseServer {
  const usual: PoolerLimits = {
    mode: 'transaction',
    poolSize: 20,
    maxClients: 400,
    others: 7,
    clientIdleMs: null,
    prepared: 0,
  };
  const told = limits === null ? null : { ...usual, ...limits };
  return serverOf({ pooler: { program: 'pgbouncer', version: '1.18.0', limits: told }, ...parts });
}

export function measuredOf(server: DatabaseServer): ServiceDatabase {
  return { maxConnections: 100, reserved: 3, inUse: 7, byApplication: new Map(), server };
}
