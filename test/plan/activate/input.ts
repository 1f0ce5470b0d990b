import { DEFAULT_ACTIVATING } from '../../../src/config/config.js';
import type { ActivationInput, Touched } from '../../../src/plan/activate/situation.js';
import type { ServiceRole, StageName } from '../../../src/settings.js';
import type { TargetFacts, TargetFile } from '../../../src/target/facts.js';
import type { ServiceFacts } from '../../../src/target/services.js';
import type { TargetSpec } from '../../../src/target/spec.js';
import { service } from '../../verify/service.js';

export const DATABASE = '/srv/action/backend/app/core/database.py';
export const COMPOSE = '/srv/action/docker/compose.yml';
export const BACKEND_UNIT = '/etc/systemd/system/action-backend.service';
export const CELERY_UNIT = '/etc/systemd/system/action-celery-worker.service';
export const SOCKET = '/etc/systemd/system/action-backend.socket';

export const code: Touched = { role: 'database', path: DATABASE, effect: 'changed' };
export const backendUnit: Touched = { role: 'backend-unit', path: BACKEND_UNIT, effect: 'changed' };
export const celeryUnit: Touched = { role: 'celery-unit', path: CELERY_UNIT, effect: 'changed' };
export const socketFile: Touched = { role: 'backend-socket', path: SOCKET, effect: 'created' };
export const composeFile: Touched = { role: 'compose', path: COMPOSE, effect: 'changed' };

type ServiceOver = NonNullable<Parameters<typeof service>[0]>;

export const backend = (over: ServiceOver = {}): ServiceFacts =>
  service({ ...over, program: over.program === null ? null : { versions: { uvicorn: '0.32.0' }, ...over.program } });

export const celery = (over: ServiceOver = {}): ServiceFacts =>
  service({
    role: 'celery',
    name: 'action-celery-worker.service',
    ref: ['systemd', 'action-celery-worker.service', '-'],
    ...over,
    program:
      over.program === null
        ? null
        : { program: 'celery', versions: { celery: '5.5.2' }, pool: 'prefork', ...over.program },
  });

const CONTAINER = { project: 'action', workingDir: '/srv/action/docker', configFiles: [COMPOSE] };

export const containers = (over: { web?: ServiceOver; tasks?: ServiceOver } = {}): readonly ServiceFacts[] => [
  backend({
    name: 'backend',
    ref: ['compose', 'backend', '/srv/action/docker'],
    unit: null,
    ...over.web,
    container: { ...CONTAINER, ...over.web?.container },
  }),
  celery({
    name: 'celery-worker',
    ref: ['compose', 'celery-worker', '/srv/action/docker'],
    unit: null,
    ...over.tasks,
    container: { ...CONTAINER, ...over.tasks?.container },
  }),
];

function file(path: string, content: string | null = ''): TargetFile {
  const about = {
    role: path,
    path,
    writable: true,
    readOnly: false,
    mode: '644',
    owner: '0:0',
    links: 1,
    bytes: 0,
    mounted: false,
  };
  return content === null
    ? { ...about, kind: 'missing', content: null }
    : { ...about, kind: 'file', content: Buffer.from(content) };
}

interface Over {
  readonly services?: readonly ServiceFacts[];
  readonly stages?: readonly StageName[];
  readonly touched?: readonly Touched[];
  readonly before?: ActivationInput['settings']['before'];
  readonly after?: ActivationInput['settings']['after'];
  readonly repair?: boolean;
  readonly activating?: Partial<TargetSpec['activating']>;
  readonly facts?: Partial<TargetFacts>;
  readonly spec?: Partial<TargetSpec>;
  /** Contents by role; `null`: not there. */
  readonly files?: Readonly<Record<string, string | null>>;
}

const PATHS: Readonly<Record<string, string>> = {
  database: DATABASE,
  redis: '/srv/action/backend/app/core/redis_client.py',
  compose: COMPOSE,
  'compose:1': COMPOSE,
  'backend-unit': BACKEND_UNIT,
  'celery-unit': CELERY_UNIT,
  'backend-socket': SOCKET,
};

/** A change of the database file under two running units, unless told otherwise. */
export function input(over: Over = {}): ActivationInput {
  const { services = [backend(), celery()], stages = ['db-pool'], touched = [code], before = {}, after = {} } = over;
  const texts = { database: '', redis: '', compose: '', 'backend-unit': '', 'celery-unit': '', ...over.files };
  const files = Object.entries({ 'backend-socket': null, ...texts }).map(([role, text]): [string, TargetFile] => [
    role,
    file(PATHS[role] ?? role, text),
  ]);
  return {
    spec: {
      name: 'here',
      services: { backend: null, celery: null },
      custom: null,
      activating: { ...DEFAULT_ACTIVATING, ...over.activating },
      ...over.spec,
    } as TargetSpec,
    facts: {
      cpus: 2,
      compose: { program: 'docker compose', version: '2.26' },
      services: new Map(services.map((one): [ServiceRole, ServiceFacts] => [one.role, one])),
      files: new Map(files),
      beside: [],
      composeInstead: [],
      siblings: [],
      ...over.facts,
    } as TargetFacts,
    stages,
    touched,
    settings: { before, after },
    repair: over.repair ?? false,
  };
}
