import type { Release } from './history.js';

/** What taking back a release that was cut off means: a way back that was cut off is itself taken back. */
export function unfinishedMeaning({ id, entry }: Release): string {
  const stages = entry.stages.join(', ');
  if (entry.kind === 'apply') return `release ${id} (${stages}), begun and not ended, is put back`;
  const undone = entry.undoes.map(String).join(', ');
  return `release ${id}, a rollback of ${undone} that was begun and not ended, is taken back: ${stages} is in force again as before it`;
}

/** A release that was cut off, by its name. */
export function unfinishedName({ id, entry }: Release): string {
  return entry.kind === 'apply'
    ? `release ${id} was begun and not ended`
    : `release ${id}, a rollback of ${entry.undoes.map(String).join(', ')}, was begun and not ended`;
}

/** What `rollback` does with it. */
export function unfinishedRemedy({ entry }: Release): string {
  return entry.kind === 'apply'
    ? 'Put it back first with `action-tune rollback --yes`.'
    : `Take it back first with \`action-tune rollback --yes\`: that puts ${entry.stages.join(', ')} back in force as before it; then roll back again.`;
}
