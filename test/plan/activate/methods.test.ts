import { describe, expect, it } from 'vitest';
import { activationOf } from '../../../src/plan/activate/choose.js';
import type { ActivationInput } from '../../../src/plan/activate/situation.js';
import type { Runtime } from '../../../src/settings.js';
import {
  backend,
  backendUnit,
  CELERY_UNIT,
  celery,
  celeryUnit,
  code,
  composeFile,
  containers,
  DATABASE,
  input,
  socketFile,
} from './input.js';

const how = (runtime: Runtime, given: ActivationInput) =>
  activationOf(runtime, given).plan.steps.map(({ service, how }) => `${how} ${service}`);

const workers = (from: number | null, to: number | null) => ({
  stages: ['uvicorn-workers' as const],
  touched: [backendUnit],
  before: { 'web.workers': from },
  after: { 'web.workers': to },
});
const children = (from: object, to: object) => ({
  stages: ['celery-workers' as const],
  touched: [celeryUnit],
  before: from,
  after: to,
});
const prefork = (concurrency: number) => ({ 'celery.pool': 'prefork', 'celery.concurrency': concurrency });

describe('behind systemd', () => {
  it.each<[string, ActivationInput, readonly string[]]>([
    [
      'changed code: workers one after the other, and tasks finished first',
      input(),
      ['reload action-backend.service', 'warm-restart action-celery-worker.service'],
    ],
    [
      'changed code under one process',
      input({ services: [backend({ program: { workers: 1, supervised: false } })] }),
      ['restart action-backend.service', 'warm-restart action-celery-worker.service'],
    ],
    [
      'changed code under a uvicorn that knows no signals',
      input({ services: [backend({ program: { versions: { uvicorn: '0.17.6' } } }), celery()] }),
      ['restart action-backend.service', 'warm-restart action-celery-worker.service'],
    ],
    [
      'changed code under something else than uvicorn',
      input({ services: [backend({ program: { program: 'gunicorn' } }), celery()] }),
      ['restart action-backend.service', 'warm-restart action-celery-worker.service'],
    ],
    [
      'services that nobody could look into',
      input({ services: [backend({ program: null, why: 'no permission' }), celery({ program: null })] }),
      ['restart action-backend.service', 'warm-restart action-celery-worker.service'],
    ],
    ['more workers', input(workers(2, 4)), ['scale action-backend.service']],
    [
      'fewer workers, but two',
      input({ ...workers(4, 2), services: [backend({ program: { workers: 4 } })] }),
      ['scale action-backend.service'],
    ],
    ['as many workers as run already', input(workers(1, 2)), ['none action-backend.service']],
    ['down to one worker', input(workers(2, null)), ['restart action-backend.service']],
    [
      'the first additional worker',
      input({ ...workers(1, 2), services: [backend({ program: { workers: 1, supervised: false } })] }),
      ['restart action-backend.service'],
    ],
    [
      'code and workers at once',
      input({ ...workers(2, 3), stages: ['db-pool', 'uvicorn-workers'], touched: [code, backendUnit] }),
      ['reload action-backend.service', 'scale action-backend.service', 'warm-restart action-celery-worker.service'],
    ],
    ['more children', input(children(prefork(2), prefork(4))), ['resize action-celery-worker.service']],
    [
      'as many children as run already',
      input(children({ 'celery.concurrency': 4 }, { 'celery.concurrency': 2 })),
      ['none action-celery-worker.service'],
    ],
    [
      'another pool',
      input({
        ...children({ 'celery.pool': 'solo' }, prefork(2)),
        services: [celery({ program: { pool: 'solo', workers: null } })],
      }),
      ['warm-restart action-celery-worker.service'],
    ],
    [
      'a pool that is no longer prefork',
      input(children(prefork(2), { 'celery.pool': 'threads', 'celery.concurrency': 8 })),
      ['warm-restart action-celery-worker.service'],
    ],
    [
      'a number of children that is left to celery',
      input(children(prefork(2), { 'celery.concurrency': null })),
      ['warm-restart action-celery-worker.service'],
    ],
    [
      'services that were stopped',
      input({
        services: [
          backend({ state: 'stopped', program: null, unit: { activeState: 'inactive' } }),
          celery({ state: 'stopped', program: null, unit: { activeState: 'failed' } }),
        ],
      }),
      ['none action-backend.service', 'warm-restart action-celery-worker.service'],
    ],
    [
      'what was cut off is started again',
      input({
        repair: true,
        services: [backend({ state: 'stopped', program: null, unit: { activeState: 'inactive' } }), celery()],
      }),
      ['restart action-backend.service', 'warm-restart action-celery-worker.service'],
    ],
    [
      'a unit that is made',
      input({
        stages: ['celery-workers'],
        touched: [{ ...celeryUnit, effect: 'created' }],
        services: [],
        files: { 'celery-unit': null },
      }),
      ['start action-celery-worker.service'],
    ],
    [
      'a unit that is taken away again',
      input({ stages: ['celery-workers'], touched: [{ role: 'celery-unit', path: CELERY_UNIT, effect: 'removed' }] }),
      ['stop action-celery-worker.service'],
    ],
    ['units that are not there', input({ services: [], files: { 'backend-unit': null, 'celery-unit': null } }), []],
    [
      'a port that is handed over',
      input({ touched: [code, backendUnit, socketFile] }),
      ['adopt action-backend.service', 'warm-restart action-celery-worker.service'],
    ],
    [
      'a port that is handed back',
      input({ touched: [code, backendUnit, { ...socketFile, effect: 'removed' }] }),
      ['give-back action-backend.service', 'warm-restart action-celery-worker.service'],
    ],
  ])('%s', (_what, given, expected) => {
    expect(how('systemd', given)).toEqual(expected);
  });

  it('expects no gap where a socket holds the port, or a signal is enough, and says what it expects elsewhere', () => {
    const single = { workers: 1, supervised: false, importMs: 1000 };
    const gap = (given: ActivationInput) => activationOf('systemd', given).plan.expectedGapMs;
    expect(gap(input({ services: [backend({ program: single, unit: { socket: 'action-backend.socket' } })] }))).toBe(0);
    expect(gap(input())).toBe(0);
    expect(gap(input({ services: [backend({ program: single })] }))).toBe(1000);
    expect(gap(input({ services: [backend({ program: { ...single, importMs: null } })] }))).toBeNull();
  });

  it('expects a start to take what the last one took, where that was far more than the imports', () => {
    const gap = (cameUpMs: number | null, importMs = 1000) =>
      activationOf(
        'systemd',
        input({ services: [backend({ cameUpMs, program: { workers: 1, supervised: false, importMs } })] }),
      ).plan.expectedGapMs;
    expect(gap(16_000)).toBe(16_200);
    expect(gap(2000)).toBe(gap(null));
    expect(gap(16_000, 12_000)).toBe(gap(null, 12_000));
  });

  it('expects several workers to take longer than one, and more than there are cores longer still', () => {
    const gap = (count: number) => {
      const services = [backend({ program: { workers: 1, supervised: false, importMs: 1000 } })];
      return activationOf('systemd', input({ ...workers(1, count), services })).plan.expectedGapMs ?? 0;
    };
    expect(gap(2)).toBeGreaterThan(1000);
    expect(gap(4)).toBeGreaterThan(gap(2) + 500);
  });

  it('gives a reason for each, and leaves alone what needs nothing', () => {
    const { services, steps } = activationOf('systemd', input(workers(1, 2))).plan;
    expect(services).toEqual([]);
    expect(steps).toEqual([
      {
        service: 'action-backend.service',
        how: 'none',
        expectedGapMs: 0,
        because: 'action-backend.service runs 2 workers already',
      },
    ]);
  });
});

describe('behind compose', () => {
  const given = (over: Parameters<typeof containers>[0], more: Parameters<typeof input>[0] = {}) =>
    input({ services: containers(over), ...more });
  const single = { program: { workers: 1, supervised: false } };

  it.each<[string, ActivationInput, readonly string[]]>([
    ['mounted code', given({}), ['reload backend', 'warm-restart celery-worker']],
    ['mounted code under one process', given({ web: single }), ['restart backend', 'warm-restart celery-worker']],
    ['baked code', given({ web: { container: { code: 'baked' } } }), ['rebuild backend', 'warm-restart celery-worker']],
    [
      'a file that is mounted alone',
      given({ web: { container: { mounts: [DATABASE] } } }),
      ['restart backend', 'warm-restart celery-worker'],
    ],
    [
      'several containers',
      given({ web: { container: { replicas: 2 } } }),
      ['restart backend', 'warm-restart celery-worker'],
    ],
    ['a new command', given({ web: single }, { ...workers(1, 2), touched: [composeFile] }), ['recreate backend']],
    ['more workers', given({}, { ...workers(2, 3), touched: [composeFile] }), ['scale backend']],
    [
      'more children',
      given({}, { ...children(prefork(2), prefork(3)), touched: [composeFile] }),
      ['resize celery-worker'],
    ],
    [
      'a file that both are in, changed for one of them',
      given(
        { web: single },
        { stages: ['db-pool', 'celery-workers'], touched: [code, composeFile], after: prefork(3) },
      ),
      ['restart backend', 'warm-restart celery-worker'],
    ],
    ['nothing known of the services', input({ services: [] }), ['restart backend', 'warm-restart celery-worker']],
  ])('%s', (_what, activation, expected) => {
    expect(how('compose', activation)).toEqual(expected);
  });

  it('says that a container keeps its command', () => {
    const [step] = activationOf('compose', given({}, { ...workers(2, 3), touched: [composeFile] })).plan.steps;
    expect(step?.because).toContain('the container keeps its command until its next `up -d`');
  });
});

describe('by own commands, or none', () => {
  const custom = { backend: { restart: 'a', check: 'b' }, celery: null };

  it('does as it is told', () => {
    const { plan, forward, checks, watch } = activationOf('custom', input({ spec: { custom } }));
    expect(plan).toMatchObject({ kind: 'custom', services: ['backend'], expectedGapMs: null });
    expect(plan.steps).toMatchObject([{ how: 'command' }]);
    expect(forward).toEqual([{ verb: 'at_do', args: ['restart backend', 'sh', '-c', 'a'] }]);
    expect(checks).toEqual([{ verb: 'at_until', args: ['30', 'check backend', 'sh', '-c', 'b'] }]);
    expect(watch).toEqual({ verb: 'at_time', args: [] });
  });

  it('does nothing at all', () => {
    const { plan, ...calls } = activationOf('none', input());
    expect(plan).toEqual({ kind: 'none', services: [], expectedGapMs: 0, steps: [] });
    expect(Object.values(calls).flat().filter(Boolean)).toEqual([]);
  });
});
