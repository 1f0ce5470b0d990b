import { describe, expect, it } from 'vitest';
import { buildsImage } from '../../../src/edit/compose/image.js';
import { shellStart } from '../../../src/edit/compose/shell.js';
import { ALONE } from '../../../src/edit/types.js';

const file = (command: string) => `services:\n  web:\n    image: x\n    command: ${command}\n`;

describe('a command below a shell', () => {
  it.each([
    ['sh -c "alembic upgrade head && uvicorn a:b --port 80"', 'exec uvicorn a:b --port 80', { line: 4, column: 45 }],
    [`["sh", "-c", "sleep 1; WORKERS=2 uvicorn a:b"]`, 'exec uvicorn a:b', { line: 4, column: 47 }],
    ['bash -c "python3 -m uvicorn a:b"', 'exec python3 -m uvicorn a:b', { line: 4, column: 23 }],
    ['sh -c "gunicorn a:b"', 'exec gunicorn a:b', { line: 4, column: 21 }],
  ])('%s takes its place with: %s', (command, instead, at) => {
    expect(shellStart(file(command), {})).toEqual({ instead, at });
  });

  it.each([
    ['one that took its place already', file('sh -c "a && exec uvicorn a:b"')],
    ['one that starts something else', file('sh -c "hypercorn a:b"')],
    ['a file that is none', 'services: ['],
  ])('is not %s', (_what, text) => {
    expect(shellStart(text, {})).toBeNull();
  });

  it('is that of the service that is meant', () => {
    const two = `${file('uvicorn a:b --port 1')}  api:\n    command: sh -c "uvicorn c:d"\n`;
    expect(shellStart(two, { backend: 'api' })).toMatchObject({ instead: 'exec uvicorn c:d', at: { line: 6 } });
  });
});

describe('an image that is built here', () => {
  it.each([
    ['services: { web: { build: . } }', true],
    ['services: { web: { build: { context: ../backend } } }', true],
    ['x: &x { build: . }\nservices: { web: { <<: *x } }', true],
    ['services: { web: { image: x }, other: { build: . } }', false],
    ['services: { web: { extends: { file: base.yml, service: b } } }', true],
    ['services: [', false],
  ])('%j: %s', (text, expected) => {
    const files: Readonly<Record<string, string>> = {
      '/p/c.yml': text,
      '/p/base.yml': 'services: { b: { build: . } }',
    };
    const around = { ...ALONE, compose: ['/p/c.yml'], textOf: (path: string) => files[path] ?? null };
    expect(buildsImage(around, 'web')).toBe(expected);
  });
});
