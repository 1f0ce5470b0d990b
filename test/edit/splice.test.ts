import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyByteEdits, applyTextEdits, decodeUtf8, positionAt, toByteEdits } from '../../src/edit/splice.js';
import type { TextEdit } from '../../src/edit/types.js';

const bytes = (...values: (string | number[])[]) =>
  Buffer.concat(values.map((value) => (typeof value === 'string' ? Buffer.from(value) : Buffer.from(value))));

describe('decodeUtf8', () => {
  test.each([
    ['nothing', ''],
    ['ASCII', 'a\r\nb\n'],
    ['Chinese and emoji', '连接池 🚀\n'],
    ['a BOM, which stays', '\uFEFFa = 1\n'],
    ['a real replacement character', 'a \uFFFD b'],
  ])('reads %s', (_, text) => {
    expect(decodeUtf8(Buffer.from(text))).toEqual({ ok: true, value: text });
  });

  test.each([
    ['GBK', bytes('# ok\n# ', [0xc1, 0xac, 0xbd, 0xd3]), { line: 2, column: 3 }, '0xC1 0xAC'],
    ['Latin-1 after Chinese', bytes('连接 ', [0xe9], '!'), { line: 1, column: 4 }, '0xE9 0x21'],
    ['UTF-16', bytes([0xff, 0xfe, 0x61, 0]), { line: 1, column: 1 }, '0xFF 0xFE'],
    ['a sequence cut off at the end', bytes('a\r\nb', [0xe8, 0xbf]), { line: 2, column: 2 }, '0xE8 0xBF'],
    ['a sequence cut off by a letter', bytes([0xef, 0xbf], 'a'), { line: 1, column: 1 }, '0xEF 0xBF'],
    ['a surrogate', bytes('a', [0xed, 0xa0, 0x80]), { line: 1, column: 2 }, '0xED 0xA0'],
    ['a bad byte after a real replacement character', bytes('\uFFFD', [0x80]), { line: 1, column: 2 }, '0x80'],
    ['a bad byte after a BOM', bytes('\uFEFFa', [0x80]), { line: 1, column: 2 }, '0x80'],
  ])('refuses %s, with the place', (_, input, at, found) => {
    const answer = decodeUtf8(input);
    expect(answer).toMatchObject({ ok: false, refusal: { kind: 'unsupported', at, found } });
  });

  test('accepts exactly what encodes back to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (input) => {
        const answer = decodeUtf8(input);
        const same = Buffer.from(Buffer.from(input).toString('utf8')).equals(input);
        expect(answer.ok).toBe(same);
        if (answer.ok) expect(Buffer.from(answer.value).equals(input)).toBe(true);
      }),
    );
  });
});

describe('positionAt', () => {
  test.each([
    ['a\nb', 0, 1, 1],
    ['a\nb', 1, 1, 2],
    ['a\nb', 2, 2, 1],
    ['a\r\nb', 3, 2, 1],
    ['\uFEFFab', 0, 1, 1],
    ['\uFEFFab', 1, 1, 1],
    ['\uFEFFa\nb', 3, 2, 1],
    ['🚀x', 2, 1, 3],
    ['', 0, 1, 1],
    ['a\n', 2, 2, 1],
  ])('%j at %i is line %i, column %i', (text, offset, line, column) => {
    expect(positionAt(text, offset)).toEqual({ line, column });
  });
});

describe('edits', () => {
  const edit = (start: number, end: number, text = ''): TextEdit => ({ start, end, text });

  test('replace, insert and delete, also side by side', () => {
    expect(applyTextEdits('abcdef', [edit(0, 1, 'A'), edit(1, 1, '-'), edit(3, 5)])).toBe('A-bcf');
  });

  test.each([
    ['overlapping', [edit(0, 2), edit(1, 3)]],
    ['out of order', [edit(2, 3), edit(0, 1)]],
    ['past the end', [edit(3, 5)]],
    ['before the start', [edit(-1, 0)]],
    ['backwards', [edit(2, 1)]],
    ['not whole numbers', [edit(0.5, 1)]],
    ['no numbers', [edit(Number.NaN, 1)]],
  ])('%s edits are a bug', (_, edits) => {
    expect(() => applyTextEdits('abcd', edits)).toThrow(/^edit /);
    expect(() => toByteEdits('abcd', edits)).toThrow(/^edit /);
    expect(() => applyByteEdits(Buffer.from('abcd'), edits)).toThrow(/^edit /);
  });

  test('an edit that cuts an emoji in two is a bug', () => {
    expect(() => toByteEdits('🚀', [edit(1, 2)])).toThrow('cuts a character');
  });

  test('the input is left as it was', () => {
    const input = Buffer.from('abc');
    applyByteEdits(input, [edit(0, 3, 'x')]);
    expect(input.toString()).toBe('abc');
  });

  test('as bytes and as text they give the same file', () => {
    fc.assert(
      fc.property(textAndEdits(), ({ text, edits }) => {
        const result = applyByteEdits(Buffer.from(text), toByteEdits(text, edits));
        expect(result.toString('utf8')).toBe(applyTextEdits(text, edits));
      }),
    );
  });
});

function textAndEdits(): fc.Arbitrary<{ text: string; edits: TextEdit[] }> {
  const unit = fc.constantFrom('a', '\n', '\r\n', '\t', 'é', '连', '🚀', '\uFEFF');
  const piece = fc.record({ kept: fc.array(unit), replaced: fc.array(unit), text: fc.array(unit) });
  return fc.array(piece).map((pieces) => {
    let text = '';
    const edits = pieces.map(({ kept, replaced, text: inserted }) => {
      text += kept.join('');
      const start = text.length;
      text += replaced.join('');
      return { start, end: text.length, text: inserted.join('') };
    });
    return { text, edits };
  });
}
