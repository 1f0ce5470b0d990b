import type { DatabaseBudget } from './budget.js';
import { type Flow, flow, type Network } from './network/network.js';
import type { Pool } from './pools.js';

/** A pool never closes a steady connection, so what is open is what was once needed: all but this share of the time. */
const RARELY = 0.001;

/** What one process needs at the same time, but for one request in a thousand. */
export function neededAtOnce({ met }: Flow): number {
  let beyond = 1;
  let needed = 0;
  while (beyond > RARELY && needed < met.length) {
    beyond -= met[needed] ?? 0;
    needed += 1;
  }
  return Math.max(1, needed);
}

/**
 * What will be seen of the ceiling. In use: by Little's law, throughput times the time that a request holds a connection.
 * Open: what each process once needed at the same time, of which its pool keeps the steady part. A celery child runs one
 * task at a time, and holds one connection.
 */
export function expectedOf(
  network: Network | null,
  users: number,
  pool: Pool,
  celery: number,
): DatabaseBudget['expected'] {
  if (network === null) return null;
  const seen = flow(network, users);
  const workers = network.workers * network.instances;
  const kept = workers * Math.min(pool.size, neededAtOnce(seen));
  const round = (connections: number) => Math.round(connections * 10) / 10;
  return { users, busy: round(seen.held), open: round(Math.max(kept, seen.held) + celery) };
}
