import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutLongRemarks } from '../../../src/edit/python/remarks.js';
import { applyTextEdits } from '../../../src/edit/splice.js';
import { database } from './editors.js';

const WANT = { 'db.pool_size': 20 };
const row = (count: number, newline = '\n') => `# "a, it's (${newline}`.repeat(count);
const blanked = (text: string) => withoutLongRemarks(text).replace(/ +(?=\r?\n)/g, '');

describe('a long row of comments', () => {
  it('is blanked out but for its ends, and every line stays where it is', () => {
    const text = `x = 1\n${row(20)}y = 2\n`;
    expect(blanked(text)).toBe(`x = 1\n${row(4)}${'\n'.repeat(12)}${row(4)}y = 2\n`);
    expect(withoutLongRemarks(text)).toHaveLength(text.length);
  });

  it('goes on over blank lines, and ends at code', () => {
    expect(blanked(`${row(5)}\n\n${row(5)}`)).toBe(`${row(4)}\n\n\n\n${row(4)}`);
    expect(blanked(`${row(5)}x\n${row(5)}`)).toBe(`${row(5)}x\n${row(5)}`);
  });

  it.each([
    ['three quotes', `x = """\n${row(20)}"""\n`],
    ['three quotes and an escaped one', `x = '''\n\\'''\n${row(20).replaceAll("'", '')}'''\n`],
    ['a line that goes on', `x = 'a\\\n${'# b\\\n'.repeat(20)}'\n`],
  ])('is left alone in a string: %s', (_what, text) => {
    expect(withoutLongRemarks(text)).toBe(text);
  });

  it('keeps lines, line ends and length, whatever the text', () => {
    const text = fc
      .array(fc.constantFrom('# a\n', '# a\r\n', '  # "\n', '\n', 'x\n', '"', "'", '"""', '\\', '#', '🚀', '\uFEFF'), {
        maxLength: 60,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (before) => {
        const after = withoutLongRemarks(before);
        expect(after).toHaveLength(before.length);
        expect(after.replace(/[^\r\n]/g, '.')).toBe(before.replace(/[^\r\n]/g, '.'));
      }),
    );
  });

  it.each([
    ['before the call', `${row(30)}e = create_engine(u)\n`, `${row(30)}e = create_engine(u, pool_size=20)\n`],
    [
      'behind the last argument',
      `e = create_engine(\n    u,  # a\n${row(30)})\n`,
      `e = create_engine(\n    u,  # a\n    pool_size=20,\n${row(30)})\n`,
    ],
    [
      'between arguments, with CRLF',
      `e = create_engine(\r\n${row(30, '\r\n')}    pool_size=5,\r\n)\r\n`,
      `e = create_engine(\r\n${row(30, '\r\n')}    pool_size=20,\r\n)\r\n`,
    ],
  ])('stays as it is in the file: %s', (_where, before, after) => {
    const text = `from sqlalchemy import create_engine\n${before}`;
    const answer = database.edit(text, WANT);
    if (!answer.ok) throw new Error(answer.refusal.message);
    expect(applyTextEdits(text, answer.value)).toBe(`from sqlalchemy import create_engine\n${after}`);
  });
});
