import { keptNow } from '../plan/activate/kept.js';
import type { Warning } from '../plan/plan.js';
import { STAGES } from '../settings.js';
import type { TargetFacts } from '../target/facts.js';
import { type StageVerdict, stageVerdict } from '../verify/stages.js';
import { checksTold } from '../verify/told.js';
import { settingsOfFiles } from './planning.js';
import type { Session } from './session.js';

/** What a first look at the processes says of every stage; nothing where nobody knows which processes are meant. */
export async function stageVerdicts(session: Session): Promise<readonly StageVerdict[]> {
  const services = [...session.facts.services.values()].filter(({ state }) => state !== 'absent');
  if (services.length === 0) return [];
  const files = await settingsOfFiles(session);
  const checks = services.flatMap((service) => checksTold(service, files));
  return STAGES.map((stage) =>
    stageVerdict(stage, { files, services, checks, paths: { database: null, redis: null } }),
  );
}

/** What holds of the services now, and would not after a restart. */
export async function restartWarnings(session: Session): Promise<readonly Warning[]> {
  if ([...session.facts.services.values()].every(({ container }) => container === null)) return [];
  return keptNow(session.facts, await settingsOfFiles(session));
}

/** The two files with the pools, where they are. */
export function poolFiles({ files }: TargetFacts): Readonly<Record<'database' | 'redis', string | null>> {
  const path = (role: 'database' | 'redis') => {
    const file = files.get(role);
    return file?.kind === 'file' ? file.path : null;
  };
  return { database: path('database'), redis: path('redis') };
}
