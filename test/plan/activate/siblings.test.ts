import { describe, expect, it } from 'vitest';
import { bakedProblems } from '../../../src/plan/activate/baked.js';
import { activationOf } from '../../../src/plan/activate/choose.js';
import { overlapOf } from '../../../src/plan/activate/overlap.js';
import { sameCodeWarnings } from '../../../src/plan/activate/samecode.js';
import { activationWarnings } from '../../../src/plan/activate/warnings.js';
import type { Runtime, StageName } from '../../../src/settings.js';
import type { ServiceFacts, Sibling } from '../../../src/target/services.js';
import { BACKEND_UNIT, backend, backendUnit, COMPOSE, celery, code, composeFile, containers, input } from './input.js';

const DIR = '/srv/action/docker';
const unit = (name: string, over: Parameters<typeof backend>[0] = {}) =>
  backend({ name, ref: ['systemd', name, '-'], ...over });

function sibling(kind: Sibling['kind'], service: ServiceFacts | null, over: Partial<Sibling> = {}): Sibling {
  const name = over.name ?? service?.name ?? 'other';
  return {
    ...{
      kind,
      name,
      ref: service?.ref ?? ['compose', name, '-'],
      service,
      file: '/f',
      line: 7,
      because: 'it is alike',
    },
    ...{ workers: 2, pool: null, replicas: 1, built: true },
    ...over,
  };
}

const api = sibling('web', unit('api2.service'));
const slow = sibling('celery', celery({ name: 'slow.service', ref: ['systemd', 'slow.service', '-'] }));
const beat = sibling(
  'beat',
  celery({ name: 'beat.service', ref: ['systemd', 'beat.service', '-'], program: { workers: null } }),
);
const units = (...siblings: readonly Sibling[]) => ({ facts: { siblings } });
const container = (name: string, over: Parameters<typeof backend>[0] = {}) =>
  backend({ name, ref: ['compose', name, DIR], unit: null, container: {}, ...over });

const steps = (runtime: Runtime, given: ReturnType<typeof input>) =>
  activationOf(runtime, given).plan.steps.map(({ how, service }) => `${how} ${service}`);
const verbs = (calls: readonly { verb: string; args: readonly string[] }[]) =>
  calls.map(({ verb, args }) => `${verb} ${args.slice(0, 2).join(' ')}`);

describe('other services of the same code', () => {
  it('take a changed pool along, each by the rule of its own facts, after the two', () => {
    const own = [
      api,
      sibling('web', unit('single.service', { program: { workers: 1, supervised: false } })),
      slow,
      beat,
    ];
    expect(steps('systemd', input(units(...own)))).toEqual([
      'reload action-backend.service',
      'warm-restart action-celery-worker.service',
      'reload api2.service',
      'restart single.service',
      'warm-restart slow.service',
      'restart beat.service',
    ]);
  });

  it.each<[StageName, Parameters<typeof input>[0]]>([
    ['uvicorn-workers', { touched: [backendUnit] }],
    ['celery-workers', { touched: [{ role: 'celery-unit', path: '/x', effect: 'changed' }] }],
  ])('are left alone by %s', (stage, over) => {
    expect(steps('systemd', input({ ...over, stages: [stage], ...units(api, slow, beat) })).join()).not.toMatch(
      /api2|slow|beat/,
    );
  });

  it('are left alone where they do not run, or are not there', () => {
    const stopped = sibling(
      'web',
      unit('api2.service', { state: 'stopped', program: null, unit: { activeState: 'inactive' } }),
    );
    expect(steps('systemd', input(units(stopped))).at(-1)).toBe('none api2.service');
    expect(steps('compose', input({ services: containers(), ...units(sibling('web', null)) })).join()).not.toContain(
      'other',
    );
  });

  it('are restarted one after the other, waited for, and brought back', () => {
    const api2 = sibling('web', unit('api2.service', { program: { program: 'gunicorn' } }));
    const activation = activationOf('systemd', input(units(api2, beat)));
    const forward = activation.forward.filter(({ args }) => args.some((word) => /^(api2|beat)\./.test(word)));
    expect(forward.map(({ verb, args }) => [verb, ...args].slice(0, 3))).toEqual([
      ['at_take', 'api2.service', 'at_restart_unit'],
      ['at_await', expect.stringMatching(/^\d+$/), 'systemd'],
      ['at_take', 'beat.service', 'at_restart_unit'],
    ]);
    expect(verbs(activation.back)).toContain('at_give_back api2.service at_restart_unit');
    expect(verbs(activation.left)).toEqual(
      ['action-backend.service', 'action-celery-worker.service', 'api2.service', 'beat.service'].map(
        (name) => `at_left_service systemd ${name}`,
      ),
    );
  });

  it('prove that they have the pools, and nothing of the stages or the path of the two', () => {
    const after = { 'db.pool_size': 20, 'web.workers': 4, 'celery.concurrency': 4 };
    const given = input({ ...units(api), after, stages: ['db-pool', 'uvicorn-workers'], touched: [code, backendUnit] });
    const { checks, baseline, watch } = activationOf('systemd', given);
    const expected = checks
      .filter(({ args }) => args.includes('api2.service'))
      .map(({ args }) => JSON.parse(args[4] ?? ''));
    expect(expected).toMatchObject([
      {
        label: 'service api2.service',
        settings: { 'db.pool_size': 20 },
        health: null,
        newer: [code.path],
      },
    ]);
    expect(expected[0].settings).toEqual({ 'db.pool_size': 20 });
    expect(JSON.stringify([baseline, watch])).not.toContain('api2');
  });

  it('are watched by nobody where the web service itself is left alone', () => {
    const asleep = backend({ state: 'stopped', program: null, unit: { activeState: 'inactive' } });
    expect(activationOf('systemd', input({ services: [asleep, celery()], ...units(api) })).watch).toBeNull();
  });

  it('in containers are made anew from what their code lies in', () => {
    const baked = container('api2', { container: { code: 'baked' } });
    const own = containers({ web: { container: { code: 'baked' } }, tasks: { container: { code: 'baked' } } });
    const how = (given: Sibling, services = own) =>
      steps('compose', input({ services, ...units(given) })).at(2) ?? 'nothing';
    expect(how(sibling('web', baked))).toBe('rebuild api2');
    expect(how(sibling('web', baked, { built: false }))).toBe('recreate api2');
    expect(how(sibling('web', baked, { built: false }), containers())).toBe('nothing');
    expect(how(sibling('web', container('api2')))).toBe('reload api2');
    expect(how(sibling('beat', container('beat')))).toBe('restart beat');
  });

  it('do not keep a stage from being carried out, whatever their image', () => {
    const baked = sibling('web', container('api2', { container: { code: 'baked' } }), { built: false });
    expect(bakedProblems(input({ services: containers(), ...units(baked) }))).toEqual([]);
  });

  it('are taken anew where the file that gives all their environment changes', () => {
    const given = { services: containers(), touched: [composeFile], ...units(sibling('web', container('api2'))) };
    expect(steps('compose', input(given)).at(-1)).toBe('recreate api2');
  });

  it('bring a worker up beside the old ones, as many as they have', () => {
    const at = (workers: number) =>
      unit('api2.service', { program: { versions: { uvicorn: '0.51.0' }, workers, supervised: workers > 1 } });
    const old = backend({ program: { versions: { uvicorn: '0.30.0' } } });
    const overlap = (workers: number) => {
      const { spec, facts } = input({ services: [old, celery()], ...units(sibling('web', at(workers))) });
      return overlapOf({ spec, facts, runtime: { runtime: 'systemd', because: '' } });
    };
    expect(overlap(2)).toBe(1);
    expect(overlap(1)).toBe(0);
  });
});

describe('the warning of another service of the same code', () => {
  const told = (runtime: Runtime, given: ReturnType<typeof input>, stages: readonly StageName[] = ['db-pool']) => {
    const planned = stages.map((name) => ({
      name,
      files: [{}],
      activation: activationOf(runtime, { ...given, stages: [name] }).plan,
    }));
    return sameCodeWarnings(planned as unknown as Parameters<typeof sameCodeWarnings>[0], given.facts, runtime);
  };

  it('is one for each, with its place, and what becomes of it in each stage', () => {
    expect(told('systemd', input(units(api, slow)), ['db-pool', 'redis-pool'])).toMatchObject([
      {
        ...{ code: 'same-code', file: '/f', line: 7 },
        message: expect.stringMatching(
          /^api2\.service runs the same code \(it is alike\): a web server with 2 workers, .*taken along: reload in db-pool, reload in redis-pool$/,
        ),
        fix: expect.stringContaining('Nothing has to be done'),
      },
      {
        code: 'same-code',
        message: expect.stringMatching(/a celery worker with 2 tasks at a time.*warm-restart in db-pool/),
      },
    ]);
  });

  it('says that the stages of start commands change nothing of it', () => {
    const [warning] = told('systemd', input({ ...units(api), touched: [backendUnit] }), ['uvicorn-workers']);
    expect(warning?.message).toMatch(/no stage of this plan changes what it has$/);
  });

  it('says that it does not run', () => {
    expect(told('compose', input({ services: containers(), ...units(sibling('web', null)) }))[0]?.message).toMatch(
      /does not run, and takes the files/,
    );
  });

  it.each<[Runtime, Sibling, RegExp]>([
    [
      'custom',
      sibling('web', null, { name: 'api2' }),
      /^Let the restart commands .*`docker compose -f \/srv\/action\/docker\/compose\.yml restart api2`\.$/,
    ],
    [
      'none',
      sibling('web', null, { name: 'api2' }),
      /^Restart it by hand after each of these stages: `docker compose .* restart api2`\.$/,
    ],
    ['none', api, /`systemctl restart api2\.service`\.$/],
    [
      'compose',
      sibling(
        'web',
        container('api2', { container: { code: 'baked', project: 'p', workingDir: DIR, configFiles: [COMPOSE] } }),
        { built: false },
      ),
      /^Make its image anew.* up -d --no-deps --force-recreate api2`\.$/,
    ],
  ])('gives the exact command where nothing here restarts it: %s', (runtime, given, fix) => {
    const spec = { custom: { backend: { restart: 'a', check: null }, celery: null } };
    const [warning] = told(
      runtime,
      input({ services: runtime === 'compose' ? containers() : [], spec, ...units(given) }),
    );
    expect(warning?.message).toMatch(/nothing here restarts it, and it keeps the old values after db-pool$/);
    expect(warning?.fix).toMatch(fix);
  });

  it('says what was assumed, how many copies there are, and that one is a schedule', () => {
    const [one, two, three] = told(
      'none',
      input(
        units(
          sibling('web', null, { workers: null }),
          sibling('celery', null, { workers: null, replicas: 3 }),
          sibling('beat', null),
        ),
      ),
    );
    expect(one?.message).toContain('a web server with 1 worker (assumed: its start does not say)');
    expect(two?.message).toContain(
      'a celery worker with 2 tasks at a time (assumed: its start does not say), 3 copies of it',
    );
    expect(three?.message).toContain('celery beat, with pools of its own');
  });

  it('says, as of the two, that one is paused', () => {
    const paused = sibling('web', container('api2', { state: 'paused', program: null }));
    const given = input({ services: containers(), ...units(paused) });
    expect(activationWarnings([], given.facts, given.spec)).toMatchObject([
      { code: 'service-paused', message: expect.stringContaining('api2') },
    ]);
  });

  it('is none where there is no other', () => {
    expect(told('systemd', input({ files: { 'backend-unit': BACKEND_UNIT } }))).toEqual([]);
  });
});
