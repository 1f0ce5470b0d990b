import type { ContainerFacts, ProgramFacts, ServiceFacts, UnitFacts } from '../../src/target/services.js';

interface Over extends Partial<Omit<ServiceFacts, 'program' | 'unit' | 'container'>> {
  readonly program?: Partial<ProgramFacts> | null;
  readonly unit?: Partial<UnitFacts> | null;
  readonly container?: Partial<ContainerFacts> | null;
}

const PROGRAM: ProgramFacts = {
  program: 'uvicorn',
  versions: {},
  workers: 2,
  supervised: true,
  pool: null,
  shell: false,
  connected: null,
  beforeMs: null,
  importMs: 500,
  startedAt: '2026-11-24T22:24:15Z',
  settings: {},
  olderThan: [],
  database: null,
  redisConnections: null,
  redisServer: null,
  brokerServer: null,
};

const UNIT: UnitFacts = {
  fragment: null,
  dropIns: [],
  execFile: null,
  activeState: 'active',
  mainPid: 1,
  restarts: 0,
  needReload: false,
  killMode: 'control-group',
  restart: 'always',
  stopTimeoutMs: 90_000,
  cpus: null,
  memoryBytes: null,
  socket: null,
  socketNeedsReload: false,
  socketListens: [],
};

const CONTAINER: ContainerFacts = {
  id: 'c',
  project: 'p',
  workingDir: '/d',
  configFiles: [],
  code: 'mounted',
  restartPolicy: 'no',
  stopTimeoutMs: null,
  restarts: 0,
  mounts: ['/srv/action/backend'],
  replicas: 1,
  startsWith: null,
  others: [],
};

/** A running backend behind systemd, unless told otherwise. */
export function service({ program = {}, unit = {}, container = null, ...over }: Over = {}): ServiceFacts {
  return {
    role: 'backend',
    name: 'action-backend.service',
    ref: ['systemd', 'action-backend.service', '-'],
    state: 'running',
    why: null,
    cameUpMs: null,
    ...over,
    program: program === null ? null : { ...PROGRAM, ...program },
    unit: unit === null ? null : { ...UNIT, ...unit },
    container: container === null ? null : { ...CONTAINER, ...container },
  };
}
