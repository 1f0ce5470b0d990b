import type { Role, Runtime, ServiceRole, StageName } from '../settings.js';

/** The services a stage's files are read by. */
const SERVICES: Readonly<Record<StageName, readonly ServiceRole[]>> = {
  'db-pool': ['backend', 'celery'],
  'redis-pool': ['backend', 'celery'],
  'uvicorn-workers': ['backend'],
  'celery-workers': ['celery'],
};

const UNITS: Readonly<Record<ServiceRole, Role>> = { backend: 'backend-unit', celery: 'celery-unit' };

export function servicesOf(stage: StageName): readonly ServiceRole[] {
  return SERVICES[stage];
}

export function unitOf(service: ServiceRole): Role {
  return UNITS[service];
}

/**
 * The files that hold a stage's settings. The start commands are in the units where systemd runs the stack, and in the
 * compose file otherwise; where the tool runs nothing itself, the user may name either.
 */
export function rolesOf(stage: StageName, runtime: Runtime, named: ReadonlySet<Role>): readonly Role[] {
  if (stage === 'db-pool') return ['database'];
  if (stage === 'redis-pool') return ['redis'];
  const unit = UNITS[stage === 'uvicorn-workers' ? 'backend' : 'celery'];
  if (runtime === 'systemd') return [unit];
  if (runtime === 'compose' || !named.has(unit)) return ['compose'];
  return named.has('compose') ? ['compose', unit] : [unit];
}
