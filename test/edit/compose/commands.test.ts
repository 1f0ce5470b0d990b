import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { outcome, valuesIn } from '../command/outcome.js';

function withCommand(command: string): string {
  return `services:\n  api:\n    image: x # uvicorn --workers 9\n    ${command}\n    ports: ["1:1"]\n`;
}

/** Shape, before, after. */
const EDITED: readonly [string, string, string][] = [
  ['plain', 'command: uvicorn a:b', 'command: uvicorn a:b --workers 2'],
  [
    'plain over two lines',
    'command: uvicorn a:b\n      --port 80',
    'command: uvicorn a:b\n      --port 80 --workers 2',
  ],
  ['plain with a comment', 'command: uvicorn a:b # main', 'command: uvicorn a:b --workers 2 # main'],
  ['a value', 'command: uvicorn --workers 4 a:b', 'command: uvicorn --workers 2 a:b'],
  ['a value after =', 'command: uvicorn a:b --workers=12 --port 80', 'command: uvicorn a:b --workers=2 --port 80'],
  ['the last of two', 'command: uvicorn a:b --workers=2 --workers=4', 'command: uvicorn a:b --workers=2 --workers=2'],
  ['a quoted value', `command: uvicorn a:b --workers "4"`, `command: uvicorn a:b --workers "2"`],
  ['double quotes', 'command: "uvicorn a:b"', 'command: "uvicorn a:b --workers 2"'],
  ['single quotes', "command: 'uvicorn a:b'", "command: 'uvicorn a:b --workers 2'"],
  ['a path', 'command: /venv/bin/uvicorn a:b', 'command: /venv/bin/uvicorn a:b --workers 2'],
  ['python -m', 'command: python3.11 -u -m uvicorn a:b', 'command: python3.11 -u -m uvicorn a:b --workers 2'],
  ['env', 'command: env -u B A=1 uvicorn a:b', 'command: env -u B A=1 uvicorn a:b --workers 2'],
  [
    'variables elsewhere',
    `command: uvicorn \${APP:-a:b} --port \${P}`,
    `command: uvicorn \${APP:-a:b} --port \${P} --workers 2`,
  ],
  ['sh -c', 'command: sh -c "x && uvicorn a:b"', 'command: sh -c "x && uvicorn a:b --workers 2"'],
  ['sh -c, exec', 'command: sh -c "x && exec uvicorn a:b"', 'command: sh -c "x && exec uvicorn a:b --workers 2"'],
  ['bash -lc', "command: bash -lc 'uvicorn a:b; y'", "command: bash -lc 'uvicorn a:b --workers 2; y'"],
  [
    'bash -o pipefail -c',
    "command: bash -o pipefail -c 'uvicorn a:b'",
    "command: bash -o pipefail -c 'uvicorn a:b --workers 2'",
  ],
  ['quotes in quotes', `command: "sh -c 'x && uvicorn a:b'"`, `command: "sh -c 'x && uvicorn a:b --workers 2'"`],
  ['escaped quotes', 'command: "sh -c \\"x && uvicorn a:b\\""', 'command: "sh -c \\"x && uvicorn a:b --workers 2\\""'],
  ['doubled quotes', "command: 'sh -c ''x && uvicorn a:b'''", "command: 'sh -c ''x && uvicorn a:b --workers 2'''"],
  ['an escaped value', 'command: "uvicorn a:b --workers \\x34"', 'command: "uvicorn a:b --workers 2"'],
  ['sh in sh', `command: sh -c "sh -c 'uvicorn a:b'"`, `command: sh -c "sh -c 'uvicorn a:b --workers 2'"`],
  [
    'a wait before it',
    'command: sh -c "until nc db 1; do sleep 1; done; uvicorn a:b > log 2>&1"',
    'command: sh -c "until nc db 1; do sleep 1; done; uvicorn a:b --workers 2 > log 2>&1"',
  ],
  ['a pipe', 'command: sh -c "uvicorn a:b 2>&1 | tee l"', 'command: sh -c "uvicorn a:b --workers 2 2>&1 | tee l"'],
  ['a group', 'command: sh -c "(cd x && uvicorn a:b)"', 'command: sh -c "(cd x && uvicorn a:b --workers 2)"'],
  [
    'decoys',
    `command: |\n      sh -c "echo 'uvicorn a:b --workers 9' && uvicorn a:b # --workers 8"`,
    `command: |\n      sh -c "echo 'uvicorn a:b --workers 9' && uvicorn a:b --workers 2 # --workers 8"`,
  ],
  [
    'a variable of the container',
    `command: sh -c "uvicorn a:b --port $\${P:-80}"`,
    `command: sh -c "uvicorn a:b --port $\${P:-80} --workers 2"`,
  ],
  [
    'folded',
    'command: >\n      sh -c "alembic upgrade head\n      && uvicorn a:b\n      --port 80"',
    'command: >\n      sh -c "alembic upgrade head\n      && uvicorn a:b\n      --port 80 --workers 2"',
  ],
  [
    'folded, with a comment in the header',
    'command: >- # start\n      uvicorn a:b',
    'command: >- # start\n      uvicorn a:b --workers 2',
  ],
  [
    'folded, indented on, no shell',
    'command: >\n      uvicorn a:b\n        --port 80',
    'command: >\n      uvicorn a:b\n        --port 80 --workers 2',
  ],
  [
    'literal',
    "command: |\n      sh -c '\n      x\n      uvicorn a:b\n      '",
    "command: |\n      sh -c '\n      x\n      uvicorn a:b --workers 2\n      '",
  ],
  ['literal, explicit indentation', 'command: |2-\n      uvicorn a:b', 'command: |2-\n      uvicorn a:b --workers 2'],
  [
    'a shell continuation in single quotes',
    "command: |\n      sh -c 'uvicorn a:b \\\n        --port 80'",
    "command: |\n      sh -c 'uvicorn a:b \\\n        --port 80 --workers 2'",
  ],
  ['a flow list', 'command: ["uvicorn", "a:b"]', 'command: ["uvicorn", "a:b", "--workers", "2"]'],
  ['a flow list, plain', 'command: [uvicorn, a:b]', 'command: [uvicorn, a:b, --workers, "2"]'],
  ['a flow list, trailing comma', "command: ['uvicorn', 'a:b',]", "command: ['uvicorn', 'a:b', '--workers', '2',]"],
  [
    'a flow list, one a line',
    'command: [\n      "uvicorn",\n      "a:b" # app\n      ]',
    'command: [\n      "uvicorn",\n      "a:b",\n      "--workers",\n      "2" # app\n      ]',
  ],
  [
    'a flow list with the value',
    'command: ["uvicorn", "a:b", "--workers", "4"]',
    'command: ["uvicorn", "a:b", "--workers", "2"]',
  ],
  [
    'a flow list, sh -c',
    'command: ["sh", "-c", "x && uvicorn a:b"]',
    'command: ["sh", "-c", "x && uvicorn a:b --workers 2"]',
  ],
  [
    'a block list',
    'command:\n      - uvicorn # main\n      - a:b # app',
    'command:\n      - uvicorn # main\n      - a:b # app\n      - --workers\n      - "2"',
  ],
  [
    'a block list, not indented',
    'command:\n    - "uvicorn"\n    - "a:b"',
    'command:\n    - "uvicorn"\n    - "a:b"\n    - "--workers"\n    - "2"',
  ],
  [
    'a block list whose script is a block',
    'command:\n      - bash\n      - -c\n      - |\n        x\n        exec uvicorn a:b',
    'command:\n      - bash\n      - -c\n      - |\n        x\n        exec uvicorn a:b --workers 2',
  ],
  ['an override', 'command: !override ["uvicorn", "a:b"]', 'command: !override ["uvicorn", "a:b", "--workers", "2"]'],
  [
    'tini in front',
    'entrypoint: ["/tini", "--"]\n    command: uvicorn a:b',
    'entrypoint: ["/tini", "--"]\n    command: uvicorn a:b --workers 2',
  ],
  [
    'WEB_CONCURRENCY, which the flag beats',
    'environment: {WEB_CONCURRENCY: 4}\n    command: uvicorn a:b',
    'environment: {WEB_CONCURRENCY: 4}\n    command: uvicorn a:b --workers 2',
  ],
  ['already there', 'command: uvicorn a:b --workers 2', 'command: uvicorn a:b --workers 2'],
];

/** Shape, command, how the refusal begins. */
const REFUSED: readonly [string, string, RegExp][] = [
  ['a variable of compose', `command: uvicorn a:b --workers \${W:-2}`, /^unsafe 4:26 The value of --workers/],
  ['a variable of compose in sh -c', `command: sh -c "uvicorn a:b --workers \${W:-2}"`, /^unsafe 4:33 The value/],
  ['a variable of the container', `command: sh -c "uvicorn a:b --workers $\${W:-2}"`, /^unsafe 4:33 The value/],
  ['a substitution', 'command: sh -c "uvicorn a:b --workers $$(nproc)"', /^unsafe 4:33 The value/],
  [
    'a substitution that compose stops at',
    'command: sh -c "uvicorn a:b --workers $(nproc)"',
    /^unsupported 4:43 Compose takes this/,
  ],
  [
    'a substitution without a shell',
    'command: uvicorn a:b --workers $$(nproc)',
    /^unsupported 4:38 Compose starts this command without/,
  ],
  ['options in a variable', `command: uvicorn a:b \${OPTIONS}`, /^unsafe 4:26 What this stands for/],
  ['options in a variable of the shell', 'command: sh -c "uvicorn a:b $$@"', /^unsafe/],
  [
    'a shell list without a shell',
    'command: alembic upgrade head && uvicorn a:b',
    /^unsupported 4:35 Compose starts this command without/,
  ],
  ['no number', 'command: uvicorn a:b --workers two', /^unsafe 4:26 The value/],
  ['no value', 'command: uvicorn a:b --workers', /^unsafe 4:26 The value/],
  ['reload', 'command: uvicorn a:b --reload', /^unsafe 4:26 uvicorn ignores --workers while --reload/],
  [
    'gunicorn',
    'command: gunicorn -c conf.py -w4 -k uvicorn.workers.UvicornWorker a:b',
    /^unsupported 4:14 `gunicorn` does the work/,
  ],
  ['fastapi run', 'command: fastapi run a.py', /^unsupported 4:14 `fastapi` does the work/],
  ['another launcher', 'command: poetry run uvicorn a:b', /^unsupported 4:14 `poetry` does the work/],
  [
    'if and else',
    'command: sh -c "if x; then uvicorn a:b; else uvicorn c:d; fi"',
    /^unsupported .* Several commands start uvicorn/,
  ],
  ['a function', 'command: sh -c "f() { uvicorn a:b; }; f"', /^unsupported .* The script defines a function/],
  ['a case', 'command: sh -c "case x in y) uvicorn a:b;; esac"', /^unsupported .* The script has a parenthesis/],
  ['a here-document', 'command: |\n      sh -c "cat <<E\n      uvicorn a:b\n      E"', /^unsupported .* here-document/],
  ['an open quote', `command: sh -c "uvicorn 'a:b"`, /^unsupported .* A quote in the script/],
  ['an open quote without a shell', `command: uvicorn 'a:b`, /^unsupported .* A quote in the command/],
  [
    'indented lines of a folded script',
    'command: >\n      sh -c "uvicorn a:b\n        --workers 4"',
    /^unsafe 6:9 The shell reads this option as a command/,
  ],
  ['a backslash at a line end', 'command: |\n      uvicorn a:b \\\n        --port 80', /^unsafe 5:19 A backslash/],
  ['a number in a list', 'command: [uvicorn, a:b, --workers, 4]', /^unsupported 4:40 Compose takes only text/],
  ['after --', 'command: uvicorn a:b --', /^unsupported 4:26 Nothing after/],
  [
    'an entrypoint with the program',
    'entrypoint: uvicorn a:b\n    command: --port 80',
    /^unsupported 4:17 The entrypoint of service api/,
  ],
  [
    'an entrypoint with a shell',
    'entrypoint: [sh, -c]\n    command: uvicorn a:b',
    /^unsupported 4:17 The entrypoint of service api/,
  ],
  ['a value in an alias', 'x-n: [&n "4"]\n    command: [uvicorn, a:b, --workers, *n]', /^unsafe .* The value of/],
  [
    'a value in an anchor',
    'command: [uvicorn, a:b, --workers, &n "4"]\n    labels: [*n]',
    /^unsafe 2:3 The command was/,
  ],
];

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
    ['an export', 'command: sh -c "export WEB_CONCURRENCY=6; uvicorn a:b"', 6],
  ])('is read from %s', (_where, command, workers) => {
    expect(valuesIn(composeEditor(), withCommand(command))).toEqual({ 'web.workers': workers });
  });

  it.each([
    [`command: uvicorn a:b --workers \${W:-2}`, `--workers is \${W:-2}, which`],
    [`environment: ["WEB_CONCURRENCY=\${W:-2}"]\n    command: uvicorn a:b`, 'WEB_CONCURRENCY is only known'],
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
