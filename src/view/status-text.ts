import type { Warning } from '../plan/plan.js';
import type { StageName } from '../settings.js';
import type { Soak } from '../soak/verdict.js';
import { type Overridden, sayOverridden } from '../verify/overridden.js';
import type { Paint } from './output.js';
import { renderNote } from './run-text.js';

export interface StageStatus {
  readonly name: StageName;
  /** The release in force, or `null`. */
  readonly release: number | null;
  readonly applied: boolean;
  /** A release of it that was begun and not ended, or `null`. */
  readonly unfinished: number | null;
  /** Whether the files differ from what is recommended. `null`: that could not be planned. */
  readonly pending: boolean | null;
  /** Whether the running processes have it. `null`: that can't be told. */
  readonly effective: boolean | null;
  /** What was found that is not as it should be, or why it can't be told. */
  readonly why: string | null;
  /** Files that are not as they were applied. */
  readonly drifted: readonly string[];
  /** What was applied and is not what the files say now, be it that another file overrides them. */
  readonly overridden: readonly Overridden[];
  readonly soaking: Soak | null;
}

export interface TargetStatus {
  readonly name: string;
  readonly runtime: string;
  readonly root: string;
  readonly state: string;
  readonly stages: readonly StageStatus[];
  readonly unfinished: number | null;
  /** What is to be known of it. */
  readonly unfinishedBecause: string | null;
  /** The newest release, where it is a way back whose services were not well; `services` makes them take the files once more. */
  readonly unwell: { readonly release: number; readonly services: string } | null;
  /** `overdue`: its time is over and nothing was put back; whatever was to do it is gone, as after a reboot. */
  readonly pending: {
    readonly deadline: string;
    readonly releases: readonly number[];
    readonly overdue: boolean;
  } | null;
  readonly lock: {
    readonly by: string;
    readonly since: string;
    readonly command: string;
    readonly holder: string;
  } | null;
  /** What holds now and would not after a restart. */
  readonly warnings: readonly Warning[];
  /** The command to give next. */
  readonly next: string;
}

/** A target's state as people read it. */
export function renderStatus(target: TargetStatus, paint: Paint): string {
  const { name, runtime, root, stages, unfinishedBecause, unwell, pending, lock, next } = target;
  const notes = [
    unfinishedBecause === null ? '' : paint.bad(unfinishedBecause),
    unwell === null
      ? ''
      : paint.bad(`release ${unwell.release} failed: its files are back, and its services were not well`),
    pending === null ? '' : paint.warn(pendingNote(pending)),
    lock === null ? '' : paint.warn(`locked by ${lock.by} since ${lock.since} (holder ${lock.holder})`),
  ];
  return [
    `${paint.strong(name)}  runtime ${runtime}, ${root}`,
    ...stages.map((stage) => renderStage(stage, paint)),
    ...notes.filter((note) => note !== '').map((note) => `  ${note}`),
    ...target.warnings.map((warning) => renderNote(warning, paint)),
    `  next: ${next}`,
  ].join('\n');
}

function pendingNote({ releases, deadline, overdue }: NonNullable<TargetStatus['pending']>): string {
  const which = `release ${releases.join(', ')}`;
  if (overdue) return `${which} was to be put back at ${deadline}, and was not: the switch is gone`;
  return `${which} is put back at ${deadline} unless confirmed`;
}

function renderStage(stage: StageStatus, paint: Paint): string {
  const { name, release, unfinished, pending, drifted, overridden, soaking } = stage;
  const padded = `  ${name.padEnd(16)}`;
  if (unfinished !== null) return `${padded} ${paint.bad(`begun and not ended (release ${unfinished})`)}`;
  if (release === null) return `${padded} ${paint.faint(pending === false ? 'nothing to change' : 'not applied')}`;
  const words = [paint.good(`applied (release ${release})`), effect(stage, paint)];
  if (drifted.length > 0) words.push(paint.bad(`drifted: ${drifted.join(', ')}`));
  // What stands in a drifted file is said by that.
  const elsewhere = overridden.filter(({ file }) => file === null || !drifted.includes(file));
  words.push(...elsewhere.map((each) => paint.bad(`overridden: ${each.setting} ${sayOverridden(each)}`)));
  if (soaking !== null) words.push(`soak ${soaking.verdict}, since ${soaking.since}, until ${soaking.until}`);
  return `${padded} ${words.join('; ')}`;
}

function effect({ effective, why }: StageStatus, paint: Paint): string {
  if (effective === null) return why === null ? 'processes not known' : `processes not known (${why})`;
  return effective ? 'effective' : paint.bad(`written, not effective${why === null ? '' : ` (processes: ${why})`}`);
}
