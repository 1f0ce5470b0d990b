import { type Runtime, type ServiceRole, STAGES } from '../settings.js';
import type { ServiceFacts } from '../target/services.js';
import type { BudgetCheck } from './budget.js';
import type { ServiceCheck } from './checks.js';
import { labelOf, type OwnerFacts } from './owners.js';
import { type Seen, type StageVerdict, stageVerdict } from './stages.js';

/** Whether the running processes have what the files say, and are well. */
export interface VerifyReport {
  readonly name: string;
  readonly runtime: Runtime;
  readonly root: string;
  /** `null`: nothing was found wrong, but not everything could be told. */
  readonly effective: boolean | null;
  readonly services: readonly ServiceReport[];
  readonly stages: readonly StageVerdict[];
  /** What all pools allow together; `null` where that can't be told. */
  readonly budget: BudgetCheck | null;
}

export interface ServiceReport {
  /** Whose work it does. */
  readonly role: ServiceRole;
  /** It is another service of the same code, of which only the pools are of interest. */
  readonly sibling: boolean;
  readonly name: string;
  readonly state: ServiceFacts['state'];
  readonly startedAt: string | null;
  readonly restarts: number | null;
  /** All that is no setting. */
  readonly checks: readonly ServiceCheck[];
}

interface Verified extends Omit<Seen, 'services'> {
  readonly name: string;
  readonly runtime: Runtime;
  readonly root: string;
  readonly services: readonly OwnerFacts[];
  /** The path that is asked for without anybody having named it: an application may have none. */
  readonly assumedPath: string | null;
  readonly budget: BudgetCheck | null;
}

export function verifyReport(verified: Verified): VerifyReport {
  const { name, runtime, root, budget } = verified;
  const services = verified.services.map((service) => serviceReport(service, verified));
  const there = verified.services.filter(({ state }) => state !== 'absent');
  const stages = STAGES.map((stage) => stageVerdict(stage, { ...verified, services: there }));
  return { name, runtime, root, effective: overall(services, stages, budget), services, stages, budget };
}

function overall(
  services: readonly ServiceReport[],
  stages: readonly StageVerdict[],
  budget: BudgetCheck | null,
): boolean | null {
  const verdicts = [
    budget?.ok ?? true,
    ...services.flatMap(({ checks }) => checks.map(({ ok }) => ok)),
    ...stages.flatMap(({ state }) => (state === 'not-written' ? [] : [VERDICT[state]])),
    ...stages.flatMap(({ overridden }) => overridden.map(() => false)),
  ];
  if (verdicts.includes(false)) return false;
  return services.length === 0 || verdicts.includes(null) ? null : true;
}

const VERDICT = { effective: true, 'written-not-effective': false, unknown: null } as const;

function serviceReport(service: OwnerFacts, { checks, assumedPath }: Verified): ServiceReport {
  const { role, name, state, unit, container, program } = service;
  const others = checks.filter(
    (check) => check.service === labelOf(service) && !/^(db|redis|web|celery)\.|^started after /.test(check.name),
  );
  return {
    role,
    sibling: service.sibling !== undefined,
    name,
    state,
    startedAt: program?.startedAt ?? null,
    restarts: unit?.restarts ?? container?.restarts ?? null,
    checks: [...ownChecks(service), ...others.map((check) => excused(check, assumedPath))],
  };
}

const LOGIN =
  'it answers, and wants a login: name a path without one as `health: /PATH` in action-tune.yaml, or `health: none`';

/** What a path that does not answer well may say of a service that is well. */
const EXCUSES: Readonly<Record<string, string>> = {
  401: LOGIN,
  403: LOGIN,
  404: 'it answers, and has no such path',
};

/** A path that nobody named is held against no application. */
function excused(check: ServiceCheck, assumedPath: string | null): ServiceCheck {
  const excuse = check.name.startsWith('/') && check.ok === false ? EXCUSES[check.found] : undefined;
  if (excuse === undefined) return check;
  const found = `${check.found}: ${excuse}`;
  return { ...check, ok: check.name === assumedPath ? null : false, found };
}

/** Also when it is read, a socket that is open stays as it is. */
const SOCKET = {
  name: 'socket is read',
  expected: 'systemd has read the socket unit as it is',
  found: 'changed since: systemctl daemon-reload, then restart the socket with its service',
};

/** What the runtime itself says. A service that the project does not have at all is no failure. */
function ownChecks(owner: OwnerFacts): readonly ServiceCheck[] {
  const { state, unit, program, why, container } = owner;
  const service = labelOf(owner);
  const restarts = unit?.restarts ?? container?.restarts ?? 0;
  const several = (container?.replicas ?? 1) > 1 ? `, in ${container?.replicas} containers` : '';
  const runs: ServiceCheck = {
    service,
    name: 'runs',
    ok: state === 'absent' ? null : state === 'running',
    expected: 'running',
    found: state === 'running' ? `running, restarted ${restarts} times by itself${several}` : state,
  };
  const asked: ServiceCheck = {
    service,
    name: 'can be asked',
    ok: null,
    expected: 'an answer',
    found: why ?? '',
  };
  const read: ServiceCheck = {
    service,
    name: 'unit is read',
    ok: false,
    expected: 'systemd has read the unit as it is',
    found: 'changed since: systemctl daemon-reload',
  };
  return [
    runs,
    ...(state === 'running' && program === null ? [asked] : []),
    ...(unit?.needReload === true ? [read] : []),
    ...(unit?.socketNeedsReload === true ? [{ ...read, ...SOCKET }] : []),
  ];
}
