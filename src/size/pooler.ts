import type { DatabaseBudget } from './budget.js';
import { isSilent } from './limit.js';
import type { DatabaseFacts, SizingWarning } from './sizing.js';

const DEFAULTS =
  'a pgbouncer that says nothing else takes 100 clients, and opens 20 connections for each user and database';

/** What a pgbouncer between the application and its database keeps the sums from saying. */
export function poolerWarnings(
  facts: DatabaseFacts,
  { expected }: Pick<DatabaseBudget, 'expected'>,
): readonly SizingWarning[] {
  const pooler = facts.server?.pooler ?? null;
  if (isSilent(pooler)) return facts.source === 'flag' ? [] : [silent()];
  const limits = pooler?.limits ?? null;
  if (limits === null || limits.mode === 'session') return [];
  const { poolSize, mode } = limits;
  if (expected === null || expected.busy <= poolSize) return [];
  return [
    {
      code: 'pooler-too-small',
      message: `with ${expected.users} users about ${Math.ceil(expected.busy)} transactions run at the same time, and pgbouncer (pool_mode = ${mode}) opens ${poolSize} connections for them: the others wait in it`,
      fix: `Set default_pool_size of pgbouncer to ${Math.ceil(expected.busy)} or more, within what the database takes`,
    },
  ];
}

function silent(): SizingWarning {
  return {
    code: 'pooler-silent',
    message: `a pgbouncer stands before the database, and does not tell this user how many clients it takes; the database's own limit is counted with. ${DEFAULTS}`,
    fix: 'Give what it takes as --max-connections N (max_client_conn; by session no more than default_pool_size), or name the user in its stats_users',
  };
}
