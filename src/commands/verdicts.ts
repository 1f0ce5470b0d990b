import { appliedReleases } from '../journal/history.js';
import { appliedSettings } from '../journal/in-force.js';
import { keptNow } from '../plan/activate/kept.js';
import type { Warning } from '../plan/plan.js';
import { type Found, STAGES } from '../settings.js';
import type { TargetFacts } from '../target/facts.js';
import { holdsNothing } from '../target/files.js';
import { expectedSettings, type Overridden, overriddenSettings } from '../verify/overridden.js';
import { ownersIn } from '../verify/owners.js';
import { type StageVerdict, stageVerdict } from '../verify/stages.js';
import { checksTold } from '../verify/told.js';
import { settingsOfFiles } from './planning.js';
import type { Session } from './session.js';

/** What a first look at the processes says of every stage; nothing where nobody knows which processes are meant. */
export async function stageVerdicts(session: Session): Promise<readonly StageVerdict[]> {
  const services = ownersIn(session.facts).filter(({ state }) => state !== 'absent');
  if (services.length === 0) return [];
  const { expected, overridden } = await expectationsIn(session);
  const checks = services.flatMap((service) => checksTold(service, expected));
  return STAGES.map((stage) =>
    stageVerdict(stage, { files: expected, overridden, services, checks, paths: { database: null, redis: null } }),
  );
}

/** What the processes of a target should have, by its files and by what was applied. */
export async function expectationsIn(
  session: Session,
): Promise<{ readonly expected: Found; readonly overridden: readonly Overridden[] }> {
  const { settings, places } = await settingsOfFiles(session);
  const released = appliedSettings(session.history);
  return {
    expected: expectedSettings(released, settings),
    overridden: overriddenSettings(released, settings, places),
  };
}

/** Where no release is in force and none of the project's files is there, the folder is hardly the one that is meant. */
export function nothingFound({ facts, history, spec }: Session): readonly Warning[] {
  if (!holdsNothing(facts) || appliedReleases(history).length > 0) return [];
  return [
    {
      code: 'nothing-found',
      message: `none of the project's files was found in ${facts.root ?? spec.address.root}`,
      fix: "Run it in the project's folder, or name that with --target; where the files have other places, name these with --file ROLE=PATH.",
    },
  ];
}

/** What holds of the services now, and would not after a restart. */
export async function restartWarnings(session: Session): Promise<readonly Warning[]> {
  if ([...session.facts.services.values()].every(({ container }) => container === null)) return [];
  return keptNow(session.facts, (await settingsOfFiles(session)).settings);
}

/** The two files with the pools, where they are. */
export function poolFiles({ files }: TargetFacts): Readonly<Record<'database' | 'redis', string | null>> {
  const path = (role: 'database' | 'redis') => {
    const file = files.get(role);
    return file?.kind === 'file' ? file.path : null;
  };
  return { database: path('database'), redis: path('redis') };
}
