import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { outcome, valuesIn } from '../command/outcome.js';

const API = '  api: {command: uvicorn a:b}\n';

function file(...services: readonly string[]): string {
  return `services:\n${services.join('')}`;
}

const TWO = { 'web.workers': 2 };

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
    ['a huge file', `${file(API)}#${'x'.repeat(2 * 1024 * 1024)}`, /^unsupported 1:1 The file is larger than 256 KiB/],
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
