import { describe, expect, it } from 'vitest';
import { composeEditor, startsService } from '../../../src/edit/compose/compose.js';
import { dotenv, substituted } from '../../../src/edit/compose/dotenv.js';

const backend = (command: string) => `services:\n  backend:\n    command: ${command}\n`;
const workersIn = (command: string, env: string) => {
  const reading = composeEditor({}, dotenv(env)).read(backend(command));
  return reading.ok ? reading.value.values['web.workers'] : reading.refusal.message;
};

describe('a .env file', () => {
  it.each([
    ['A=1', '1'],
    ['export A = 1 ', '1'],
    ['\ufeffA=1\r\n', '1'],
    ['A=one two # remark', 'one two'],
    ["A='one # two' # remark", 'one # two'],
    ['A="one"', 'one'],
    ['A=', ''],
    ['A=1\nA=2', '2'],
    ['#A=1', undefined],
    ['A="a\\nb"', undefined],
    ['A=$B', undefined],
    ['A=1\nA="$B"', undefined],
    ['1A=1', undefined],
  ])('%j holds %j', (text, value) => {
    expect(dotenv(text).get('A')).toBe(value);
  });
});

describe('a variable', () => {
  const known = new Map([
    ['A', '1'],
    ['EMPTY', ''],
  ]);

  it.each([
    ['$A', '1'],
    ['${A}', '1'],
    ['${A:-2}', '1'],
    ['${B:-2}', '2'],
    ['${B-2}', '2'],
    ['${EMPTY:-2}', '2'],
    ['${EMPTY-2}', ''],
    ['${A:+3}', '3'],
    ['${B:+3}', ''],
    ['$B', ''],
    ['${B:?no}', null],
    ['${A:?no}', '1'],
    ['${B:-${A}}', null],
    ['a$A', null],
    ['$A$A', null],
  ])('%s stands for %j', (expression, value) => {
    expect(substituted(expression, known)).toBe(value);
  });
});

describe('the compose editor', () => {
  it('reads a variable as compose will, and guesses none', () => {
    expect(workersIn('uvicorn a:b --workers ${WORKERS:-2}', 'WORKERS=4')).toBe(4);
    expect(workersIn('uvicorn a:b --workers ${WORKERS:-2}', '')).toBe(2);
    expect(workersIn('uvicorn a:b --workers $WORKERS', '')).toEqual({
      unresolved: expect.stringContaining('--workers'),
    });
    expect(workersIn('uvicorn a:b --workers ${WORKERS:?}', '')).toEqual({ unresolved: expect.any(String) });
  });

  it('leaves a variable alone that is right, and does not write over one that is not', () => {
    const text = backend('uvicorn a:b --workers ${WORKERS:-2}');
    const editor = composeEditor({}, dotenv('WORKERS=4'));
    expect(editor.edit(text, { 'web.workers': 4 })).toEqual({ ok: true, value: [] });
    expect(editor.edit(text, { 'web.workers': 2 })).toMatchObject({ ok: false, refusal: { kind: 'unsafe' } });
  });

  it('changes what stands beside a variable that is right', () => {
    const text = 'services:\n  w:\n    command: celery -A a worker --pool=solo --concurrency=${C:-2}\n';
    const edits = composeEditor({}, dotenv('')).edit(text, { 'celery.pool': 'prefork', 'celery.concurrency': 2 });
    expect(edits).toMatchObject({ ok: true, value: [{ text: 'prefork' }] });
  });
});

describe('whether a file says how a service is started', () => {
  const override = 'services:\n  backend:\n    command: uvicorn a:b\n  worker:\n    environment: { A: 1 }\n';

  it.each([
    [override, 'backend', null, true],
    [override, 'celery', null, false],
    [override, 'celery', 'worker', false],
    [override, 'backend', 'backend', true],
    [override, 'backend', 'web', false],
    ['services:\n  w:\n    command: sh -c "celery -A a worker $OPTIONS"\n', 'celery', null, true],
    ['networks: {}\n', 'backend', null, false],
    ['services: [', 'backend', null, true],
  ] as const)('%j, %s named %j: %s', (text, service, name, says) => {
    expect(startsService(text, service, name)).toBe(says);
  });
});
