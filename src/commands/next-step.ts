import { unfinishedReleases } from '../journal/history.js';
import { isOverdue } from '../soak/verdict.js';
import type { StageStatus } from '../view/status-text.js';
import type { Session } from './session.js';

/** A command with the flags that name the target, as a user would type it. */
export type Typed = (...command: readonly string[]) => string;

/** What to do next on a target: a command, or what to wait for. `services`: what brings back those that are not well. */
export function nextStep(
  { facts, history }: Session,
  stages: readonly StageStatus[],
  services: string | null,
  command: Typed,
): string {
  if (facts.lock !== null && facts.lock.holder !== 'gone') return 'wait: somebody is at work';
  if (unfinishedReleases(history).length > 0) return command('rollback');
  if (facts.lock !== null) return command('unlock');
  if (services !== null) return `mend the cause, then on the target: ${services}`;
  if (facts.pending !== null) return command(isOverdue(facts) ? 'rollback' : 'confirm');
  const drifted = stages.find((stage) => stage.drifted.length > 0);
  if (drifted !== undefined) return `look at ${drifted.drifted.join(', ')}: changed since it was applied`;
  const overridden = stages.flatMap((stage) => stage.overridden)[0];
  if (overridden !== undefined) return `look at ${overridden.file ?? 'the files'}: it overrides what was applied`;
  if (stages.some(({ effective }) => effective === false)) return command('verify');
  return afterSoak(stages, command);
}

function afterSoak(stages: readonly StageStatus[], command: Typed): string {
  const until = stages.find(({ soaking }) => soaking?.verdict === 'pending')?.soaking?.until;
  const open = stages.filter(({ applied, pending }) => pending ?? !applied);
  // Where no plan can be made, `plan` says why.
  if (open.some(({ pending }) => pending === null)) return command('plan');
  const apply = command('apply', '--next');
  if (open.length > 0) return until === undefined ? apply : `wait until ${until}, then: ${apply}`;
  return until === undefined
    ? 'nothing: every setting is as recommended'
    : `nothing: all is applied, and watched until ${until}`;
}
