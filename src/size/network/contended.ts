import { sharedCost } from './cores.js';
import type { LastOnes } from './crowd.js';
import { type Contention, contentionOf, type OnCores, stretched } from './sharing.js';
import type { Split } from './spread.js';

/** What a network says of where requests are when the worker does not have them. */
interface Asked extends OnCores {
  readonly thinkMs: number;
  readonly connections: number;
  readonly lineMs: number;
}

/** What a request costs its worker and the database, while each worker answers so much. */
export function onCores<T extends Asked>(network: T, split: Split, throughput: number, near: Near) {
  const { beside: workers, users } = split;
  const contention = contentionOf(network, { workers, people: workers * users, throughput });
  const seen = stretched(network, contention);
  return { seen, ...costAmong(seen, split, contention, near) };
}

/** What the last look settled on, from which the next one starts. */
export interface Near {
  readonly all?: LastOnes | undefined;
  readonly full?: LastOnes | undefined;
}

/** Either everybody comes and goes, or the pool is full and only those come back who were in the database. */
function costAmong(
  { thinkMs, webMs, connections, database, lineMs }: Asked,
  { beside: workers, users }: Split,
  { speeds }: Contention,
  near: Near,
) {
  const all = sharedCost({ workers, speeds, users, awayMs: thinkMs + database.ms + lineMs, webMs }, near.all);
  if (users <= connections) return { cost: all.cost, near: { all: all.lastOnes } };
  const full = sharedCost({ workers, speeds, users: connections, awayMs: database.ms, webMs }, near.full);
  return { cost: Math.min(all.cost, full.cost), near: { all: all.lastOnes, full: full.lastOnes } };
}
