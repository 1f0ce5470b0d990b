import { unfinishedReleases } from '../journal/history.js';
import type { StageStatus } from '../view/status-text.js';
import type { Session } from './session.js';

/** What to do next on a target: a command, or what to wait for. */
export function nextStep({ facts, history }: Session, stages: readonly StageStatus[]): string {
  if (facts.lock !== null) return facts.lock.holder === 'gone' ? 'action-tune unlock' : 'wait: somebody is at work';
  if (unfinishedReleases(history).length > 0) return 'action-tune rollback';
  if (facts.pending !== null) return 'action-tune confirm';
  const drifted = stages.find((stage) => stage.drifted.length > 0);
  if (drifted !== undefined) return `look at ${drifted.drifted.join(', ')}: changed since it was applied`;
  return afterSoak(stages);
}

function afterSoak(stages: readonly StageStatus[]): string {
  const until = stages.find(({ soaking }) => soaking?.verdict === 'pending')?.soaking?.until;
  const open = stages.filter(({ applied, pending }) => pending ?? !applied);
  if (open.length > 0)
    return until === undefined ? 'action-tune apply --next' : `wait until ${until}, then: action-tune apply --next`;
  return until === undefined
    ? 'nothing: every setting is as recommended'
    : `nothing: all is applied, and watched until ${until}`;
}
