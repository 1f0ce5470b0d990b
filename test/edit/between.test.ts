import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editsBetween } from '../../src/edit/between.js';
import { applyByteEdits } from '../../src/edit/splice.js';

const text = fc
  .array(fc.constantFrom('a = 1\n', 'b\r\n', '中文\n', '😀 x\n', '😁 x\n', '\n', 'end'), { maxLength: 8 })
  .map((lines) => lines.join(''));

it('leads from any text to any other', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const [old, fresh] = [Buffer.from(before), Buffer.from(after)];
      expect(applyByteEdits(old, editsBetween(old, fresh) ?? []).toString()).toBe(after);
    }),
  );
});

it('is as small as it can be, line by line', () => {
  const edits = editsBetween(Buffer.from('a = 1\nkeep\nlast\n'), Buffer.from('a = 12\nkeep\n# new\nlast\n'));
  expect(edits).toEqual([
    { start: 5, end: 5, text: '2' },
    { start: 11, end: 11, text: '# new\n' },
  ]);
});

it('is not told of what is no text', () => {
  expect(editsBetween(Buffer.from('a'), Buffer.from([0xff]))).toBeNull();
});
