import { describe, expect, it } from 'vitest';
import { unitEditor } from '../../../src/edit/systemd/unit.js';
import { outcome, valuesIn } from '../command/outcome.js';

const TWO = { 'web.workers': 2 };

function unit(...lines: readonly string[]): string {
  return `# uvicorn --workers 9\n[Unit]\nDescription=ExecStart=x\n[Service]\n${lines.join('\n')}\n[Install]\nWantedBy=x\n`;
}

/** Shape, before, after: the [Service] section. */
const EDITED: readonly [string, string, string][] = [
  ['missing', 'ExecStart=/v/uvicorn a:b', 'ExecStart=/v/uvicorn a:b --workers 2'],
  ['blanks around', '  ExecStart = /v/uvicorn a:b  ', '  ExecStart = /v/uvicorn a:b --workers 2  '],
  ['a value', 'ExecStart=/v/uvicorn a:b --workers 4', 'ExecStart=/v/uvicorn a:b --workers 2'],
  ['a quoted value', `ExecStart=/v/uvicorn "--workers=4" a:b`, `ExecStart=/v/uvicorn "--workers=2" a:b`],
  ['prefixes', 'ExecStart=-:+/v/uvicorn a:b --port $$P', 'ExecStart=-:+/v/uvicorn a:b --port $$P --workers 2'],
  ['a name of its own', 'ExecStart=@/v/uvicorn web a:b', 'ExecStart=@/v/uvicorn web a:b --workers 2'],
  ['python -m', 'ExecStart=/v/python -m uvicorn a:b', 'ExecStart=/v/python -m uvicorn a:b --workers 2'],
  [
    'a continuation',
    'ExecStart=/v/uvicorn a:b \\\n  --port 80 \\\n  --log-level info\nUser=x',
    'ExecStart=/v/uvicorn a:b \\\n  --port 80 \\\n  --log-level info --workers 2\nUser=x',
  ],
  [
    'comments in a continuation',
    'ExecStart=/v/uvicorn a:b \\\n# --workers 9\n ; --workers 8\n  --workers 4',
    'ExecStart=/v/uvicorn a:b \\\n# --workers 9\n ; --workers 8\n  --workers 2',
  ],
  ['the last line is a continuation', 'ExecStart=/v/uvicorn a:b \\\n', 'ExecStart=/v/uvicorn a:b --workers 2 \\\n'],
  [
    'a reset',
    'ExecStart=/v/uvicorn a:b --workers 9\nExecStart=\nExecStart=/v/uvicorn a:b',
    'ExecStart=/v/uvicorn a:b --workers 9\nExecStart=\nExecStart=/v/uvicorn a:b --workers 2',
  ],
  [
    'a shell',
    'ExecStart=/bin/sh -c "alembic upgrade head && exec uvicorn a:b --port $${P:-80}"',
    'ExecStart=/bin/sh -c "alembic upgrade head && exec uvicorn a:b --port $${P:-80} --workers 2"',
  ],
  ['variables elsewhere', `ExecStart=/v/uvicorn a:b --port \${P}`, `ExecStart=/v/uvicorn a:b --port \${P} --workers 2`],
  [
    'specifiers elsewhere',
    'ExecStart=%h/v/uvicorn a:b --uds %t/s',
    'ExecStart=%h/v/uvicorn a:b --uds %t/s --workers 2',
  ],
  [
    'ExecStartPre',
    'ExecStartPre=/v/uvicorn x\nExecStart=/v/uvicorn a:b',
    'ExecStartPre=/v/uvicorn x\nExecStart=/v/uvicorn a:b --workers 2',
  ],
  [
    'WEB_CONCURRENCY, which the flag beats',
    'Environment=WEB_CONCURRENCY=4\nExecStart=/v/uvicorn a:b',
    'Environment=WEB_CONCURRENCY=4\nExecStart=/v/uvicorn a:b --workers 2',
  ],
  [
    'Chinese',
    'ExecStart=/目录/uvicorn a:b --root-path /接口 # 🚀',
    'ExecStart=/目录/uvicorn a:b --root-path /接口 # 🚀 --workers 2',
  ],
];

const REFUSED: readonly [string, string, RegExp][] = [
  ['no ExecStart', 'User=x', /^unsupported 1:1 The unit has no ExecStart/],
  ['only a reset', 'ExecStart=/v/uvicorn a:b\nExecStart=', /^unsupported 1:1 The unit has no ExecStart/],
  [
    'several',
    'Type=oneshot\nExecStart=/v/uvicorn a:b\nExecStart=/v/uvicorn c:d',
    /^unsupported 6:1 The unit has several/,
  ],
  ['several in one', 'Type=oneshot\nExecStart=/v/uvicorn a:b ; /v/x', /^unsupported 6:26 The ExecStart= holds several/],
  ['a variable', `ExecStart=/v/uvicorn a:b --workers \${W}`, /^unsafe 5:26 The value of --workers/],
  ['a default that systemd does not know', `ExecStart=/v/uvicorn a:b --workers \${W:-2}`, /^unsafe 5:26 The value/],
  ['a variable of the shell', `ExecStart=/bin/sh -c "uvicorn a:b --workers $\${W:-2}"`, /^unsafe 5:35 The value/],
  ['a specifier', 'ExecStart=/v/uvicorn a:b --workers %i', /^unsafe 5:26 The value/],
  ['options in a variable', 'ExecStart=/v/uvicorn a:b $OPTIONS', /^unsafe 5:26 What this stands for/],
  ['reload', 'ExecStart=/v/uvicorn a:b --reload', /^unsafe 5:26 uvicorn ignores/],
  ['hypercorn', 'ExecStart=/v/hypercorn -w 4 a:b', /^unsupported 5:11 `hypercorn` does the work/],
  ['another program', 'ExecStart=/v/nginx', /^unsupported 5:11 The unit does not start uvicorn/],
  ['a start script', 'ExecStart=/v/start.sh', /^unsupported 5:11 The unit starts \/v\/start\.sh, which is not there/],
  ['a backslash before a blank', 'ExecStart=/v/uvicorn a:b --workers \\ \n  4', /^unsafe 5:26 The value/],
  ['an open quote', 'ExecStart=/v/uvicorn "a:b', /^unsupported 5:22 A quote is never closed/],
  ['a value in two lines', 'ExecStart=/v/uvicorn a:b --workers 1\\x3\\\n2', /^unsafe/],
];

describe('a uvicorn unit', () => {
  it.each(EDITED)('is edited: %s', (_shape, before, after) => {
    expect(outcome(unitEditor('backend'), unit(before), TWO)).toBe(unit(after));
  });

  it.each(EDITED)('is edited with CRLF, a BOM and no final newline: %s', (_shape, before, after) => {
    const dos = (text: string) => `\uFEFF${unit(text).trimEnd().replaceAll('\n', '\r\n')}`;
    expect(outcome(unitEditor('backend'), dos(before), TWO)).toBe(dos(after));
  });

  it.each(REFUSED)('is refused: %s', (_shape, service, refusal) => {
    expect(outcome(unitEditor('backend'), unit(service), TWO)).toMatch(refusal);
  });

  it('is edited where the command ends the file', () => {
    const text = '[Service]\nExecStart=/v/uvicorn a:b';
    expect(outcome(unitEditor('backend'), text, TWO)).toBe(`${text} --workers 2`);
  });

  it('lists every start command in force', () => {
    const text = unit('ExecStart=/v/uvicorn a:b', 'ExecStart=/v/uvicorn c:d');
    expect(unitEditor('backend').read(text)).toMatchObject({
      refusal: {
        found: 'ExecStart=',
        candidates: [
          { name: '/v/uvicorn a:b', at: { line: 5, column: 1 } },
          { name: '/v/uvicorn c:d', at: { line: 6, column: 1 } },
        ],
      },
    });
  });

  it.each([
    ['the option', ['ExecStart=/v/uvicorn a:b --workers=3'], 3],
    ['nothing', ['ExecStart=/v/uvicorn a:b'], null],
    ['the environment', ['Environment="A=x y" WEB_CONCURRENCY=4 B=2', 'ExecStart=/v/uvicorn a:b'], 4],
    [
      'a later assignment',
      ['Environment=WEB_CONCURRENCY=4', 'Environment=WEB_CONCURRENCY=5', 'ExecStart=/v/uvicorn a:b'],
      5,
    ],
    ['a reset environment', ['Environment=WEB_CONCURRENCY=4', 'Environment=', 'ExecStart=/v/uvicorn a:b'], null],
    ['the command', ['ExecStart=/usr/bin/env WEB_CONCURRENCY=6 uvicorn a:b'], 6],
    ['another section', ['ExecStart=/v/uvicorn a:b', '[X]', 'Environment=WEB_CONCURRENCY=4'], null],
  ])('tells its workers from %s', (_where, lines, workers) => {
    expect(valuesIn(unitEditor('backend'), unit(...lines))).toEqual({ 'web.workers': workers });
  });

  it('needs no option for one worker, unless something else may set it', () => {
    const plain = unit('ExecStart=/v/uvicorn a:b');
    expect(outcome(unitEditor('backend'), plain, { 'web.workers': 1 })).toBe(plain);
    for (const line of ['Environment=WEB_CONCURRENCY=2', 'EnvironmentFile=/etc/x', 'PassEnvironment=WEB_CONCURRENCY']) {
      const text = unit(line, 'ExecStart=/v/uvicorn a:b');
      expect(outcome(unitEditor('backend'), text, { 'web.workers': 1 })).toBe(text.replace('a:b', 'a:b --workers 1'));
    }
  });
});

describe('a celery unit', () => {
  const WANT = { 'celery.pool': 'prefork', 'celery.concurrency': 2, 'web.workers': 7 };

  it.each([
    ['ExecStart=/v/celery -A a worker --pool=solo', 'ExecStart=/v/celery -A a worker --pool=prefork --concurrency=2'],
    ['ExecStart=/v/celery -A a worker -n w@%%h -c 8', 'ExecStart=/v/celery -A a worker -n w@%%h -c 2 --pool=prefork'],
    [
      'ExecStart=/v/celery -A a worker -n w%i@%H',
      'ExecStart=/v/celery -A a worker -n w%i@%H --pool=prefork --concurrency=2',
    ],
  ])('is edited: %s', (before, after) => {
    expect(outcome(unitEditor('celery'), unit(before), WANT)).toBe(unit(after));
  });

  it.each([
    ['ExecStart=/v/celery -A a beat', /^unsupported 5:11 The unit does not start a celery worker/],
    ['ExecStart=/v/celery -A a worker -B', /^unsafe .* beat/],
    [`ExecStart=/v/celery -A \${APP} multi start \${NODES}`, /^unsupported .* `celery multi`/],
    ['ExecStart=/v/celery -A a worker $CELERYD_OPTS', /^unsafe .* What this stands for/],
  ])('is refused: %s', (service, refusal) => {
    expect(outcome(unitEditor('celery'), unit(service), WANT)).toMatch(refusal);
  });
});

it.each(['[Service', '[Ser"vice]', '[Service] x', '[\tService]'])(
  'refuses a unit that systemd does not load, because of its header: %s',
  (header) => {
    const text = `[Unit]\n${header}\nExecStart=/v/uvicorn a:b\n`;
    expect(unitEditor('backend').read(text)).toMatchObject({
      refusal: { message: 'This is no section header, and systemd does not load the file', at: { line: 2, column: 1 } },
    });
  },
);

it('refuses a unit of more than 128 KiB', () => {
  const text = unit('ExecStart=/v/uvicorn a:b', `#${'x'.repeat(256 * 1024)}`);
  expect(unitEditor('backend').read(text)).toMatchObject({ refusal: { message: 'The unit is larger than 128 KiB' } });
});
