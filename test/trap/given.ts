import { loadPython } from '../../src/edit/python/grammar.js';
import type { ServiceRole } from '../../src/settings.js';
import type { ProgramFacts, ServiceFacts } from '../../src/target/services.js';
import { composeStarts } from '../../src/trap/starts.js';
import type { SourceText, Start, TrapInput } from '../../src/trap/trap.js';
import { trapsIn } from '../../src/trap/traps.js';

const PYTHON = await loadPython();

/** One of the application's own files, in the project's folder. */
export function python(path: string, ...lines: readonly string[]): SourceText {
  return source(`/p/${path}`, ...lines);
}

export function source(path: string, ...lines: readonly string[]): SourceText {
  return { path, text: `${lines.join('\n')}\n` };
}

/** A service with this command, as a compose file has it. */
export function start(command: string, parts: Partial<Start> = {}): Start {
  const file = source('compose.yml', `services: {backend: {command: ${JSON.stringify(command)}}}`);
  const [read] = composeStarts(file, { backend: 'backend', celery: 'celery' });
  const programs = (read?.programs ?? []).map((program) => ({ ...program, line: 3 }));
  return {
    service: 'backend',
    path: 'compose.yml',
    line: 3,
    command,
    programs,
    environment: [],
    replicas: 1,
    ...parts,
  };
}

export function service(role: ServiceRole, parts: Partial<ServiceFacts>, program: Partial<ProgramFacts> = {}) {
  const known: ProgramFacts = {
    program: role === 'backend' ? 'uvicorn' : 'celery',
    versions: { uvicorn: '0.40.0' },
    workers: 2,
    supervised: true,
    pool: null,
    shell: false,
    connected: null,
    beforeMs: null,
    importMs: null,
    startedAt: '2026-01-01T00:00:00Z',
    settings: {},
    olderThan: [],
    database: null,
    redisConnections: null,
    redisServer: null,
    brokerServer: null,
    ...program,
  };
  const facts: ServiceFacts = {
    role,
    name: role,
    ref: ['systemd', role, '-'],
    state: 'running',
    unit: null,
    container: null,
    program: known,
    cameUpMs: null,
    why: null,
    ...parts,
  };
  return new Map([[role, facts]]);
}

/** A well-kept service: no trap. */
const WELL: TrapInput = {
  database: null,
  sources: [],
  starts: [],
  units: [],
  proxies: [],
  services: new Map(),
  brokers: [],
  wanted: { 'web.workers': 2, 'celery.pool': 'prefork', 'celery.concurrency': 2, 'db.pool_recycle': 3600 },
  instances: 1,
  idle: null,
  server: null,
};

/** `code file:line` of everything found. */
export function found(parts: Partial<TrapInput>): readonly string[] {
  return details(parts).map(({ code, file, line }) => `${code} ${file?.replace('/p/', '') ?? '-'}:${line ?? '-'}`);
}

export function details(parts: Partial<TrapInput>) {
  return trapsIn({ ...WELL, ...parts }, PYTHON);
}

export const WANTED = WELL.wanted;
