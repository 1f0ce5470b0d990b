import { describe, expect, it } from 'vitest';
import { codeServices, type Primaries } from '../../../src/edit/compose/codeservices.js';
import { ALONE } from '../../../src/edit/types.js';

const MODULE = '/srv/action/backend/app/core/database.py';
const TWO = `services:
  backend:
    build: ../backend
    command: uvicorn app.main:app --workers 2
  celery-worker:
    build: ../backend
    command: celery -A app worker --concurrency=2
`;
const USUAL = { backend: 'backend', celery: 'celery-worker' };

function found(files: string | readonly string[], named: Partial<Primaries['named']> = {}) {
  const texts = [files].flat();
  const compose = texts.map((_, index) => `/srv/action/docker/${index}.yml`);
  const around = {
    ...ALONE,
    root: '/srv/action',
    compose,
    textOf: (path: string) => texts[compose.indexOf(path)] ?? null,
  };
  return codeServices(around, { named: { backend: null, celery: null, ...named }, usual: USUAL }, MODULE);
}

const service = (lines: string, two = TWO) => `${two}  other:\n${lines.replace(/^/gm, '    ')}\n`;
const names = (files: string | readonly string[], named?: Partial<Primaries['named']>) =>
  found(files, named).map(({ name }) => name);

describe('services of the same code', () => {
  it.each([
    ['the same build', 'build: {context: ../backend}', 'it is built from the same folder'],
    [
      'the same build with a Dockerfile of its own',
      'build: {context: ../backend, dockerfile: Other}',
      'it is built from the same folder',
    ],
    ['a folder that holds the code, mounted', 'image: python:3\nvolumes: [../backend:/app]', 'it mounts the same code'],
    [
      'the file alone, mounted',
      `image: python:3\nvolumes: [{type: bind, source: ${MODULE}, target: /app/d.py}]`,
      'it mounts the same code',
    ],
  ])('are those with %s', (_, lines, because) => {
    const [one, ...more] = found(service(`${lines}\ncommand: uvicorn app.api:app --workers 3`));
    expect(more).toEqual([]);
    expect(one).toMatchObject({ name: 'other', kind: 'web', workers: 3, because, replicas: 1, onDemand: false });
  });

  it('are those with the same image, unless others fill it with their code by a mount', () => {
    const image = TWO.replaceAll('build: ../backend', 'image: registry/action:7');
    const lines = 'image: registry/action:7\ncommand: uvicorn app.api:app';
    expect(found(service(lines, image))).toMatchObject([{ name: 'other', because: 'it runs the same image' }]);
    expect(names(service(lines.replace(':7', ':8'), image))).toEqual([]);
    const mounted = TWO.replaceAll('build: ../backend', 'image: python:3\n    volumes: [../backend:/app]');
    expect(names(service('image: python:3\ncommand: uvicorn shop:app', mounted))).toEqual([]);
    const other = 'image: python:3\nvolumes: [../shop:/app]\ncommand: uvicorn shop:app';
    expect(names(service(other, mounted))).toEqual([]);
  });

  it.each([
    ['a database', 'image: postgres:16\ncommand: postgres -c max_connections=200'],
    ['a Redis', 'image: redis:7\ncommand: redis-server --appendonly yes'],
    ['another application', 'build: ../shop\ncommand: uvicorn shop.main:app --workers 4'],
    ['a proxy built from the same folder', 'build: ../backend\ncommand: nginx -g "daemon off;"'],
    ['a step of the same code that ends', 'build: ../backend\ncommand: alembic upgrade head'],
    ['what has no copies', 'build: ../backend\ncommand: uvicorn app.api:app\ndeploy: {replicas: 0}'],
  ])('are not %s', (_, lines) => {
    expect(names(service(lines))).toEqual([]);
  });

  it('from the whole project are those of the same Dockerfile', () => {
    const whole = TWO.replaceAll('build: ../backend', 'build: {context: .., dockerfile: docker/Dockerfile}');
    const lines = (file: string) => `build: {context: .., dockerfile: docker/${file}}\ncommand: uvicorn app.api:app`;
    expect(names(service(lines('Dockerfile'), whole))).toEqual(['other']);
    expect(names(service(lines('Dockerfile.shop'), whole))).toEqual([]);
  });

  it('come with what they start: workers, children, a pool, or a schedule', () => {
    const kinds = (command: string) => {
      const [one] = found(service(`build: ../backend\ncommand: ${command}`));
      return [one?.kind, one?.workers, one?.pool];
    };
    expect(kinds('uvicorn app.api:app')).toEqual(['web', null, null]);
    expect(kinds('sh -c "alembic upgrade head && exec gunicorn app.api:app -w 4"')).toEqual(['web', 4, null]);
    expect(kinds('celery -A app worker -Q slow --concurrency=6 --pool=threads')).toEqual(['celery', 6, 'threads']);
    expect(kinds('celery -A app beat --loglevel=info')).toEqual(['beat', null, null]);
    expect(kinds('[celery, -A, app, beat]')).toEqual(['beat', null, null]);
    expect(kinds('uvicorn app.api:app --workers $WORKERS')[1]).toMatchObject({ unresolved: expect.any(String) });
    expect(kinds('hypercorn app.api:app')).toMatchObject(['web', { unresolved: expect.any(String) }, null]);
  });

  it('come with their place, their copies, and whether a plain `up` starts them', () => {
    const lines = 'build: ../backend\nprofiles: [debug]\nscale: 2\ndeploy: {replicas: 3}\ncommand: uvicorn app.api:app';
    expect(found(service(lines))).toMatchObject([
      { file: '/srv/action/docker/0.yml', line: 13, replicas: 3, onDemand: true, built: true },
    ]);
  });

  it('are read from all files of the stack, each where its command stands at last', () => {
    const base = service('build: ../backend\ncommand: uvicorn app.api:app');
    const over = 'services:\n  other:\n    command: uvicorn app.api:app --workers 5\n    scale: 2\n';
    expect(found([base, over])).toMatchObject([
      { name: 'other', file: '/srv/action/docker/1.yml', line: 3, workers: 5, replicas: 2 },
    ]);
    expect(found([base, 'services:\n  other:\n    scale: 2\n'])).toMatchObject([{ file: '/srv/action/docker/0.yml' }]);
  });

  it('are all but the two that are meant: those that are named, else those of the usual names, else the first', () => {
    const three = service('build: ../backend\ncommand: uvicorn app.api:app');
    expect(names(three)).toEqual(['other']);
    expect(names(three, { backend: 'other' })).toEqual(['backend']);
    expect(names(TWO.replace('backend:', 'web:'))).toEqual([]);
    expect(names(service('build: ../backend\ncommand: uvicorn app.api:app', TWO.replace('backend:', 'web:')))).toEqual([
      'other',
    ]);
  });

  it('are none in a file that can not be read', () => {
    expect(names('services: [')).toEqual([]);
    expect(names('services: {}')).toEqual([]);
    expect(found([])).toEqual([]);
  });
});
