import { beforeAll, describe, expect, it } from 'vitest';
import { makeEditors } from '../../src/commands/planning.js';
import { returnSettings } from '../../src/commands/return-settings.js';
import type { Editors } from '../../src/plan/stage.js';
import type { FileReturn } from '../../src/rollback/plan.js';

const COMPOSE = `services:
  backend: { command: uvicorn a:b --workers 2 }
  celery-worker: { command: celery -A a worker --pool=prefork --concurrency=2 }
`;
const NOTHING = { before: {}, after: {} };
let editors: Editors;

beforeAll(async () => {
  editors = await makeEditors({ services: { backend: null, celery: null }, files: {} } as never);
});

const back = (role: FileReturn['role'], before: string | null, after: string | null): FileReturn => ({
  role,
  path: `/${role}`,
  before: before === null ? null : Buffer.from(before),
  after: after === null ? null : Buffer.from(after),
  mode: '644',
  owner: '0:0',
});

describe('what the files of a rollback say', () => {
  it('is read before and after they go back, for the stages that are taken back alone', () => {
    const files = [back('compose', COMPOSE, COMPOSE.replace(' --workers 2', ''))];
    expect(returnSettings(files, ['uvicorn-workers'], editors, NOTHING)).toEqual({
      before: { 'web.workers': 2 },
      after: { 'web.workers': null },
    });
  });

  it('is nothing for a file that is made or gone, that holds no settings, or that nobody can read', () => {
    const files = [
      back('celery-unit', '[Service]\nExecStart=/x/celery -A a worker --pool=solo\n', null),
      back('backend-socket', '[Socket]\n', null),
      back('compose', 'services: [', '\xff'),
    ];
    expect(returnSettings(files, ['celery-workers'], editors, NOTHING)).toEqual({
      before: { 'celery.pool': 'solo', 'celery.concurrency': null },
      after: {},
    });
  });

  it('comes from the journal where the value stands in a file of another kind, and from the files where they say it', () => {
    const undone = {
      before: { 'web.workers': 2, 'celery.concurrency': 2 },
      after: { 'web.workers': 3, 'celery.concurrency': 4 },
    };
    const environment = [back('environment', 'WEB_CONCURRENCY=2\n', 'WEB_CONCURRENCY=3\n')];
    expect(returnSettings(environment, ['uvicorn-workers'], editors, undone)).toEqual({
      before: { 'web.workers': 2 },
      after: { 'web.workers': 3 },
    });
    const silent = COMPOSE.replace(' --workers 2', '');
    const both = [...environment, back('compose', silent, silent.replace('--concurrency=2', '--concurrency=5'))];
    expect(returnSettings(both, ['uvicorn-workers', 'celery-workers'], editors, undone).after).toMatchObject({
      'web.workers': 3,
      'celery.concurrency': 5,
    });
  });
});
