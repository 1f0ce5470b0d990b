import type { DescriptorBudget } from './budget.js';
import { type Pool, REQUESTS_OF_A_PERSON, type Share } from './pools.js';
import type { SizingFacts } from './sizing.js';

/** What systemd and most shells give a process that asks for nothing. */
const USUAL_LIMIT = 1024;
/** A tenth stays free. */
const RESERVED_SHARE = 0.1;
/** Files, pipes and sockets of the process itself: what a measured application had, and the most. */
export const DESCRIPTORS_OF_AN_APPLICATION = 40;
const OWN = 60;

/** Open files of one web process in the worst case: everybody is connected to the same worker. */
export function descriptorBudget(
  pool: Pool,
  redisCap: number,
  share: Share,
  facts: SizingFacts,
  expected: DescriptorBudget['expected'],
): DescriptorBudget {
  const limit = facts.descriptors ?? USUAL_LIMIT;
  const uses = [
    { use: 'database', count: pool.size + pool.overflow },
    { use: 'redis', count: redisCap },
    { use: 'clients', count: share.max * REQUESTS_OF_A_PERSON },
    { use: 'own', count: OWN },
  ] as const;
  const ceiling = uses.reduce((sum, { count }) => sum + count, 0);
  const reserved = Math.ceil(limit * RESERVED_SHARE);
  const headroom = limit - reserved - ceiling;
  const source = facts.descriptors == null ? 'assumed' : 'measured';
  return { limit, source, reserved, uses, ceiling, headroom, fits: headroom >= 0, expected };
}

/** The smallest limit, in the steps in which people write it, that is enough. */
export function enoughDescriptors({ ceiling }: DescriptorBudget): number {
  let limit = USUAL_LIMIT;
  while (limit - Math.ceil(limit * RESERVED_SHARE) < ceiling) limit *= 2;
  return limit;
}
