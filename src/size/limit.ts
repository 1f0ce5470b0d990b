import type { DatabaseFacts } from './sizing.js';

interface Measured {
  readonly maxConnections: number;
  readonly reserved: number;
  readonly inUse: number;
}

/** The database's limit, by who knows it best; what the database itself says wins over anybody who claims more. */
export function databaseFacts(flag: number | null, measured: Measured | null, assumed: number | null): DatabaseFacts {
  const rest = { reserved: measured?.reserved ?? null, inUse: measured?.inUse ?? null };
  if (measured !== null && (flag === null || measured.maxConnections < flag)) {
    return { ...rest, maxConnections: measured.maxConnections, source: 'measured' };
  }
  if (flag !== null) return { ...rest, maxConnections: flag, source: 'flag' };
  return { ...rest, maxConnections: assumed, source: 'profile' };
}
