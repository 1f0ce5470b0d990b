import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyByteEdits, applyTextEdits, toByteEdits } from '../../../src/edit/splice.js';
import type { ByteEdit, Editor } from '../../../src/edit/types.js';
import type { Wanted } from '../../../src/settings.js';
import { ADDING } from './adding-shapes.js';
import { CHANGING } from './changing-shapes.js';
import { database, redis } from './editors.js';
import { FINDING } from './finding-shapes.js';
import { engineFile, wanted } from './generated.js';
import { hasPython, judge } from './judge.js';
import { REDIS_SHAPES } from './redis-shapes.js';

/** The edits that take an edited file back: each gives the bytes that it replaced. */
function inverse(before: Buffer, edits: readonly ByteEdit[]): ByteEdit[] {
  let shift = 0;
  return edits.map((edit) => {
    const start = edit.start + shift;
    const end = start + Buffer.byteLength(edit.text);
    shift += end - start - (edit.end - edit.start);
    return { start, end, text: before.subarray(edit.start, edit.end).toString('utf8') };
  });
}

/** What the edits leave alone, in order. */
function kept(bytes: Buffer, edits: readonly ByteEdit[]): Buffer[] {
  const cuts = [0, ...edits.flatMap(({ start, end }) => [start, end]), bytes.length];
  return cuts.flatMap((cut, index) => (index % 2 === 0 ? [bytes.subarray(cut, cuts[index + 1])] : []));
}

/** Checks every promise that needs no second parser; gives the edited text, or null where the file was refused. */
function promises(editor: Editor, text: string, want: Wanted): string | null {
  const answer = editor.edit(text, want);
  if (!answer.ok) return null;
  const before = Buffer.from(text);
  const edits = toByteEdits(text, answer.value);
  const after = applyByteEdits(before, edits);
  const back = inverse(before, edits);
  expect(applyByteEdits(after, back)).toEqual(before);
  expect(kept(after, back)).toEqual(kept(before, edits));
  const result = applyTextEdits(text, answer.value);
  expect(after.toString('utf8')).toBe(result);
  expect(editor.edit(result, want)).toEqual({ ok: true, value: [] });
  return result;
}

const ENGINES = [...ADDING, ...CHANGING, ...FINDING].map(({ before }) => ({ editor: database, before }));
// Where the value stands without its name, the tree itself changes.
const CLIENTS = REDIS_SHAPES.filter(({ name }) => !name.endsWith('by position')).map(({ before }) => ({
  editor: redis,
  before,
}));

/** A cut may go through an emoji, and half of one is no UTF-8. */
const whole = (text: string): string => Buffer.from(text).toString('utf8');

/** A file of the tables with a piece cut out, doubled or put in. */
function mutant() {
  const pieces = fc.constantFrom(
    '',
    '(',
    ')',
    ',',
    ' ',
    '\n',
    '\r\n',
    '#',
    '*',
    '**',
    '=',
    '"',
    '\\',
    '连',
    '🚀',
    'x',
    '5',
    '\t',
  );
  return fc.record({
    file: fc.constantFrom(...ENGINES, ...CLIENTS),
    at: fc.nat(1000),
    length: fc.nat(12),
    piece: pieces,
    twice: fc.boolean(),
  });
}

describe('whatever the call looks like', { timeout: 60_000 }, () => {
  test('an edit is exact, can be undone, and is done after one run', () => {
    const pairs: { before: string; after: string }[] = [];
    fc.assert(
      fc.property(engineFile(), wanted(), (text, want) => {
        const after = promises(database, text, want);
        expect(after).not.toBeNull();
        pairs.push({ before: text, after: after ?? '' });
      }),
      { numRuns: 150 },
    );
    if (!hasPython) return;
    judge(pairs).forEach((verdict, index) => {
      expect({ ...verdict, ...pairs[index] }).toMatchObject({ same: true });
    });
  });

  test('a damaged file is refused or edited exactly', () => {
    const pairs: { before: string; after: string }[] = [];
    fc.assert(
      fc.property(mutant(), wanted(), ({ file, at, length, piece, twice }, want) => {
        const start = at % (file.before.length + 1);
        const cut = file.before.slice(start, start + length);
        const before = whole(
          file.before.slice(0, start) + piece + (twice ? cut + cut : '') + file.before.slice(start + length),
        );
        const after = promises(file.editor, before, want);
        if (after !== null) pairs.push({ before, after });
      }),
      { numRuns: 1000 },
    );
    if (!hasPython) return;
    judge(pairs).forEach((verdict, index) => {
      if (verdict.unread === undefined)
        expect({ ...verdict, ...pairs[index] }, JSON.stringify(pairs[index])).toMatchObject({ same: true });
    });
  });
});
