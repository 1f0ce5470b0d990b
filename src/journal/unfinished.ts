import type { Release } from './history.js';

/** What taking back a release that was cut off is going to mean: a way back that was cut off is itself taken back. */
export function unfinishedMeaning({ id, entry }: Release): string {
  const stages = entry.stages.join(', ');
  if (entry.kind === 'apply') return `release ${id} (${stages}), begun and not ended, will be put back`;
  return `release ${id}, ${rollbackOf(entry)} that was begun and not ended, will be taken back: ${stages} is in force again as before it`;
}

/** What it came to, where the outcome itself does not say so: of a way back it tells the stages alone. */
export function unfinishedResult({ id, entry }: Release): string | null {
  if (entry.kind === 'apply') return null;
  return `release ${id}, ${rollbackOf(entry)}, was taken back: ${entry.stages.join(', ')} is in force again as before it`;
}

/** A release that was cut off, by its name. */
export function unfinishedName({ id, entry }: Release): string {
  return entry.kind === 'apply'
    ? `release ${id} was begun and not ended`
    : `release ${id}, ${rollbackOf(entry)}, was begun and not ended`;
}

/** What `rollback` does with it, as an order. */
export function unfinishedRemedy(release: Release): string {
  const order = unfinishedOrder(release, 'action-tune rollback --yes');
  return `${order.charAt(0).toUpperCase()}${order.slice(1)}.`;
}

/** A release that was cut off and what is to be done, in one sentence. `rollback`: as it is typed for this target. */
export function unfinishedNote(release: Release, rollback: string): string {
  return `${unfinishedName(release)}; ${unfinishedOrder(release, rollback)}`;
}

function unfinishedOrder({ entry }: Release, rollback: string): string {
  return entry.kind === 'apply'
    ? `put it back first with \`${rollback}\``
    : `take it back first with \`${rollback}\`: that puts ${entry.stages.join(', ')} back in force as before it; then roll back again`;
}

function rollbackOf({ undoes }: Release['entry']): string {
  return `a rollback of ${undoes.map(String).join(', ')}`;
}
