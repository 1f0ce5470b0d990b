import { expect, it } from 'vitest';
import { readHistory } from '../../src/journal/history.js';
import { undoneSettings } from '../../src/rollback/undone.js';
import { started } from '../journal/build.js';

const changing = (release: number, from: null | number | { unresolved: string }, to: number) =>
  started(release, { changes: [{ setting: 'web.workers', from, to }] });
const undone = (...entries: readonly ReturnType<typeof started>[]) =>
  undoneSettings(readHistory(entries).releases.toReversed());

it('goes from what the newest release left to what the oldest had found', () => {
  expect(undone(changing(1, 3, 2), changing(2, 2, 4))).toEqual({
    before: { 'web.workers': 4 },
    after: { 'web.workers': 3 },
  });
  expect(undone(changing(1, null, 2)).after).toEqual({ 'web.workers': null });
});

it('does not know what nobody could tell then, nor what is no setting', () => {
  expect(undone(changing(1, { unresolved: 'a call' }, 2)).after).toEqual({});
  expect(undone(started(1, { changes: [{ setting: 'old.name', from: 1, to: 2 }] }))).toEqual({ before: {}, after: {} });
});
