import type { ServiceCheck } from './checks.js';

export type BudgetCheck = Omit<ServiceCheck, 'service'>;

/** What all pools allow together, as the files say now, and what there is for it. */
interface Held {
  readonly connections: number;
  readonly limit: number;
  readonly reserved: number;
  readonly source: 'flag' | 'measured' | 'profile';
  /** RFC 3339 UTC, where nobody could be asked now. */
  readonly measuredAt: string | null;
}

/** A limit that is only assumed fails nobody. */
export function budgetCheck({ connections, limit, reserved, source, measuredAt }: Held): BudgetCheck {
  const most = limit - reserved;
  const known = source === 'profile' ? 'assumed by the profile' : (measuredAt ?? source);
  const fails = source === 'profile' ? null : false;
  return {
    name: 'connections of all processes together',
    ok: connections <= most ? true : fails,
    expected: `at most ${most}: ${limit} (${known}), less ${reserved} kept free`,
    found: `up to ${connections}`,
  };
}
