import { type Row, textOf } from './rows.js';

/** A Redis, as it says of itself. */
export interface RedisServer {
  /** Tells it from another; null where it did not say. */
  readonly id: string | null;
  readonly maxClients: number | null;
  readonly clients: number | null;
  readonly policy: string | null;
  readonly maxMemoryBytes: number | null;
}

/** As `INFO` names them, as far as it was asked. */
interface Told {
  readonly run_id?: string | null;
  readonly maxclients?: number | null;
  readonly connected_clients?: number | null;
  readonly maxmemory_policy?: string | null;
  readonly maxmemory?: number | null;
}

/** What the probe says of a server that it asked. */
export function redisServerOf(row: Row | undefined): RedisServer | null {
  if (row === undefined) return null;
  const told = JSON.parse(textOf(row[1])) as Told;
  return {
    id: told.run_id ?? null,
    maxClients: told.maxclients || null,
    clients: told.connected_clients || null,
    policy: told.maxmemory_policy ?? null,
    maxMemoryBytes: told.maxmemory || null,
  };
}
