import { EXIT } from '../errors.js';
import { driftOf } from '../journal/drift.js';
import { releaseOf, unfinishedReleases } from '../journal/history.js';
import { unfinishedNote } from '../journal/unfinished.js';
import { SERVICE_ROLES, STAGES, type StageName } from '../settings.js';
import { isOverdue } from '../soak/verdict.js';
import type { ServiceCheck } from '../verify/checks.js';
import type { StageState, StageVerdict } from '../verify/stages.js';
import type { Outcome } from '../view/output.js';
import { renderStatus, type StageStatus, type TargetStatus } from '../view/status-text.js';
import type { Edges } from './edges.js';
import { nextStep } from './next-step.js';
import type { TargetOptions } from './options.js';
import { resolveTargets } from './resolve.js';
import { pendingStages, soakOfStage } from './selection.js';
import { type Session, withSessions } from './session.js';
import { typed } from './typed.js';
import { nothingFound, restartWarnings, stageVerdicts } from './verdicts.js';

export interface StatusOptions extends TargetOptions {
  readonly check?: boolean;
}

/** What is in force on each target, what changed since, and what comes next. */
export async function statusCommand(options: StatusOptions, edges: Edges): Promise<Outcome> {
  const targets = await withSessions(await resolveTargets(options, edges), edges, 'processes', async (sessions) => {
    return Promise.all(
      sessions.map(async (session) => {
        const [pending, verdicts, warnings] = await Promise.all([
          pendingStages(session, edges),
          stageVerdicts(session),
          restartWarnings(session),
        ]);
        const status = statusOf(session, pending, verdicts, options);
        return { ...status, warnings: [...status.warnings, ...warnings] };
      }),
    );
  });
  const off = targets.some((each) => each.unfinished !== null || each.unwell !== null || each.stages.some(isOff));
  return {
    exit: options.check === true && off ? EXIT.pending : EXIT.done,
    document: { schema: 1, targets },
    text: (paint) => targets.map((target) => renderStatus(target, paint)).join('\n\n'),
  };
}

function isOff({ drifted, overridden, effective }: StageStatus): boolean {
  return drifted.length > 0 || overridden.length > 0 || effective === false;
}

/**
 * `pending`: stages that still have something to change, or `null` where that is not known. `verdicts`: what the processes
 * say, of the stages that they were asked about.
 */
export function statusOf(
  session: Session,
  pending: ReadonlySet<StageName> | null,
  verdicts: readonly StageVerdict[],
  options: TargetOptions,
): TargetStatus {
  const { spec, runtime, facts, history } = session;
  const own = (options.target?.length ?? 0) > 1 ? { ...options, target: [spec.name] } : options;
  const nothing = nothingFound(session);
  const planned = nothing.length === 0 ? pending : null;
  const stages = STAGES.map((name) => stageStatus(name, session, planned, verdicts));
  const lock = facts.lock;
  const unwell = unwellRelease(session);
  const [cutOff] = unfinishedReleases(history);
  return {
    name: spec.name,
    runtime: runtime.runtime,
    root: facts.root ?? spec.address.root,
    state: facts.state,
    stages,
    unfinished: cutOff?.id ?? null,
    unfinishedBecause: cutOff === undefined ? null : unfinishedNote(cutOff, typed(['rollback'], own, ['--yes'])),
    unwell,
    pending: facts.pending && { ...facts.pending, overdue: isOverdue(facts) },
    lock: lock && { by: lock.by, since: lock.since, command: lock.command, holder: lock.holder },
    warnings: nothing,
    next: nextStep(session, stages, unwell?.services ?? null, (...command) => typed(command, own)),
  };
}

/** What came later decides alone. */
function unwellRelease({ history, facts }: Session): TargetStatus['unwell'] {
  const newest = history.releases.at(-1);
  if (newest?.state !== 'applied' || !newest.unwell) return null;
  return { release: newest.id, services: `sh ${facts.state}/releases/${newest.id}/services.sh` };
}

function stageStatus(
  name: StageName,
  session: Session,
  pending: ReadonlySet<StageName> | null,
  verdicts: readonly StageVerdict[],
): StageStatus {
  const { history, facts } = session;
  const release = releaseOf(history, name);
  const own = new Set(release?.entry.files.map((file) => file.path));
  const drifted = driftOf(history, facts.files)
    .map(({ path }) => path)
    .filter((path) => own.has(path));
  const verdict = verdicts.find((each) => each.name === name);
  return {
    name,
    release: release?.id ?? null,
    applied: release !== undefined,
    unfinished: unfinishedReleases(history).find(({ entry }) => entry.stages.includes(name))?.id ?? null,
    pending: pending?.has(name) ?? null,
    effective: release === undefined || verdict === undefined ? null : EFFECTIVE[verdict.state],
    why: whyOf(verdict?.checks ?? []),
    drifted,
    overridden: release === undefined ? [] : (verdict?.overridden ?? []),
    soaking: soakOfStage(session, name),
  };
}

/** Of the first of the two services that has it not; each other service is named. */
function whyOf(checks: readonly ServiceCheck[]): string | null {
  const off = checks.filter(({ ok }) => ok !== true);
  const two: readonly string[] = SERVICE_ROLES;
  const first = off.find(({ service }) => two.includes(service));
  const others = off.filter(
    ({ service }, at) => !two.includes(service) && at === off.findIndex((each) => each.service === service),
  );
  const named = others.map(({ service, name, found }) => `${service} ${name}: ${found}`);
  const told = [...(first === undefined ? [] : [first.found]), ...named];
  return told.length === 0 ? null : told.join('; ');
}

/** A stage that was applied and does not stand in the files any more is in force nowhere. */
const EFFECTIVE: Readonly<Record<StageState, boolean | null>> = {
  effective: true,
  'written-not-effective': false,
  'not-written': false,
  unknown: null,
};
