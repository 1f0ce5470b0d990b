import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../src/edit/compose/compose.js';
import { unitEditor } from '../../src/edit/systemd/unit.js';
import type { Editor } from '../../src/edit/types.js';
import type { Wanted } from '../../src/settings.js';
import { database } from './project.js';

const MB = 1_000_000;
const SA = 'from sqlalchemy import create_engine\n';
const ENGINE = 'e = create_engine(u)\n';
const API = 'services:\n  api:\n    command: uvicorn a:b\n';
const UNIT = '[Service]\nExecStart=/v/uvicorn a:b ';
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('');
/** Ten lists, each of ten of the one before. */
const BOMB = `a: &a [x]\n${lines(9, (index) => `${'bcdefghij'[index]}: &${'bcdefghij'[index]} [${Array(10).fill(`*${'abcdefghij'[index]}`).join(',')}]\n`)}`;

type Input = readonly [what: string, text: string];

const PYTHON: readonly Input[] = [
  ['10 MB', `${SA}#${'x'.repeat(10 * MB)}`],
  ['half a megabyte in one line', `${SA}x = "${'x'.repeat(MB / 2 - 100)}"\n${ENGINE}`],
  ['brackets that never close', `${SA}x = ${'[1,'.repeat(150_000)}`],
  ['deep brackets', `${SA}x = ${'('.repeat(20_000)}1${')'.repeat(20_000)}\n${ENGINE}`],
  ['many calls', `${SA}${'f(x)\n'.repeat(100_000)}${ENGINE}`],
  ['many imports', `${SA}${lines(15_000, (index) => `from m${index} import a${index}\na${index}()\n`)}${ENGINE}`],
  ['many engines', `${SA}${ENGINE.repeat(20_000)}`],
  ['many names', `${SA}${'create_engine\n'.repeat(30_000)}${ENGINE}`],
  ['errors', `${SA}${'= )\n'.repeat(100_000)}`],
  ['a constant that is used everywhere', `${SA}S = 5\n${'f(S)\n'.repeat(30_000)}e = create_engine(u, pool_size=S)\n`],
  [
    'a chain of constants',
    `${SA}${lines(5_000, (index) => `S${index} = S${index + 1}\n`)}e = create_engine(u, pool_size=S0)\n`,
  ],
  ['constants in circles', `${SA}A = B\nB = A\ne = create_engine(u, pool_size=A)\n`],
  ['a dict that is filled everywhere', `${SA}o = {}\n${'o["a"] = 1\n'.repeat(20_000)}e = create_engine(u, **o)\n`],
  ['a nest of f-strings', `${SA}${'f"{'.repeat(50_000)}`],
];

const COMPOSE: readonly Input[] = [
  ['10 MB', `${API}#${'x'.repeat(10 * MB)}`],
  ['aliases that multiply', BOMB + API],
  ['deep flow', `${API}x: ${'['.repeat(100_000)}`],
  ['deep blocks', `${API}${lines(900, (index) => `${' '.repeat(index)}a:\n`)}`],
  ['many keys', `${API}${lines(30_000, (index) => `k${index}: 1\n`)}`],
  ['many items', `${API}x:\n${' - 1\n'.repeat(100_000)}`],
  ['many anchors', `${API}x: ${'&a '.repeat(50_000)}`],
  ['questions', `${API}${'? '.repeat(20_000)}`],
  ['many services', `services:\n${lines(9_000, (index) => `  s${index}:\n    command: sh -c "uvicorn a:b"\n`)}`],
  ['dollars', `services:\n  api:\n    command: uvicorn a:b ${'${'.repeat(30_000)}\n`],
];

const UNITS: readonly Input[] = [
  ['10 MB', `${UNIT}\n#${'x'.repeat(10 * MB)}`],
  ['continuations', `[Service]\nExecStart=/v/uvicorn a:b \\\n${'x \\\n'.repeat(60_000)}`],
  ['backslashes', UNIT + '\\'.repeat(250_000)],
  ['dollars', UNIT + '${'.repeat(120_000)],
  ['substitutions', `[Service]\nExecStart=/bin/sh -c "uvicorn a:b; ${'$$('.repeat(60_000)}"\n`],
  ['quotes', UNIT + '"'.repeat(200_001)],
  ['assignments', `[Service]\n${'Environment=A=1 B=2\n'.repeat(12_000)}ExecStart=/v/uvicorn a:b\n`],
];

const KINDS: readonly (readonly [string, Editor, Wanted, readonly Input[]])[] = [
  ['Python', database, { 'db.pool_size': 20 }, PYTHON],
  ['compose', composeEditor(), { 'web.workers': 2 }, COMPOSE],
  ['systemd', unitEditor('backend'), { 'web.workers': 2 }, UNITS],
];

/** CPU seconds that a busy machine does not add to; far above what it takes, far below what a quadratic walk would. */
const MOST_SECONDS = 3;
const MOST_BYTES = 400 * MB;

describe.each(KINDS)(
  '%s that was made to be slow is edited, or refused with its reason',
  (_kind, editor, want, inputs) => {
    it.each(inputs.map(([name, text]) => ({ name, text })))('$name', ({ text }) => {
      const [before, memory] = [process.cpuUsage(), process.memoryUsage().rss];
      const answer = editor.edit(text, want);
      const { user, system } = process.cpuUsage(before);
      if (!answer.ok) expect(answer.refusal.fix).not.toBe('');
      expect((user + system) / 1_000_000).toBeLessThan(MOST_SECONDS);
      expect(process.memoryUsage().rss - memory).toBeLessThan(MOST_BYTES);
    });
  },
);
