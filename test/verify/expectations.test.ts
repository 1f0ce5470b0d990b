import { describe, expect, it } from 'vitest';
import { type Expected, expectationsOf } from '../../src/verify/expectations.js';

const expected: Expected = {
  service: 'backend',
  settings: { 'db.pool_size': 20, 'db.pool_pre_ping': null, 'web.workers': 2, 'celery.concurrency': 2 },
  files: { database: '/app/database.py', redis: null },
  newer: ['/app/database.py'],
  health: '/health',
  maxConnections: 97,
};

describe('expectationsOf', () => {
  it('asks for what is known and of the service alone', () => {
    expect(JSON.parse(expectationsOf(expected))).toEqual({
      label: 'backend',
      program: null,
      files: { database: '/app/database.py' },
      settings: { 'db.pool_size': 20, 'web.workers': 2 },
      newer: ['/app/database.py'],
      health: '/health',
      maxConnections: 97,
    });
  });

  it('asks for the program that ran before, where that is one it knows', () => {
    const programOf = (program: NonNullable<Expected['program']> | null) =>
      JSON.parse(expectationsOf({ ...expected, program })).program;
    expect([programOf('uvicorn'), programOf('other'), programOf(null)]).toEqual(['uvicorn', null, null]);
  });

  it('asks for a connection to the broker where there was one', () => {
    expect(JSON.parse(expectationsOf({ ...expected, connected: 6379 }))).toMatchObject({ connected: 6379 });
    expect(JSON.parse(expectationsOf({ ...expected, connected: null }))).not.toHaveProperty('connected');
  });

  it('asks the celery worker for its own', () => {
    const settings = { ...expected.settings, 'celery.pool': { unresolved: 'a variable' } };
    const { label, settings: asked } = JSON.parse(expectationsOf({ ...expected, service: 'celery', settings }));
    expect({ label, asked }).toEqual({ label: 'celery', asked: { 'db.pool_size': 20, 'celery.concurrency': 2 } });
  });
});
