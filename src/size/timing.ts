import { formatDuration } from '../units.js';
import type { Choice } from './choice.js';
import type { IdleLimit } from './idle.js';

const POOL_TIMEOUT_S = 30;
const POOL_RECYCLE_S = 3600;
/** What else is right: long enough to outlast a peak, and short enough that somebody still waits. */
const TIMEOUT_S = { least: 5, most: 60 } as const;
/** Renewed more often than this, connections cost more than they save. */
const RECYCLE_LEAST_S = 60;
/** A connection is looked at only when it is taken out of the pool, so it must be renewed well before it is dropped. */
const SHARE_OF_IDLE_LIMIT = 0.9;
const MS = 1000;

export function poolTimeout(): Choice<number> {
  return {
    value: POOL_TIMEOUT_S,
    because: `a request that waited ${POOL_TIMEOUT_S} s for a connection has lost its user`,
    bound: 'default',
    accepts: (value) => value >= TIMEOUT_S.least && value <= TIMEOUT_S.most,
  };
}

/** Under the idle limit of the server or the proxy, where that is known. */
export function poolRecycle(idle: IdleLimit | null): Choice<number> {
  const most =
    idle === null
      ? POOL_RECYCLE_S
      : Math.max(1, Math.min(POOL_RECYCLE_S, Math.floor((idle.ms * SHARE_OF_IDLE_LIMIT) / MS)));
  const because =
    most < POOL_RECYCLE_S && idle !== null
      ? `connections are renewed before they are dropped as idle after ${formatDuration(idle.ms)}, which is ${idle.by}`
      : `connections are renewed after ${most} s, before proxies and servers drop them as idle`;
  const least = Math.min(RECYCLE_LEAST_S, most);
  return { value: most, because, bound: 'default', accepts: (value) => value >= least && value <= most };
}
