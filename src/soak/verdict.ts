import type { Release } from '../journal/history.js';
import type { TargetFacts } from '../target/facts.js';

/** How a stage does since it was applied. */
export interface Soak {
  readonly since: string;
  readonly until: string;
  readonly verdict: 'pending' | 'pass' | 'fail';
  readonly because: string;
}

export interface SoakInput {
  readonly release: Release;
  /** How long a stage is watched; 0: not at all. */
  readonly soakMs: number;
  /** The target's own clock, RFC 3339. */
  readonly now: string;
  /** Files of the stage that are no longer as they were applied. */
  readonly drifted: readonly string[];
}

/** A stage passes when its time is over and its files still stand. Where nothing runs there is nothing to watch: `null`. */
export function soakOf({ release, soakMs, now, drifted }: SoakInput): Soak | null {
  if (release.entry.runtime === 'none') return null;
  const until = new Date(Date.parse(release.since) + soakMs).toISOString().replace('.000Z', 'Z');
  const times = { since: release.since, until };
  if (drifted.length > 0) return { ...times, verdict: 'fail', because: `changed since: ${drifted.join(', ')}` };
  if (Date.parse(now) < Date.parse(until)) return { ...times, verdict: 'pending', because: 'its time is not over' };
  return { ...times, verdict: 'pass', because: 'its time is over and its files still stand' };
}

/** How long a switch may take to act on its deadline, in ms. */
const GRACE_MS = 10_000;

/** Its time is over and nothing went back: whatever was to see to it is gone, as after a reboot. */
export function isOverdue({ pending, clock }: Pick<TargetFacts, 'pending' | 'clock'>): boolean {
  return pending !== null && Date.parse(clock) - Date.parse(pending.deadline) > GRACE_MS;
}
