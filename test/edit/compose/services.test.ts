import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { outcome, valuesIn } from '../command/outcome.js';

const API = '  api: {command: uvicorn a:b}\n';
const WORKER = '  worker: {command: celery -A a worker}\n';
const BEAT = '  beat: {command: celery -A a beat}\n';
const DATABASE = '  db: {image: postgres, command: postgres -c max_connections=200}\n';

function file(...services: readonly string[]): string {
  return `services:\n${services.join('')}`;
}

const TWO = { 'web.workers': 2 };
const PREFORK = { 'celery.pool': 'prefork', 'celery.concurrency': 2 };

describe('the choice of the service', () => {
  it('falls on the only one that fits', () => {
    const text = file(DATABASE, BEAT, API, WORKER);
    expect(outcome(composeEditor(), text, { ...TWO, ...PREFORK })).toBe(
      text.replace('a:b', 'a:b --workers 2').replace('worker}', 'worker --pool=prefork --concurrency=2}'),
    );
  });

  it('is left to the user where several fit', () => {
    const text = file(API, API.replace('api', 'admin'));
    expect(outcome(composeEditor(), text, TWO)).toBe('unsupported 2:3 Several services start uvicorn');
    expect(composeEditor().edit(text, TWO)).toMatchObject({
      refusal: {
        found: 'api, admin',
        candidates: [
          { name: 'api', at: { line: 2, column: 3 } },
          { name: 'admin', at: { line: 3, column: 3 } },
        ],
        fix: expect.stringContaining('--service backend=NAME'),
      },
    });
    expect(outcome(composeEditor({ backend: 'admin' }), text, TWO)).toBe(
      file(API, '  admin: {command: uvicorn a:b --workers 2}\n'),
    );
  });

  it('is refused where the named service does something else, or does not exist', () => {
    expect(outcome(composeEditor({ backend: 'db' }), file(DATABASE), TWO)).toMatch(
      /^unsupported 2:34 Service db does not/,
    );
    expect(outcome(composeEditor({ backend: 'web' }), file(API), TWO)).toBe(
      'unsupported 2:3 The file has no service web',
    );
    expect(composeEditor({ celery: 'beat' }).edit(file(BEAT), PREFORK).ok).toBe(false);
  });

  it('says what to write where the command is the one of the image', () => {
    const text = file('  api: {build: ., environment: [WEB_CONCURRENCY=2]}\n');
    const answer = composeEditor({ backend: 'api' }).edit(text, TWO);
    expect(answer).toMatchObject({
      refusal: {
        kind: 'unsupported',
        message: 'Service api has no `command`, so the one of its image runs',
        fix: 'Write the whole command of uvicorn, with --workers, as `command:` of the service',
      },
    });
    expect(composeEditor().edit(text, TWO)).toMatchObject({ refusal: { found: 'api: the command of its image' } });
    expect(composeEditor({ backend: 'api' }).edit(file('  api: {extends: {service: b}}\n'), TWO)).toMatchObject({
      refusal: { message: 'There is no service b to extend in /alone' },
    });
    expect(composeEditor({ backend: 'api' }).edit(file('  api: {command: !reset null}\n'), TWO).ok).toBe(false);
  });
});

describe('reading', () => {
  it('leaves out what the file does not hold', () => {
    expect(valuesIn(composeEditor(), file(API, BEAT))).toEqual({ 'web.workers': null });
    expect(valuesIn(composeEditor(), file(WORKER))).toEqual({ 'celery.pool': null, 'celery.concurrency': null });
  });

  it('goes on where only one of the two can be read', () => {
    expect(valuesIn(composeEditor(), file('  api: {command: hypercorn a:b}\n', WORKER))).toEqual({
      'web.workers': { unresolved: '`hypercorn` does the work here, and only a command of uvicorn is changed' },
      'celery.pool': null,
      'celery.concurrency': null,
    });
  });

  it('is refused where neither can', () => {
    expect(composeEditor().read(file('  api: {command: hypercorn a:b}\n'))).toMatchObject({
      refusal: { kind: 'unsupported', at: { line: 2, column: 18 }, found: 'hypercorn' },
    });
    expect(composeEditor().read(file(DATABASE))).toMatchObject({
      refusal: { message: 'No service of the file starts uvicorn in its `command`', found: 'db: postgres' },
    });
  });
});
