import { describe, expect, it } from 'vitest';
import { bakedProblems } from '../../../src/plan/activate/baked.js';
import { activationOf } from '../../../src/plan/activate/choose.js';
import type { Touched } from '../../../src/plan/activate/situation.js';
import { backend, containers, input } from './input.js';

const SCRIPT: Touched = { role: 'start', path: '/srv/action/backend/start.sh', effect: 'changed' };
const DOCKERFILE: Touched = { role: 'start', path: '/srv/action/backend/Dockerfile', effect: 'changed' };
const MAIN: Touched = { role: 'settings', path: '/srv/action/backend/main.py', effect: 'changed' };
const ENVIRONMENT: Touched = { role: 'environment', path: '/srv/action/.env', effect: 'changed' };
const MOUNTED = { code: 'mounted' as const, mounts: ['/srv/action/backend'] };
const BAKED = { code: 'baked' as const, mounts: [] };
const SINGLE = { workers: 1, supervised: false };

function steps(runtime: 'compose' | 'systemd', touched: readonly Touched[], over: Parameters<typeof input>[0]) {
  const given = input({ stages: ['uvicorn-workers'], touched, after: { 'web.workers': 3 }, ...over });
  return activationOf(runtime, given).plan.steps.map(({ how, service }) => `${how} ${service}`);
}

describe('a start command in a file of its own', () => {
  it.each([
    ['a script that is mounted', [SCRIPT], { container: MOUNTED, program: SINGLE }, ['restart backend']],
    ['a script in the image', [SCRIPT], { container: BAKED, program: SINGLE }, ['rebuild backend']],
    ['a Dockerfile, whatever is mounted', [DOCKERFILE], { container: MOUNTED }, ['rebuild backend']],
    ['more workers in a script that is mounted', [SCRIPT], { container: MOUNTED }, ['scale backend']],
    ['more workers in code that starts the server', [MAIN], { container: MOUNTED }, ['scale backend']],
    ['code in the image that starts the server', [MAIN], { container: BAKED }, ['rebuild backend']],
  ] as const)('is taken from %s', (_what, touched, web, expected) => {
    expect(steps('compose', touched, { services: containers({ web }) })).toEqual(expected);
  });

  it('is refused where it is in an image that nothing here builds', () => {
    const given = input({
      stages: ['uvicorn-workers'],
      touched: [SCRIPT],
      services: containers({ web: { container: BAKED } }),
    });
    expect(bakedProblems(given)).toMatchObject([{ code: 'unsupported', found: SCRIPT.path }]);
  });

  it.each([
    ['a script', [SCRIPT], SINGLE, ['restart action-backend.service']],
    ['a script, with more workers', [SCRIPT], {}, ['scale action-backend.service']],
    ['an environment file', [ENVIRONMENT], SINGLE, ['restart action-backend.service']],
  ] as const)('is taken by a unit from %s', (_what, touched, program, expected) => {
    expect(steps('systemd', touched, { services: [backend({ program })] })).toEqual(expected);
  });
});

describe('a service that is stopped', () => {
  const because = (touched: readonly Touched[], container: typeof MOUNTED | typeof BAKED) => {
    const services = containers({ web: { state: 'stopped', program: null, container } });
    return activationOf('compose', input({ stages: ['uvicorn-workers'], touched, services })).plan.steps;
  };

  it.each([
    ['a Dockerfile', [DOCKERFILE], MOUNTED],
    ['a script in the image', [SCRIPT], BAKED],
  ])('is left alone, and told to be built with its next start: %s', (_what, touched, container) => {
    const message =
      'backend does not run, and what changes is part of its image: start it with `up -d --build backend`';
    expect(because(touched, container)).toMatchObject([{ how: 'none', because: message }]);
  });

  it('takes what is mounted when it is started', () => {
    expect(because([SCRIPT], MOUNTED)).toMatchObject([
      { how: 'none', because: 'backend does not run; it takes the files when it is started' },
    ]);
  });
});

describe('a pool whose size stands in the environment of a unit', () => {
  it('reaches the processes by a restart', () => {
    const services = [backend()];
    const given = input({ touched: [ENVIRONMENT], services });
    expect(activationOf('systemd', given).plan.steps[0]).toMatchObject({ how: 'restart' });
  });
});
