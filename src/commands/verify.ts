import { EXIT, ProblemError } from '../errors.js';
import { recordedLimit } from '../journal/limit.js';
import { type Found, type SettingKey, STAGES } from '../settings.js';
import { databaseFacts } from '../size/limit.js';
import type { ServiceFacts } from '../target/services.js';
import { databaseOf } from '../target/told.js';
import { type BudgetCheck, budgetCheck } from '../verify/budget.js';
import { parseChecks, type ServiceCheck } from '../verify/checks.js';
import { expectationsOf } from '../verify/expectations.js';
import { labelOf, ownersIn, owns } from '../verify/owners.js';
import { type VerifyReport, verifyReport } from '../verify/report.js';
import { checksTold } from '../verify/told.js';
import type { Outcome } from '../view/output.js';
import { renderVerify, type WarnedReport } from '../view/verify-text.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';
import { planTarget } from './planning.js';
import { resolveTargets } from './resolve.js';
import { profileOf, type Session, withSessions } from './session.js';
import { expectationsIn, poolFiles, restartWarnings } from './verdicts.js';

export interface VerifyOptions extends TargetOptions {
  readonly check?: boolean;
}

/** Whether the running processes have what their files say: the guide's last step, as a checklist. */
export async function verifyCommand(options: VerifyOptions, edges: Edges): Promise<Outcome> {
  const specs = await resolveTargets(options, edges);
  const targets = await withSessions(specs, edges, 'processes', async (sessions) => {
    const reports: WarnedReport[] = [];
    for (const session of sessions) {
      edges.output.progress(`asking the processes of ${session.spec.name}`);
      reports.push({ ...(await verifyTarget(session, edges)), warnings: await restartWarnings(session) });
    }
    return reports;
  });
  const off = targets.some(({ effective }) => effective === false);
  return {
    exit: options.check === true && off ? EXIT.pending : EXIT.done,
    document: { schema: 1, targets },
    text: (paint) => targets.map((target) => renderVerify(target, paint)).join('\n\n'),
  };
}

async function verifyTarget(session: Session, edges: Edges): Promise<VerifyReport> {
  const { spec, facts, runtime } = session;
  const { expected, overridden } = await expectationsIn(session);
  const services = ownersIn(facts);
  const { health } = spec.activating;
  return verifyReport({
    name: spec.name,
    runtime: runtime.runtime,
    root: facts.root ?? spec.address.root,
    files: expected,
    overridden,
    services,
    checks: [
      ...(await askServices(session, expected, await limitOf(session, edges))),
      ...services.filter(isSilent).flatMap((service) => checksTold({ ...service, why: SILENT }, expected)),
    ],
    paths: poolFiles(facts),
    budget: await budgetNow(session, edges),
    assumedPath: health?.assumed === true ? health.path : null,
  });
}

/** Nothing is planned here: the gate is open, so that what does not fit is told and not refused. */
async function budgetNow(session: Session, edges: Edges): Promise<BudgetCheck | null> {
  try {
    const open = [{ gate: 'budget' as const, reason: 'verify' }];
    const { budget, facts } = (await planTarget(session, STAGES, open, edges, [])).plan;
    const now = budget.instants.find(({ moment }) => moment === 'now');
    const { source, measuredAt } = facts.database;
    return now === undefined ? null : budgetCheck({ ...budget.database, ...now, source, measuredAt });
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

/** The reason is told once, of the service. */
const SILENT = 'its processes could not be asked';

/** There, and not to be asked. */
function isSilent({ state, program }: ServiceFacts): boolean {
  return state !== 'absent' && program === null;
}

/** What the database takes at the most, less what it keeps for itself; `null` where nobody knows. */
async function limitOf({ spec, facts, history }: Session, edges: Edges): Promise<number | null> {
  const profile = await profileOf(spec, edges);
  const known = databaseFacts(
    spec.maxConnections,
    databaseOf(facts),
    profile.database.maxConnections,
    recordedLimit(history),
  );
  const asked = databaseOf(facts);
  // The server counts what a pooler has opened, and the connections of every role.
  if (asked !== null && known.boundBy !== 'server') return asked.maxConnections - asked.reserved;
  const reserved = known.reserved ?? profile.database.reserved;
  return known.maxConnections === null ? null : known.maxConnections - reserved;
}

/** Everybody who can be asked is, at once; the database by one whom it has answered before. */
async function askServices(
  { spec, facts, remote }: Session,
  settings: Found,
  limit: number | null,
): Promise<readonly ServiceCheck[]> {
  const asked = ownersIn(facts).filter(({ program }) => program !== null);
  if (asked.length === 0) return [];
  const files = poolFiles(facts);
  const newer = Object.values(files).filter((path) => path !== null);
  const knowing = asked.find(({ program }) => program?.database != null) ?? asked[0];
  const words = asked.flatMap((service) => {
    const { role, sibling, ref } = service;
    const health = role === 'backend' && sibling === undefined ? (spec.activating.health?.path ?? null) : null;
    const maxConnections = service === knowing ? limit : null;
    const listens = service.unit?.socketListens ?? [];
    const own = Object.fromEntries(Object.entries(settings).filter(([key]) => owns(service, key as SettingKey)));
    const about = { service: role, label: labelOf(service), settings: own };
    return [...ref, expectationsOf({ ...about, files, newer, health, listens, maxConnections })];
  });
  const { stdout } = await remote.run([{ verb: 'at_check_services', args: ['0', ...words] }]);
  return parseChecks(stdout.toString('utf8'));
}
