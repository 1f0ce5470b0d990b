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
    expect(composeEditor().edit(text, TWO)).toMatchObject({ refusal: { found: 'api, admin, lines 2, 3' } });
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
      refusal: { message: 'Service api has no `command` in this file, and takes it from the service it extends' },
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
    expect(valuesIn(composeEditor(), file('  api: {command: gunicorn a:b}\n', WORKER))).toEqual({
      'web.workers': { unresolved: '`gunicorn` does the work here, and only a command of uvicorn is changed' },
      'celery.pool': null,
      'celery.concurrency': null,
    });
  });

  it('is refused where neither can', () => {
    expect(composeEditor().read(file('  api: {command: gunicorn a:b}\n'))).toMatchObject({
      refusal: { kind: 'unsupported', at: { line: 2, column: 18 }, found: 'gunicorn' },
    });
    expect(composeEditor().read(file(DATABASE))).toMatchObject({
      refusal: { message: 'No service of the file starts uvicorn in its `command`', found: 'db: postgres' },
    });
  });
});

describe('a celery worker', () => {
  it.each([
    ['nothing set', 'celery -A a worker', 'celery -A a worker --pool=prefork --concurrency=2'],
    [
      'long options',
      'celery -A a worker --pool=solo --concurrency 4 -E',
      'celery -A a worker --pool=prefork --concurrency 2 -E',
    ],
    ['short options', 'celery -A a worker -P solo -c 8', 'celery -A a worker -P prefork -c 2'],
    ['joined options', 'celery -A a worker -Ec8 -Psolo', 'celery -A a worker -Ec2 -Pprefork'],
    ['one of the two', 'celery -A a worker -c4 -Q mail', 'celery -A a worker -c2 -Q mail --pool=prefork'],
    [
      'options before the command',
      'celery --app a --workdir worker worker',
      'celery --app a --workdir worker worker --pool=prefork --concurrency=2',
    ],
    ['the old order', 'celery worker -A a -l info', 'celery worker -A a -l info --pool=prefork --concurrency=2'],
    ['python -m', 'python -m celery -A a worker', 'python -m celery -A a worker --pool=prefork --concurrency=2'],
    [
      'in a shell',
      'sh -c "x; exec celery -A a worker -n w@%h"',
      'sh -c "x; exec celery -A a worker -n w@%h --pool=prefork --concurrency=2"',
    ],
    ['as wanted', 'celery -A a worker -P prefork -c 2', 'celery -A a worker -P prefork -c 2'],
  ])('is edited: %s', (_shape, before, after) => {
    const text = (command: string) => `services:\n  w:\n    command: ${command}\n`;
    expect(outcome(composeEditor(), text(before), PREFORK)).toBe(text(after));
  });

  it('takes only what is wanted', () => {
    expect(outcome(composeEditor(), file(WORKER), { 'celery.concurrency': 3, 'web.workers': undefined as never })).toBe(
      file(WORKER).replace('worker}', 'worker --concurrency=3}'),
    );
  });

  it.each([
    ['celery -A a worker --autoscale=10,3', /^unsafe .* celery ignores --concurrency while --autoscale/],
    ['celery -A a worker -B', /^unsafe .* also runs the beat scheduler/],
    ['celery -A a worker -EB -c 4', /^unsafe .* also runs the beat scheduler/],
    ['celery -A a worker --beat', /^unsafe .* also runs the beat scheduler/],
    ['celery -A a multi start worker -c 4', /^unsupported .* `celery multi` starts several/],
    ['celery -A a beat # worker', /^unsupported .* No service/],
    ['celery -A a flower --worker', /^unsupported .* No service/],
    [`celery -A a \${WHAT:-worker}`, /^unsafe .* What this stands for/],
    [`celery -A a worker -c \${C:-2}`, /^unsafe .* The value of -c/],
    [`celery -A a worker -c$\${C}`, /^unsafe .* The value of -c/],
    [
      'sh -c "celery -A a worker -Q x & celery -A a worker -Q y"',
      /^unsupported .* Several commands start a celery worker/,
    ],
    ['watchmedo auto-restart -- celery -A a worker', /^unsupported .* `watchmedo` does the work/],
  ])('is refused: %s', (command, refusal) => {
    expect(outcome(composeEditor(), `services:\n  w:\n    command: ${command}\n`, PREFORK)).toMatch(refusal);
  });

  it('is left alone where services differ by queue', () => {
    const text = file(WORKER, WORKER.replace('worker:', 'mail:'));
    expect(outcome(composeEditor(), text, PREFORK)).toMatch(/^unsupported 2:3 Several services start a celery worker/);
    expect(outcome(composeEditor({ celery: 'mail' }), text, PREFORK)).toContain(
      'mail: {command: celery -A a worker --pool',
    );
  });
});

describe('anchors, aliases and merge keys', () => {
  const COMMON = 'x-common: &common\n  command: uvicorn a:b\n';

  it('are refused where two services share the command', () => {
    const text = `${COMMON}services:\n  api:\n    <<: *common\n  admin:\n    <<: *common\n    ports: []\n`;
    expect(outcome(composeEditor({ backend: 'api' }), text, TWO)).toMatch(
      /^unsafe 5:9 Service api shares its command with admin/,
    );
    const alias = 'services:\n  api:\n    command: &c uvicorn a:b\n  admin:\n    command: *c\n';
    expect(outcome(composeEditor({ backend: 'admin' }), alias, TWO)).toMatch(
      /^unsafe 5:14 Service admin shares its command with api/,
    );
    const whole = 'services:\n  api: &a\n    command: uvicorn a:b\n  admin: *a\n';
    expect(outcome(composeEditor({ backend: 'api' }), whole, TWO)).toMatch(/^unsafe .* shares its command with admin/);
  });

  it('are followed where only one service has the command', () => {
    const text = `${COMMON}services:\n  api:\n    <<: [*common]\n  admin:\n    <<: *common\n    command: x\n`;
    expect(outcome(composeEditor(), text, TWO)).toBe(text.replace('a:b', 'a:b --workers 2'));
    const alias = `x-c: &c uvicorn a:b\nservices:\n  api:\n    command: *c\n`;
    expect(outcome(composeEditor(), alias, TWO)).toBe(alias.replace('a:b', 'a:b --workers 2'));
  });

  it('bring the environment too', () => {
    const text =
      'x-e: &e {WEB_CONCURRENCY: 3}\nservices:\n  api:\n    environment: {<<: *e, A: 1}\n    command: uvicorn a:b\n';
    expect(valuesIn(composeEditor(), text)).toEqual({ 'web.workers': 3 });
  });

  it('are refused where another part of the file would change', () => {
    const text = 'services:\n  api:\n    command: &c uvicorn a:b\n    labels: [*c]\n';
    expect(outcome(composeEditor(), text, TWO)).toMatch(/^unsafe .* did not read back as wanted/);
  });
});

describe('a file that is refused', () => {
  const bomb = Array.from({ length: 9 }, (_, level) => `x${level + 1}: &x${level + 1} [${`*x${level},`.repeat(9)}]`);

  it.each([
    [
      'a syntax error',
      'services:\n  api:\n   a: 1\n  - b\n',
      /^unsupported 3:9 The file is no valid YAML|^unsupported \d+:\d+ The file is no/,
    ],
    ['a tab', 'services:\n\tapi:\n    command: uvicorn a:b\n', /^unsupported \d+:\d+ The file is no valid YAML/],
    [
      'duplicate keys',
      'services:\n  api:\n    command: uvicorn a:b\n    command: uvicorn c:d\n',
      /^unsupported 4:5 The file has the same key twice/,
    ],
    ['two documents', `${file(API)}---\n${file(API)}`, /^unsupported 3:1 The file holds more than one/],
    ['no services', 'version: "3"\n', /^unsupported 1:1 The file has no services/],
    ['empty services', 'services:\n', /^unsupported 1:1 The file has no services/],
    ['nothing', '', /^unsupported 1:1 The file has no services/],
    ['a list', '- a\n', /^unsupported 1:1 The file has no services/],
    ['a loose alias', `${file(API)}x: *nothing\n`, /^unsupported 3:4 This alias has no anchor/],
    ['a circle', 'services:\n  api: &a\n    <<: *a\n', /^unsupported/],
    ['a bomb', `x0: &x0 [a]\n${bomb.join('\n')}\n${file(API)}`, /^unsupported 1:1 The aliases of the file expand/],
    [
      'many aliases',
      `x0: &x0 a\nx: [${'*x0,'.repeat(101)}]\n${file(API)}`,
      /^unsupported 1:1 The file holds more than 100/,
    ],
    [
      'deep nesting',
      `x: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n${file(API)}`,
      /^unsupported .* The file is nested too deeply/,
    ],
    ['a huge file', `${file(API)}#${'x'.repeat(2 * 1024 * 1024)}`, /^unsupported 1:1 The file is larger than 2 MB/],
    ['merge-conflict markers', `<<<<<<< HEAD\n${file(API)}=======\n>>>>>>> b\n`, /^unsupported/],
    [
      'a huge command',
      file(`  api: {command: uvicorn a:b ${'x '.repeat(40_000)}}\n`),
      /^unsupported .* longer than 64 KiB/,
    ],
  ])('%s', (_what, text, refusal) => {
    expect(outcome(composeEditor(), text, TWO)).toMatch(refusal);
  });

  it('does not show the environment', () => {
    const text = file('  api:\n    environment: [SECRET=hunter2]\n    command: uvicorn a:b --reload\n');
    expect(JSON.stringify(composeEditor().edit(text, TWO))).not.toContain('hunter2');
  });
});

it('keeps octal numbers, custom tags and aligned comments around an edit', () => {
  const text =
    'services:\n  api:   # the API\n    mode: 0777\n    ports: !reset null\n    command:   uvicorn a:b      # start\n    x: [ 1,2 ]';
  expect(outcome(composeEditor(), text, TWO)).toBe(text.replace('a:b', 'a:b --workers 2'));
});
