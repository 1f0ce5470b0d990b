import { describe, expect, it } from 'vitest';
import { extendsService, startsService } from '../../../src/edit/compose/compose.js';

describe('whether a file says how a service is started', () => {
  const override = 'services:\n  backend:\n    command: uvicorn a:b\n  worker:\n    environment: { A: 1 }\n';

  it.each([
    [override, 'backend', null, true],
    [override, 'celery', null, false],
    [override, 'celery', 'worker', false],
    [override, 'backend', 'backend', true],
    [override, 'backend', 'web', false],
    ['services:\n  w:\n    command: sh -c "celery -A a worker $OPTIONS"\n', 'celery', null, true],
    ['services:\n  w: { command: uvicorn a:b }\n  x: { extends: w }\n', 'backend', 'x', true],
    ['services:\n  x: { extends: { file: b.yml, service: w } }\n', 'backend', null, false],
    ['services:\n  w: { extends: { file: b.yml, service: w }, command: celery -A a worker }\n', 'backend', null, false],
    ['services:\n  w: { extends: { file: b.yml, service: w }, command: celery -A a worker }\n', 'celery', null, true],
    ['networks: {}\n', 'backend', null, false],
    ['services: [', 'backend', null, true],
  ] as const)('%j, %s named %j: %s', (text, service, name, says) => {
    expect(startsService(text, service, name)).toBe(says);
  });
});

it('a service may take its start over from another one, where the file can be read', () => {
  const text = 'services:\n  w: { image: x }\n  x: { extends: { file: b.yml, service: w } }\n';
  expect([extendsService(text, 'x'), extendsService(text, 'w'), extendsService(text, 'y')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(extendsService('services: [', 'x')).toBe(false);
});
