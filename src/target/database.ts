/** Where a server is, seen from the processes that asked it. `own`: an address of theirs; `link`: on a network of theirs. */
export type Place = 'socket' | 'own' | 'gateway' | 'link' | 'far';

/** What the database says, asked through the service's own engine. */
export interface ServiceDatabase {
  readonly maxConnections: number;
  /** Slots kept for superusers and reserved roles. */
  readonly reserved: number;
  /** Connections of other clients than this application; before it is told apart, of other roles and databases. */
  readonly inUse: number;
  /** What else bounds the application's connections. Absent: nothing, or nobody told. */
  readonly bounds?: readonly DatabaseBound[];
  readonly held?: Held | null;
  /** Of `inUse`: with the application's own role and database, and not of its processes here; absent: not told apart. */
  readonly alike?: number;
  /** False where not every process could be looked into: what looks like this application then counts as its own. */
  readonly toldApart?: boolean;
  /** Connections to this database, by the name that the client gave. */
  readonly byApplication: ReadonlyMap<string, number>;
  readonly server: DatabaseServer | null;
}

/** A limit of connections that is not the server's: of the role that the application has, or of its one database. */
export interface DatabaseBound {
  readonly by: 'role' | 'database';
  readonly limit: number;
  /** Of others. */
  readonly inUse: number;
}

/** Who holds connections just now, but for whoever asked. */
export interface Held {
  /** Null: unbound. */
  readonly roleLimit: number | null;
  readonly databaseLimit: number | null;
  /** Of all clients, of those with the application's role, of those in its database, and of those with both. */
  readonly clients: { readonly all: number; readonly role: number; readonly database: number; readonly both: number };
  /** Of the processes of the service that asked; null: not to be seen. */
  readonly own: number | null;
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
  /** Of these, clients of other users and databases. */
  readonly others: number;
  /** Of these, clients with the application's user and database that are not of its processes; absent: not told apart. */
  readonly alike?: number;
  /** All clients with the application's user and database, and whoever asked. */
  readonly shared?: number;
  readonly clientIdleMs: number | null;
  /** Prepared statements that it keeps for each client; 0: none, and they get lost between transactions. */
  readonly prepared: number;
}
