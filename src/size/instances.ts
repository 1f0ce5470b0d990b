import { momentOf, pooledAt } from './moment.js';
import { siblingPools } from './siblings.js';
import type { Deployment, SizingInput } from './sizing.js';

/**
 * Connections with the application's role and database that are taken for those of the other instances, as many as these can
 * hold with what is set now: each instance is counted with its own. 0 where there is one, or where what is set can't be told.
 */
export function heldByInstances({ profile, facts, current }: SizingInput, deployment: Deployment): number {
  const { instances, cpus } = profile.server;
  const { alike = 0, inUse } = facts.database;
  if (instances === 1 || alike === 0 || inUse === null || current === undefined) return 0;
  const now = momentOf(current, Math.ceil(facts.hostCpus ?? facts.cpus ?? cpus));
  if (now === null) return 0;
  const siblings = siblingPools(deployment, instances) - siblingPools(deployment, 1);
  return Math.min(alike, ((instances - 1) * pooledAt(now, deployment) + siblings) * now.pool);
}
