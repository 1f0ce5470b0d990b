import { describe, expect, it } from 'vitest';
import { siblingProcesses } from '../../src/plan/siblings.js';
import type { Runtime } from '../../src/settings.js';
import { parseFacts } from '../../src/target/parse.js';
import { siblingsOf } from '../../src/target/siblings.js';
import type { TargetSpec } from '../../src/target/spec.js';
import { othersAtRedis } from '../../src/target/told.js';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const file = (role: string, path: string, text: string) => [
  `file\t${role}\t${b64(path)}\tfile\tyes\t644\t0:0\t1\t${text.length}\tno`,
  `content\t${role}\t${b64(text)}`,
];
const spec = (runtime: string) =>
  ({ runtime, services: { backend: null, celery: null }, custom: null, files: {} }) as unknown as TargetSpec;
const facts = (...rows: readonly string[]) =>
  parseFacts(['cpus\t2', ...file('database', '/srv/action/backend/app/core/database.py', ''), ...rows].join('\n'));
const found = (runtime: string, ...rows: readonly string[]) => siblingsOf(facts(...rows), spec(runtime));

const COMPOSE = '/srv/action/docker/compose.yml';
const compose = (text: string) => [...file('compose', COMPOSE, text), ...file('compose:1', COMPOSE, text)];
const stack = (others: string) =>
  compose(`services:
  backend: {build: ../backend, command: uvicorn app.main:app}
  celery-worker: {build: ../backend, command: celery -A app worker}
  postgres: {image: postgres:16, command: postgres}
${others.replace(/^/gm, '  ')}
`);
const beside = (runtime: string, name: string, kind: string, state = 'running', ...program: readonly string[]) => [
  `beside\tbeside:1\t${kind}`,
  `service\tbeside:1\t${runtime}\t${b64(name)}\t${state}\t${b64('/srv/action/docker')}`,
  ...(runtime === 'compose' ? [`container\tbeside:1\t${b64('id=1\nreplicas=2')}`] : []),
  ...program.map((row) => `program\tbeside:1\t${row.replaceAll(' ', '\t')}`),
];
const counted = (runtime: string, ...rows: readonly string[]) =>
  siblingProcesses({ siblings: found(runtime, ...rows), cpus: 2 }, runtime as Runtime);

describe('services of the same code, by the compose file', () => {
  it('are counted as the file starts them, also where nothing runs yet', () => {
    const rows = stack('api2: {build: ../backend, command: uvicorn app.api:app --workers 3}');
    expect(found('custom', ...rows)).toMatchObject([
      { name: 'api2', kind: 'web', file: COMPOSE, line: 5, workers: 3, service: null },
    ]);
    expect(counted('custom', ...rows)).toEqual([
      { name: 'api2', kind: 'web', count: 3, parents: 1, workers: 0, tasks: 0, kept: true },
    ]);
  });

  it('are counted as they run, where that is more', () => {
    const rows = stack('api2: {build: ../backend, command: uvicorn app.api:app --workers 3}');
    const runs = (workers: number) => beside('compose', 'api2', 'web', 'running', 'kind uvicorn', `workers ${workers}`);
    expect(counted('compose', ...rows, ...runs(5))).toMatchObject([{ count: 10, parents: 2 }]);
    expect(counted('compose', ...rows, ...runs(1))).toMatchObject([{ count: 6, parents: 2 }]);
  });

  it('keep their pools where only the commands of the user restart them, or their image is made elsewhere', () => {
    const rows = stack('api2: {build: ../backend, command: uvicorn app.api:app}');
    const kept = (runtime: string, ...more: readonly string[]) => counted(runtime, ...more)[0]?.kept;
    expect(['custom', 'none', 'compose'].map((runtime) => kept(runtime, ...rows))).toEqual([true, true, false]);
    const image = rows.map((row) => {
      const [key, role, text = ''] = row.split('\t');
      const made = Buffer.from(text, 'base64').toString().replaceAll('build: ../backend', 'image: x');
      return key === 'content' && role !== 'database' ? `content\t${role}\t${b64(made)}` : row;
    });
    expect(kept('compose', ...image, ...beside('compose', 'api2', 'web'))).toBe(true);
  });

  it.each([
    ['uvicorn app.api:app', { kind: 'web', count: 1, parents: 0 }],
    ['uvicorn app.api:app --workers $MANY', { kind: 'web', count: 1 }],
    ['celery -A app worker', { kind: 'celery', count: 2, parents: 1, workers: 1, tasks: 2 }],
    ['celery -A app worker --concurrency=6', { kind: 'celery', count: 6, parents: 1, workers: 1, tasks: 6 }],
    [
      'celery -A app worker --pool=threads --concurrency=6',
      { kind: 'celery', count: 1, parents: 0, workers: 1, tasks: 6 },
    ],
    ['celery -A app beat', { kind: 'beat', count: 1, parents: 0, workers: 0 }],
  ])('have the processes that `%s` starts', (command, expected) => {
    expect(counted('compose', ...stack(`other: {build: ../backend, command: "${command}"}`))).toMatchObject([expected]);
  });

  it('with a profile are only there where they run', () => {
    const rows = stack('other: {build: ../backend, profiles: [x], command: uvicorn app.api:app}');
    expect(found('compose', ...rows)).toEqual([]);
    expect(found('compose', ...rows, ...beside('compose', 'other', 'web', 'stopped'))).toEqual([]);
    expect(found('compose', ...rows, ...beside('compose', 'other', 'web'))).toHaveLength(1);
  });

  it('are none of other code, whatever runs beside them', () => {
    const rows = stack('shop: {build: ../shop, command: uvicorn shop:app}');
    expect(found('compose', ...rows, ...beside('compose', 'shop', 'web'))).toEqual([]);
    expect(found('compose', ...rows, ...beside('compose', 'postgres', 'web'))).toEqual([]);
  });
});

describe('services of the same code, by the units of systemd', () => {
  const UNIT = '/etc/systemd/system/api2.service';
  const unit = (start: string) => file('beside:1', UNIT, `[Unit]\nDescription=x\n[Service]\n${start}\n`);

  it('are counted as their unit starts them, with its line', () => {
    const rows = [...beside('systemd', 'api2.service', 'web'), ...unit('ExecStart=/v/uvicorn app.api:app --workers 3')];
    expect(found('systemd', ...rows)).toMatchObject([
      {
        name: 'api2.service',
        kind: 'web',
        file: UNIT,
        line: 4,
        workers: 3,
        ref: ['systemd', 'api2.service', '/srv/action/docker'],
      },
    ]);
    expect(counted('systemd', ...rows)).toMatchObject([{ name: 'api2.service', count: 3, parents: 1 }]);
  });

  it('are counted by their processes where the unit can not be read', () => {
    const rows = [
      ...beside('systemd', 'api2.service', 'web', 'running', 'kind uvicorn', 'workers 4'),
      ...unit('ExecStart=/v/start.sh'),
    ];
    expect(found('systemd', ...rows)).toMatchObject([{ workers: 4 }]);
    expect(found('systemd', ...beside('systemd', 'api2.service', 'web'))).toMatchObject([{ workers: null, line: 1 }]);
  });

  it('have the pool that their processes show', () => {
    const rows = beside('systemd', 'w.service', 'celery', 'running', 'kind celery', 'pool gevent', 'workers -');
    expect(counted('systemd', ...rows, ...unit('ExecStart=/v/celery -A app worker -c 50'))).toMatchObject([
      { kind: 'celery', count: 1, parents: 0, tasks: 50 },
    ]);
  });

  it('are not looked for in a compose file', () => {
    expect(found('systemd', ...stack('api2: {build: ../backend, command: uvicorn app.api:app}'))).toEqual([]);
  });
});

describe('the clients of Redis', () => {
  it('are their own, and not counted once more as those of others', () => {
    const redis = `broker\t${b64('connected_clients:30\r\nmaxclients:10000\r\nmaxmemory_policy:noeviction\r\n')}`;
    const rows = [...beside('systemd', 'api2.service', 'web', 'running', 'kind uvicorn', 'redis 9'), redis];
    const known = facts(...rows);
    expect(othersAtRedis({ ...known, siblings: siblingsOf(known, spec('systemd')) })).toBe(20);
    expect(othersAtRedis(known)).toBe(29);
  });
});
