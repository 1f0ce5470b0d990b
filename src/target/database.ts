/** Where a server is, seen from the processes that asked it. `own`: an address of theirs; `link`: on a network of theirs. */
export type Place = 'socket' | 'own' | 'gateway' | 'link' | 'far';

/** What the database says, asked through the service's own engine. */
export interface ServiceDatabase {
  readonly maxConnections: number;
  /** Slots kept for superusers and reserved roles. */
  readonly reserved: number;
  /** Connections of other clients than this application. */
  readonly inUse: number;
  /** Connections to this database, by the name that the client gave. */
  readonly byApplication: ReadonlyMap<string, number>;
  readonly server: DatabaseServer | null;
}

/** Which program answers, and what stands before it. */
export interface DatabaseServer {
  readonly product: 'postgresql' | 'polardb';
  readonly version: string | null;
  /** The application's own, by SQLAlchemy's name. */
  readonly driver: string;
  /** Null where a pooler hides it. */
  readonly place: Place | null;
  readonly idle: IdleLimits;
  readonly pooler: Pooler | null;
}

/** When the server drops who is idle. Null: never. */
export interface IdleLimits {
  readonly sessionMs: number | null;
  readonly inTransactionMs: number | null;
  /** After how long it asks an idle peer whether it is still there. */
  readonly keepaliveMs: number | null;
}

export interface Pooler {
  readonly program: 'pgbouncer' | 'unknown';
  readonly version: string | null;
  /** Null where it did not tell them. */
  readonly limits: PoolerLimits | null;
}

export interface PoolerLimits {
  readonly mode: 'session' | 'transaction' | 'statement';
  /** Connections that it opens to the server for this user and this database, at the most. */
  readonly poolSize: number;
  /** Clients that it takes, of all databases. */
  readonly maxClients: number;
  /** Of these, other clients than this application. */
  readonly others: number;
  readonly clientIdleMs: number | null;
  /** Prepared statements that it keeps for each client; 0: none, and they get lost between transactions. */
  readonly prepared: number;
}
