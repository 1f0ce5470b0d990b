import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALONE } from '../../src/edit/types.js';
import { composeStarts, unitStart } from '../../src/trap/starts.js';
import { found, source } from './given.js';

const NAMES = { backend: 'backend', celery: 'celery-worker' };
const guide = { path: 'compose.yml', text: readFileSync('templates/demo/docker/docker-compose.polardb.yml', 'utf8') };

describe('a compose file', () => {
  it('says how its services are started, and where', () => {
    expect(composeStarts(guide, NAMES)).toMatchObject([
      {
        service: 'backend',
        line: 12,
        command: 'sh -c "alembic upgrade head && uvicorn app.main:app --host 0.0.0.0 --port 8001"',
      },
      { service: 'celery', command: 'celery -A app.celery_app worker --loglevel=info --pool=solo' },
    ]);
  });

  it('may hold a list of words, an environment of either form, and replicas', () => {
    const file = source(
      'c.yml',
      'services:',
      '  backend:',
      '    command: [sh, -c, "a && uvicorn x"]',
      '    environment: [WEB_CONCURRENCY=3, A=b]',
      '    deploy: {replicas: 2}',
      '  celery-worker:',
      '    command: celery',
      '    environment: {X: 1}',
    );
    expect(composeStarts(file, NAMES)).toMatchObject([
      { command: 'sh -c a && uvicorn x', environment: ['WEB_CONCURRENCY', 'A'], replicas: 2 },
      { environment: ['X'], replicas: 1 },
    ]);
  });

  it('may say it by aliases and merge keys', () => {
    const file = source(
      'c.yml',
      'x-app: &app',
      '  command: &run sh -c "alembic upgrade head && uvicorn a:b"',
      '  environment: &given {WEB_CONCURRENCY: 3}',
      '  deploy: &twice {replicas: 2}',
      'services:',
      '  backend:',
      '    <<: *app',
      '    environment: {<<: *given, A: 1}',
      '  celery-worker: {command: *run, deploy: *twice}',
    );
    expect(composeStarts(file, NAMES)).toMatchObject([
      { line: 2, environment: ['A', 'WEB_CONCURRENCY'], replicas: 2, programs: [{ name: 'alembic' }, { line: 2 }] },
      { line: 2, environment: [], replicas: 2 },
    ]);
    const circle = source('c.yml', 'services:', '  backend: &b {<<: *b, command: uvicorn}');
    expect(composeStarts(circle, NAMES)).toEqual([]);
  });

  it('that is none starts nothing', () => {
    expect(composeStarts(source('c.yml', '{{{'), NAMES)).toEqual([]);
    const deep = `${guide.text}x: ${'['.repeat(100_000)}\n`;
    const large = `${guide.text}${'# x\n'.repeat(100_000)}`;
    for (const text of [deep, large]) {
      expect(composeStarts(source('c.yml', text), NAMES)).toEqual([]);
    }
  });
});

describe('a unit', () => {
  it('says how its service is started, over several lines, with its environment', () => {
    const unit = source(
      'b.service',
      '[Service]',
      'Environment="PATH=/v/bin" WEB_CONCURRENCY=2',
      'ExecStart=-/v/bin/uvicorn app.main:app \\',
      '  --workers 2',
      'Restart=always',
    );
    expect(unitStart('backend', unit)).toEqual([
      {
        service: 'backend',
        path: 'b.service',
        line: 3,
        command: '/v/bin/uvicorn app.main:app --workers 2',
        programs: [
          {
            name: 'uvicorn',
            text: '/v/bin/uvicorn app.main:app --workers 2',
            path: 'b.service',
            line: 3,
            belowShell: false,
          },
        ],
        environment: ['PATH', 'WEB_CONCURRENCY'],
        replicas: 1,
      },
    ]);
    expect(unitStart('backend', source('b.service', '[Service]', 'ExecStart='))).toEqual([]);
  });
});

describe('a script that the command starts', () => {
  const file = (command: string) =>
    source(
      '/p/compose.yml',
      'services:',
      '  backend:',
      `    command: ${command}`,
      '    working_dir: /app',
      '    volumes: [.:/app]',
      '    env_file: .env',
      '    deploy: {replicas: 2}',
    );
  const around = (files: Readonly<Record<string, string>>) => ({
    ...ALONE,
    path: '/p/compose.yml',
    root: '/p',
    compose: ['/p/compose.yml'],
    textOf: (path: string) => files[path] ?? null,
  });
  const read = (command: string, files: Readonly<Record<string, string>>) =>
    composeStarts(file(command), NAMES, around(files));
  const programs = (command: string, script: string) =>
    read(command, { '/p/start.sh': script })[0]?.programs.map(
      ({ name, path, line, belowShell }) => `${name} ${path}:${line}${belowShell ? ' below a shell' : ''}`,
    );

  it('is read for what it starts, with its lines', () => {
    expect(programs('./start.sh', '#!/bin/sh\nset -e\nalembic upgrade head\nuvicorn a:b\n')).toEqual([
      'set /p/start.sh:2 below a shell',
      'alembic /p/start.sh:3 below a shell',
      'uvicorn /p/start.sh:4 below a shell',
    ]);
    expect(programs('sh start.sh', 'exec uvicorn a:b\n')).toEqual(['uvicorn /p/start.sh:1']);
    expect(programs('sh -c "./start.sh"', 'exec uvicorn a:b\n')).toEqual(['uvicorn /p/start.sh:1 below a shell']);
    expect(programs('sh -c "exec ./start.sh"', 'exec uvicorn a:b\n')).toEqual(['uvicorn /p/start.sh:1']);
  });

  it('is given what environment files say', () => {
    const given = read('uvicorn a:b', { '/p/.env': 'PROMETHEUS_MULTIPROC_DIR=/m\nA=1\n' });
    expect(given[0]?.environment).toEqual(['PROMETHEUS_MULTIPROC_DIR', 'A']);
  });

  it('hands on what it is given', () => {
    expect(programs('./start.sh uvicorn a:b', 'alembic upgrade head\nexec "$@"\n')).toEqual([
      'alembic /p/start.sh:1 below a shell',
      'uvicorn /p/start.sh:2',
    ]);
    expect(programs('./start.sh uvicorn a:b', '"$@"\n')).toEqual(['uvicorn /p/start.sh:1 below a shell']);
  });

  it('shows its traps where they stand', () => {
    const script = 'alembic upgrade head\nuvicorn a:b --reload\n';
    const starts = read('./start.sh', { '/p/start.sh': script, '/p/.env': 'WEB_CONCURRENCY=8\nA=1\n' });
    expect(found({ starts })).toEqual([
      'reload compose.yml:3',
      'workers-from-environment compose.yml:3',
      'migrations-race start.sh:1',
      'shell-without-exec start.sh:2',
    ]);
  });

  it('is passed over where it is not there, can not be read, or starts itself without end', () => {
    expect(read('./start.sh', {})[0]).toMatchObject({ command: './start.sh', programs: [{ name: 'start.sh' }] });
    expect(programs('./start.sh', 'exec ./start.sh\n')).toEqual([]);
    expect(programs('./start.sh', "uvicorn 'a\n")).toEqual([]);
    expect(programs('./start.sh', '#!/usr/bin/env python3\nuvicorn\n')).toEqual(['start.sh /p/compose.yml:3']);
  });
});
