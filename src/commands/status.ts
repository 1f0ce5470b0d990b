import { EXIT } from '../errors.js';
import { driftOf } from '../journal/drift.js';
import { releaseOf, unfinishedReleases } from '../journal/history.js';
import { STAGES, type StageName } from '../settings.js';
import type { Soak } from '../soak/verdict.js';
import type { Outcome } from '../view/output.js';
import { renderStatus } from '../view/status-text.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';
import { resolveTargets } from './resolve.js';
import { soakOfStage } from './selection.js';
import { type Session, withSessions } from './session.js';

export interface StatusOptions extends TargetOptions {
  readonly check?: boolean;
}

export interface StageStatus {
  readonly name: StageName;
  /** The release in force, or `null`. */
  readonly release: number | null;
  readonly applied: boolean;
  /** Whether the running processes have it. `null`: they were not asked. */
  readonly effective: boolean | null;
  /** Files that are not as they were applied. */
  readonly drifted: readonly string[];
  readonly soaking: Soak | null;
}

export interface TargetStatus {
  readonly name: string;
  readonly runtime: string;
  readonly root: string;
  readonly state: string;
  readonly stages: readonly StageStatus[];
  readonly unfinished: number | null;
  readonly pending: { readonly deadline: string; readonly releases: readonly number[] } | null;
  readonly lock: {
    readonly by: string;
    readonly since: string;
    readonly command: string;
    readonly holder: string;
  } | null;
  /** The command to give next. */
  readonly next: string;
}

/** What is in force on each target, what changed since, and what comes next. */
export async function statusCommand(options: StatusOptions, edges: Edges): Promise<Outcome> {
  const targets = await withSessions(await resolveTargets(options, edges), edges, async (sessions) =>
    sessions.map(statusOf),
  );
  const off = targets.some(({ stages, unfinished }) => unfinished !== null || stages.some(isOff));
  return {
    exit: options.check === true && off ? EXIT.pending : EXIT.done,
    document: { schema: 1, targets },
    text: (paint) => targets.map((target) => renderStatus(target, paint)).join('\n\n'),
  };
}

function isOff({ drifted, effective }: StageStatus): boolean {
  return drifted.length > 0 || effective === false;
}

export function statusOf(session: Session): TargetStatus {
  const { spec, runtime, facts, history } = session;
  const stages = STAGES.map((name) => stageStatus(name, session));
  const lock = facts.lock;
  return {
    name: spec.name,
    runtime: runtime.runtime,
    root: facts.root ?? spec.address.root,
    state: facts.state,
    stages,
    unfinished: unfinishedReleases(history)[0]?.id ?? null,
    pending: facts.pending,
    lock: lock && { by: lock.by, since: lock.since, command: lock.command, holder: lock.holder },
    next: nextStep(session, stages),
  };
}

function stageStatus(name: StageName, session: Session): StageStatus {
  const { history, facts } = session;
  const release = releaseOf(history, name);
  const own = new Set(release?.entry.files.map((file) => file.path));
  const drifted = driftOf(history, facts.files)
    .map(({ path }) => path)
    .filter((path) => own.has(path));
  const soaking = soakOfStage(session, name);
  return { name, release: release?.id ?? null, applied: release !== undefined, effective: null, drifted, soaking };
}

function nextStep({ facts, history }: Session, stages: readonly StageStatus[]): string {
  if (facts.lock !== null) return facts.lock.holder === 'gone' ? 'action-tune unlock' : 'wait: somebody is at work';
  if (unfinishedReleases(history).length > 0) return 'action-tune rollback';
  if (facts.pending !== null) return 'action-tune confirm';
  const drifted = stages.find((stage) => stage.drifted.length > 0);
  if (drifted !== undefined) return `look at ${drifted.drifted.join(', ')}: changed since it was applied`;
  const soaking = stages.find(({ soaking }) => soaking?.verdict === 'pending');
  const all = stages.every(({ applied }) => applied);
  if (all && soaking !== undefined) return `nothing: all stages are applied; watched until ${soaking.soaking?.until}`;
  if (soaking !== undefined) return `wait until ${soaking.soaking?.until}, then: action-tune apply --next`;
  return all ? 'nothing: all stages are applied' : 'action-tune apply --next';
}
