import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { composeBroker, composeStarts, unitStart } from '../../src/trap/starts.js';
import { source } from './given.js';

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

  it('says what Redis does with a full memory, where it says it', () => {
    expect(composeBroker(guide)).toEqual({ policy: 'noeviction', path: 'compose.yml', line: 4 });
    expect(composeBroker(source('c.yml', 'services: {redis: {image: redis}}'))).toBeNull();
  });

  it('that is none starts nothing', () => {
    expect(composeStarts(source('c.yml', '{{{'), NAMES)).toEqual([]);
    const deep = `${guide.text}x: ${'['.repeat(100_000)}\n`;
    const large = `${guide.text}${'# x\n'.repeat(100_000)}`;
    for (const text of [deep, large]) {
      expect(composeStarts(source('c.yml', text), NAMES)).toEqual([]);
      expect(composeBroker(source('c.yml', text))).toBeNull();
    }
    expect(composeBroker(source('c.yml', '- 1'))).toBeNull();
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
        command: '/v/bin/uvicorn app.main:app    --workers 2',
        environment: ['PATH', 'WEB_CONCURRENCY'],
        replicas: 1,
      },
    ]);
    expect(unitStart('backend', source('b.service', '[Service]', 'ExecStart='))).toEqual([]);
  });
});
