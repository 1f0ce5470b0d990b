import { describe, expect, it } from 'vitest';
import { bakedProblems } from '../../../src/plan/activate/baked.js';
import { activationOf } from '../../../src/plan/activate/choose.js';
import { keptNow } from '../../../src/plan/activate/kept.js';
import { activationWarnings } from '../../../src/plan/activate/warnings.js';
import type { SettingKey, SettingValue } from '../../../src/settings.js';
import { COMPOSE, code, composeFile, containers, DATABASE, input } from './input.js';

const FILE = `services:
  backend:
    image: x
    command: sh -c "alembic upgrade head && uvicorn app.main:app --port 8001"
  celery-worker:
    build: .
    command: celery -A app worker
`;
const SHELL = { web: { program: { shell: true } } };

function warnings(given: ReturnType<typeof input>) {
  const changes = Object.entries(given.settings.after).map(([setting, to]) => ({
    setting: setting as SettingKey,
    from: null,
    to: to as SettingValue,
  }));
  return activationWarnings([{ activation: activationOf('compose', given).plan, changes }], given.facts, given.spec);
}

describe('warnings about services', () => {
  it('say that a service is paused, and how it goes on', () => {
    const services = containers({ web: { state: 'paused', program: null, container: { id: '0123456789abcdef' } } });
    expect(warnings(input({ services }))).toMatchObject([
      { code: 'service-paused', fix: expect.stringContaining('docker unpause 0123456789ab`') },
    ]);
  });

  it('name the line and the exact words where a shell keeps SIGTERM to itself', () => {
    expect(warnings(input({ services: containers(SHELL), files: { compose: FILE } }))).toEqual([
      {
        code: 'shell-swallows-sigterm',
        message: expect.stringContaining('backend'),
        file: COMPOSE,
        line: 4,
        fix: 'Write: exec uvicorn app.main:app --port 8001',
      },
    ]);
  });

  it('name it in the service that runs, where others start the same', () => {
    const several = `${FILE}  api2:\n    image: x\n    command: uvicorn app.api:app\n`;
    expect(warnings(input({ services: containers(SHELL), files: { compose: several } }))[0]).toMatchObject({ line: 4 });
  });

  it('keep secrets of the command, and have an advice where the file says nothing', () => {
    const secret = FILE.replace('--port', '--ssl-keyfile-password hunter2 --port');
    const [shown] = warnings(input({ services: containers(SHELL), files: { compose: secret } }));
    expect(shown?.fix).not.toContain('hunter2');
    const [plain] = warnings(input({ services: containers(SHELL), files: { compose: 'services: {}' } }));
    expect(plain).toMatchObject({ code: 'shell-swallows-sigterm', fix: 'Start uvicorn with `exec`.' });
    expect(plain).not.toHaveProperty('line');
  });

  it('are none without a shell, or where the shell was left already', () => {
    expect(warnings(input({ services: containers(), files: { compose: FILE } }))).toEqual([]);
    const done = FILE.replace('uvicorn', 'exec uvicorn');
    expect(warnings(input({ services: containers(SHELL), files: { compose: done } }))[0]).not.toHaveProperty('line');
  });

  it('tell of a task that an old celery may lose, where not every container can be asked to take no new one', () => {
    const workers = (replicas: number, version: string) =>
      input({
        services: containers({ tasks: { container: { replicas }, program: { versions: { celery: version } } } }),
        stages: ['db-pool'],
        touched: [code],
        after: { 'db.pool_size': 20 },
      });
    const codes = (replicas: number, version: string) =>
      warnings(workers(replicas, version)).filter(({ code }) => code === 'task-may-be-lost');
    expect(codes(2, '5.2.6')).toMatchObject([
      { message: expect.stringMatching(/celery 5\.2\.6 .* celery-worker runs/) },
    ]);
    expect(codes(2, '5.3.0')).toEqual([]);
    expect(codes(1, '5.2.6')).toEqual([]);
    expect(warnings(input({ ...workers(2, '5.2.6'), touched: [], stages: [] }))).toEqual([]);
  });

  const scaled = (startsWith: number | null) =>
    input({
      services: containers({ web: { container: { startsWith } } }),
      stages: ['uvicorn-workers'],
      touched: [composeFile],
      after: { 'web.workers': 3 },
    });

  it('tell of a container that keeps its old command, with what makes the new one last and costs', () => {
    expect(warnings(scaled(2))).toEqual([
      {
        code: 'container-keeps-command',
        message:
          'The container of backend keeps its command until it is made anew: a plain restart of it starts 2 workers again, not 3',
        fix: expect.stringMatching(
          /`docker compose -p action .* up -d --no-deps backend`, which refuses requests for about \d+ ms\.$/,
        ),
      },
    ]);
    expect(warnings(scaled(null))).toMatchObject([{ message: expect.stringContaining('the old number of processes') }]);
  });

  it('say nothing where a stage leads back to what the container was made with', () => {
    expect(warnings(scaled(3))).toEqual([]);
  });

  it('tell afterwards, as long as what runs is what the files say and a restart would start something else', () => {
    const now = (startsWith: number | null, workers: number) => {
      const services = containers({ web: { container: { startsWith }, program: { workers } } });
      return keptNow(input({ services }).facts, { 'web.workers': 3 });
    };
    expect(now(2, 3)).toMatchObject([{ code: 'container-keeps-command', message: expect.stringContaining('not 3') }]);
    expect([...now(3, 3), ...now(null, 3), ...now(2, 2)]).toEqual([]);
  });
});

describe('code in images', () => {
  const baked = { container: { code: 'baked' as const } };

  it('is refused where the compose file does not build them', () => {
    const given = input({ services: containers({ web: baked, tasks: baked }), files: { compose: FILE } });
    expect(bakedProblems(given)).toEqual([
      {
        code: 'unsupported',
        message: 'the code of service backend is part of its image, and the compose file does not build it',
        place: { file: COMPOSE },
        found: DATABASE,
        fix: expect.any(String),
      },
    ]);
  });

  it('is fine where it does, be it in a file that overrides another', () => {
    const files = { compose: FILE, 'compose:1': FILE, 'compose:2': 'services: { backend: { build: . } }' };
    expect(bakedProblems(input({ services: containers({ web: baked }), files }))).toEqual([]);
    expect(bakedProblems(input({ services: containers(), files: { compose: FILE } }))).toEqual([]);
  });
});
