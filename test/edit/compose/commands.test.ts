import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { outcome, valuesIn } from '../command/outcome.js';
import { EDITED, REFUSED } from './command-shapes.js';

function withCommand(command: string): string {
  return `services:\n  api:\n    image: x # uvicorn --workers 9\n    ${command}\n    ports: ["1:1"]\n`;
}

describe('a uvicorn command in compose', () => {
  it.each(EDITED)('is edited: %s', (_shape, before, after) => {
    expect(outcome(composeEditor(), withCommand(before), { 'web.workers': 2 })).toBe(withCommand(after));
  });

  it.each(EDITED)('is edited with CRLF and a BOM: %s', (_shape, before, after) => {
    const dos = (text: string) => `\uFEFF# 说明 🚀\r\n${withCommand(text).replaceAll('\n', '\r\n')}`;
    expect(outcome(composeEditor(), dos(before), { 'web.workers': 2 })).toBe(dos(after));
  });

  it.each(REFUSED)('is refused: %s', (_shape, command, refusal) => {
    expect(outcome(composeEditor(), withCommand(command), { 'web.workers': 2 })).toMatch(refusal);
  });
});

describe('the number of workers', () => {
  it.each([
    ['the option', 'command: uvicorn a:b --workers 3', 3],
    ['nothing', 'command: uvicorn a:b', null],
    ['the variable', 'environment: [A=1, WEB_CONCURRENCY=4]\n    command: uvicorn a:b', 4],
    ['the variable in a mapping', 'environment:\n      WEB_CONCURRENCY: "4"\n    command: uvicorn a:b', 4],
    ['the option before the variable', 'environment: [WEB_CONCURRENCY=4]\n    command: uvicorn a:b --workers 3', 3],
    ['the variable in the command', 'command: env WEB_CONCURRENCY=5 uvicorn a:b', 5],
    ['the stronger variable', 'environment: [WEB_CONCURRENCY=4, UVICORN_WORKERS=5]\n    command: uvicorn a:b', 5],
    ['a default that compose puts in', `command: uvicorn a:b --workers \${W:-3}`, 3],
    ['a default in the environment', `environment: ["WEB_CONCURRENCY=\${W:-3}"]\n    command: uvicorn a:b`, 3],
    ['the variable of gunicorn', 'environment: [GUNICORN_CMD_ARGS=--workers 4 -b x]\n    command: gunicorn a:b', 4],
    ['an export', 'command: sh -c "export WEB_CONCURRENCY=6; uvicorn a:b"', 6],
  ])('is read from %s', (_where, command, workers) => {
    expect(valuesIn(composeEditor(), withCommand(command))).toEqual({ 'web.workers': workers });
  });

  it.each([
    [`command: uvicorn a:b --workers \${W}`, `--workers is \${W}, which`],
    [`environment: ["WEB_CONCURRENCY=\${W}"]\n    command: uvicorn a:b`, 'WEB_CONCURRENCY is only known'],
    ['command: gunicorn -c conf.py a:b', 'gunicorn reads conf.py, which may set it'],
    ['environment: {WEB_CONCURRENCY: }\n    command: uvicorn a:b', 'WEB_CONCURRENCY is only known'],
    ['environment: [WEB_CONCURRENCY]\n    command: uvicorn a:b', 'WEB_CONCURRENCY is only known'],
    ['environment: {WEB_CONCURRENCY: auto}\n    command: uvicorn a:b', 'WEB_CONCURRENCY is "auto"'],
  ])('is left unresolved: %s', (command, why) => {
    const values = valuesIn(composeEditor(), withCommand(command));
    expect(values).toMatchObject({ 'web.workers': { unresolved: expect.stringContaining(why) } });
  });

  it('is one without the option, unless something else may set it', () => {
    const one = { 'web.workers': 1 };
    const added = withCommand('command: uvicorn a:b --workers 1');
    expect(outcome(composeEditor(), withCommand('command: uvicorn a:b'), one)).toBe(
      withCommand('command: uvicorn a:b'),
    );
    const variable = 'environment: [WEB_CONCURRENCY=4]\n    ';
    expect(outcome(composeEditor(), withCommand(`${variable}command: uvicorn a:b`), one)).toBe(
      added.replace('command:', `${variable}command:`),
    );
    const file = 'env_file: .env\n    ';
    expect(outcome(composeEditor(), withCommand(`${file}command: uvicorn a:b`), one)).toBe(
      added.replace('command:', `${file}command:`),
    );
  });
});
