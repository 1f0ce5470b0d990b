import type { Profile } from '../profile/profile.js';
import type { DatabaseFacts } from './sizing.js';

/** After how long somebody drops an idle connection, and who. */
export interface IdleLimit {
  readonly ms: number;
  readonly by: string;
}

/**
 * The shortest of all that are known. A pool gives connections back without a transaction, so that the limit within one
 * never meets them. What the server drops behind a pooler that works by transaction, the pooler opens anew by itself.
 */
export function idleLimitOf(
  { database: { idleTimeoutMs } }: Pick<Profile, 'database'>,
  { server }: Pick<DatabaseFacts, 'server'>,
): IdleLimit | null {
  const mode = server?.pooler?.limits?.mode;
  const hidden = mode === 'transaction' || mode === 'statement';
  const limits = [
    { ms: idleTimeoutMs, by: "the profile's database.idleTimeout" },
    { ms: hidden ? null : (server?.idle.sessionMs ?? null), by: "the database's idle_session_timeout" },
    { ms: server?.pooler?.limits?.clientIdleMs ?? null, by: "pgbouncer's client_idle_timeout" },
  ];
  const known = limits.flatMap(({ ms, by }) => (ms === null ? [] : [{ ms, by }]));
  return known.toSorted((one, other) => one.ms - other.ms)[0] ?? null;
}
