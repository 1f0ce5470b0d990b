import { describe, expect, it } from 'vitest';
import type { ServiceFacts } from '../../src/target/services.js';
import { parseChecks, type ServiceCheck } from '../../src/verify/checks.js';
import { type Seen, stageVerdict } from '../../src/verify/stages.js';
import { checksTold } from '../../src/verify/told.js';
import { service } from './service.js';

const check = (service: 'backend' | 'celery', name: string, ok: boolean | null): ServiceCheck => ({
  service,
  name,
  ok,
  expected: 'x',
  found: 'y',
});
const both = (name: string, ...oks: readonly (boolean | null)[]) => [
  check('backend', name, oks[0] ?? null),
  check('celery', name, oks.at(-1) ?? null),
];
const seen: Seen = {
  files: { 'db.pool_size': 20, 'db.max_overflow': 30, 'db.pool_timeout': null, 'web.workers': 2 },
  services: [{ role: 'backend' }, { role: 'celery' }],
  checks: [...both('db.pool_size', true), ...both('db.max_overflow', true), check('backend', 'web.workers', true)],
  overridden: [],
  paths: { database: '/app/database.py', redis: '/app/redis.py' },
};
const stateOf = (stage: Parameters<typeof stageVerdict>[0], more: Partial<Seen> = {}) =>
  stageVerdict(stage, { ...seen, ...more }).state;

describe('a stage', () => {
  it('is effective where all its processes have what its file says', () => {
    expect(stateOf('db-pool')).toBe('effective');
    expect(stateOf('uvicorn-workers')).toBe('effective');
    expect(stageVerdict('uvicorn-workers', seen).checks).toHaveLength(1);
  });

  it('is written and not effective where one service has it otherwise', () => {
    const checks = [...both('db.pool_size', true, false), ...both('db.max_overflow', true)];
    expect(stateOf('db-pool', { checks })).toBe('written-not-effective');
  });

  it('is not effective either where a process is older than its file', () => {
    const old = check('celery', 'started after /app/database.py', false);
    expect(stateOf('db-pool', { checks: [...seen.checks, old] })).toBe('written-not-effective');
    expect(stateOf('uvicorn-workers', { checks: [...seen.checks, old] })).toBe('effective');
  });

  it('is not written where its file says nothing, and not known where that can not be resolved', () => {
    expect(stateOf('redis-pool')).toBe('not-written');
    expect(stateOf('redis-pool', { files: { 'redis.max_connections': { unresolved: 'a variable' } } })).toBe('unknown');
  });

  it('is not known either where one of several values can not be resolved, and says why', () => {
    const files = { ...seen.files, 'db.pool_timeout': { unresolved: 'a variable' } };
    const { state, checks } = stageVerdict('db-pool', { ...seen, files });
    expect(state).toBe('unknown');
    expect(checks.filter(({ ok }) => ok === null)).toEqual(
      (['backend', 'celery'] as const).map((service) => ({
        ...{ service, name: 'db.pool_timeout', ok: null },
        ...{ expected: 'what the files say', found: 'a variable' },
      })),
    );
  });

  it('is not known where somebody could not be asked', () => {
    const checks = [...both('db.pool_size', true, null), ...both('db.max_overflow', true)];
    expect(stateOf('db-pool', { checks })).toBe('unknown');
    expect(stateOf('db-pool', { checks: seen.checks.filter(({ service }) => service === 'backend') })).toBe('unknown');
    expect(stateOf('db-pool', { services: [], checks: [] })).toBe('unknown');
  });

  it('needs no service that the project does not have', () => {
    const checks = seen.checks.filter((each) => each.service === 'backend');
    expect(stateOf('db-pool', { checks, services: [{ role: 'backend' }] })).toBe('effective');
  });
});

describe('the rows of the judge', () => {
  it('are read, whatever else was printed between them', () => {
    const answer = [
      'check\t\tbackend web.workers\tfalse\t2\t1',
      '/usr/lib/python3/x.py:1: DeprecationWarning: check\tit',
      'check\t\tcelery celery.pool\tunknown\tprefork\tno children',
      'check\t\tsomebody else\ttrue\t1\t1',
      'check\t\tbackend /health\tmaybe\t1\t1',
      '',
    ].join('\n');
    expect(parseChecks(answer)).toEqual([
      { service: 'backend', name: 'web.workers', ok: false, expected: '2', found: '1' },
      { service: 'celery', name: 'celery.pool', ok: null, expected: 'prefork', found: 'no children' },
    ]);
  });
});

describe('a first look', () => {
  const told = (over: Partial<NonNullable<ServiceFacts['program']>>) =>
    checksTold(service({ program: { settings: { 'db.pool_size': 5, 'web.workers': 2 }, ...over } }), {
      'db.pool_size': 20,
      'db.max_overflow': null,
      'web.workers': 2,
      'celery.pool': 'prefork',
    });

  it('compares what the files say with what the processes have', () => {
    expect(told({}).map(({ name, ok, found }) => [name, ok, found])).toEqual([
      ['db.pool_size', false, '5'],
      ['web.workers', true, '2'],
    ]);
  });

  it('takes nothing for effective that the processes are too old for', () => {
    const settings = { 'db.pool_size': 20, 'web.workers': 2 };
    expect(told({ settings, olderThan: ['redis'] })[0]).toMatchObject({ ok: true });
    expect(told({ settings, olderThan: ['database'] })[0]).toMatchObject({ ok: false });
  });

  it('takes nothing for effective where nothing runs', () => {
    const paused = service({ state: 'paused', program: null });
    expect(checksTold(paused, { 'web.workers': 2 })).toMatchObject([{ ok: false, found: 'it is paused' }]);
    const stopped = service({ state: 'stopped', program: null });
    expect(checksTold(stopped, { 'web.workers': 2 })).toMatchObject([{ ok: false, found: 'it does not run' }]);
  });

  it('holds each container against the files, and names the one that has it least', () => {
    const { program } = service({ program: { settings: { 'web.workers': 2 } } });
    const [well, silent] = [
      { id: 'a', program, why: null },
      { id: 'b', program: null, why: 'no permission' },
    ];
    const older = { id: 'c', program: service({ program: { settings: { 'web.workers': 1 } } }).program, why: null };
    const found = (...others: readonly (typeof well | typeof silent)[]) =>
      checksTold(service({ program: { settings: { 'web.workers': 2 } }, container: { others } }), { 'web.workers': 2 });
    expect(found(well)).toMatchObject([{ ok: true, found: '2' }]);
    expect(found(silent, well)).toMatchObject([{ ok: null, found: 'no permission in container b' }]);
    expect(found(silent, older, well)).toMatchObject([{ ok: false, found: '1 in container c' }]);
  });

  it('does not know what could not be asked', () => {
    const silent = service({ program: null, why: 'no permission' });
    expect(checksTold(silent, { 'web.workers': 2 })).toMatchObject([{ ok: null, found: 'no permission' }]);
    expect(told({ settings: { 'db.pool_size': { unresolved: 'why' } } })).toMatchObject([
      { name: 'db.pool_size', ok: null, found: 'why' },
      { name: 'web.workers', ok: null },
    ]);
  });
});
