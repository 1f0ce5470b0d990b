import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { composeEditor } from '../../src/edit/compose/compose.js';
import { databaseEditor } from '../../src/edit/python/database.js';
import { loadPython, type PythonParser } from '../../src/edit/python/grammar.js';
import { redisEditor } from '../../src/edit/python/redis.js';
import { applyByteEdits } from '../../src/edit/splice.js';
import { renderSocket, renderUnit } from '../../src/edit/systemd/template.js';
import { unitEditor } from '../../src/edit/systemd/unit.js';
import { buildPlan } from '../../src/plan/build.js';
import type { PlanInput } from '../../src/plan/input.js';
import type { FilePlan } from '../../src/plan/plan.js';
import { runtimeProblem } from '../../src/plan/runtime.js';
import type { Editors } from '../../src/plan/stage.js';
import { STAGES } from '../../src/settings.js';
import { recommend } from '../../src/size/recommend.js';
import { socketPath } from '../../src/target/spec.js';
import { limitOf, shipped } from '../size/profiles.js';
import { BACKEND_UNIT, backend, celery, input, SOCKET } from './activate/input.js';

const template = (name: string) => readFileSync(new URL(`../../templates/systemd/${name}`, import.meta.url), 'utf8');
const UNIT = `[Unit]
Description=x

[Service]
ExecStart=/venv/bin/uvicorn app.main:app --host 0.0.0.0 --port 8001
`;
const CELERY = '[Service]\nExecStart=/venv/bin/celery -A app worker --pool=prefork --concurrency=2\n';
const PYTHON = 'from sqlalchemy import create_engine\nengine = create_engine(url)\n';
const REDIS = 'import redis\nclient = redis.Redis(host="x")\n';
const profile = shipped('department-20-50');

let python: PythonParser;
let editors: Editors;

beforeAll(async () => {
  python = await loadPython();
  editors = {
    database: databaseEditor(python),
    redis: redisEditor(python),
    compose: composeEditor(),
    'backend-unit': unitEditor('backend'),
    'celery-unit': unitEditor('celery'),
  };
});

function plan(over: Parameters<typeof input>[0] = {}, more: Partial<PlanInput> = {}) {
  const { spec, facts } = input({
    services: [backend({ program: { workers: 1, supervised: false } }), celery()],
    activating: { handoff: 'socket' },
    spec: { address: { kind: 'local', root: '/srv/action' }, files: {}, settings: {} } as never,
    facts: {
      root: '/srv/action',
      memoryBytes: 4e9,
      surroundings: { limits: new Map(), sources: [], proxies: [], broker: null },
    },
    ...over,
    files: { database: PYTHON, redis: REDIS, 'backend-unit': UNIT, 'celery-unit': CELERY, ...over.files },
  });
  return buildPlan({
    spec,
    facts,
    runtime: { runtime: 'systemd', because: 'asked for' },
    profile,
    database: limitOf(500),
    sizing: recommend({ profile, facts: { database: limitOf(500) }, overrides: {} }),
    stages: STAGES,
    editors,
    python,
    create: (_, want) =>
      renderUnit(template('action-backend.service'), {
        root: '/srv/action',
        user: 'root',
        workers: String(want['web.workers']),
      }),
    renderSocket: (listen) => renderSocket(template('action-backend.socket'), listen),
    ...more,
  });
}

const changed = (before: string, file: FilePlan | undefined) =>
  applyByteEdits(Buffer.from(before), file?.edits ?? []).toString();
const roles = (built: ReturnType<typeof plan>) => built.plan.stages.map(({ files }) => files.map(({ role }) => role));

describe('handoff: socket', () => {
  it('is adopted once, by the first stage that changes something under the backend', () => {
    const built = plan();
    expect(roles(built)).toEqual([['database', 'backend-unit', 'backend-socket'], ['redis'], ['backend-unit'], []]);
    expect(built.plan.stages.map(({ activation }) => activation.steps[0]?.how)).toEqual([
      'adopt',
      'restart',
      'restart',
      undefined,
    ]);
    expect(built.plan.stages.slice(1).map(({ activation }) => activation.expectedGapMs)).toEqual([0, 0, 0]);
  });

  it('changes the unit by the bytes that say so, and stages stand on what the ones before leave', () => {
    const [first, , third] = plan().plan.stages;
    const [, unit, socket] = first?.files ?? [];
    const adopted = changed(UNIT, unit);
    expect(adopted).toBe(
      UNIT.replace('[Unit]\n', '[Unit]\nRequires=action-backend.socket\nAfter=action-backend.socket\n').replace(
        '--host 0.0.0.0 --port 8001',
        '--fd 3',
      ),
    );
    expect(socket).toMatchObject({ path: SOCKET, created: true, sha256Before: null });
    expect(changed('', socket)).toContain('\nListenStream=0.0.0.0:8001\n');
    expect(changed(adopted, third?.files[0])).toBe(adopted.replace('--fd 3', '--fd 3 --workers 2'));
  });

  it('is adopted with the workers, where nothing before changes anything', () => {
    const tuned =
      'engine = create_engine(url, pool_size=20, max_overflow=30, pool_timeout=30, pool_pre_ping=True, pool_recycle=3600)';
    const files = {
      database: PYTHON.replace('engine = create_engine(url)', tuned),
      redis: REDIS.replace('"x"', '"x", max_connections=50'),
    };
    const built = plan({ files });
    expect(roles(built)).toEqual([[], [], ['backend-unit', 'backend-socket'], []]);
    expect(changed(UNIT, built.plan.stages[2]?.files[0])).toContain('uvicorn app.main:app --fd 3 --workers 2\n');
  });

  it('is adopted with a unit that is made, by the stage that makes it', () => {
    const built = plan({ services: [], files: { 'backend-unit': null } });
    expect(roles(built)).toEqual([['database'], ['redis'], ['backend-unit', 'backend-socket'], []]);
    const [unit, socket] = built.plan.stages[2]?.files ?? [];
    expect(changed('', unit)).toMatch(/--fd 3 --workers 2\n/);
    expect(changed('', socket)).toContain('ListenStream=0.0.0.0:8001');
  });

  it('is nothing to do where the service takes its port from a socket already, or a descriptor from somebody', () => {
    const held = backend({ unit: { socket: 'action-backend.socket' } });
    expect(roles(plan({ services: [held, celery()] }))[0]).toEqual(['database']);
    expect(roles(plan({ files: { 'backend-unit': UNIT.replace('--port 8001', '--fd 3') } }))[0]).toEqual(['database']);
    expect(roles(plan({ activating: {} }))[0]).toEqual(['database']);
  });

  it('is refused where the port can not be told, or another socket unit lies there', () => {
    const unknown = plan({ files: { 'backend-unit': UNIT.replace('8001', '$PORT') } });
    expect(unknown.problems.get('db-pool')).toMatchObject([{ code: 'unsafe', place: { file: BACKEND_UNIT, line: 5 } }]);
    const taken = plan({ files: { 'backend-socket': '[Socket]\n' } });
    expect(taken.problems.get('db-pool')).toMatchObject([{ code: 'unsafe', place: { file: SOCKET } }]);
  });

  it('needs systemd', () => {
    const { spec, facts } = input({ activating: { handoff: 'socket' }, facts: { systemd: true } });
    expect(runtimeProblem('compose', spec, facts)).toMatchObject({ code: 'config', found: 'runtime compose' });
    expect(runtimeProblem('systemd', spec, facts)).toBeNull();
  });
});

describe('the socket unit of a service', () => {
  it.each([
    ['/etc/systemd/system/action-backend.service', '/etc/systemd/system/action-backend.socket'],
    ['/etc/systemd/system/web.service.d/override.conf', '/etc/systemd/system/web.socket'],
    ['/lib/systemd/system/web.service', '/etc/systemd/system/web.socket'],
    ['/usr/lib/systemd/system/web.service.d/10.conf', '/etc/systemd/system/web.socket'],
    ['/srv/units/web.service', '/srv/units/web.socket'],
  ])('for %s lies in %s', (unit, socket) => {
    expect(socketPath(unit)).toBe(socket);
  });
});
