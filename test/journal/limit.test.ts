import { expect, it } from 'vitest';
import { parseJournal } from '../../src/journal/entry.js';
import { readHistory } from '../../src/journal/history.js';
import { recordedLimit } from '../../src/journal/limit.js';
import { ended, lines, started } from './build.js';

const database = { maxConnections: 100, reserved: 3, boundBy: 'server' } as const;
const historyOf = (...entries: Parameters<typeof lines>[0]) =>
  readHistory(parseJournal(lines(entries), 'journal.jsonl'));

it('is the newest that a release found, whatever became of it', () => {
  const history = historyOf(
    started(1, { database: { ...database, maxConnections: 50 } }),
    ended(1, 'applied'),
    started(2, { database }),
    ended(2, 'put-back'),
    started(3),
  );
  expect(recordedLimit(history)).toEqual({ ...database, at: '2026-01-02T00:00:00Z', release: 2 });
});

it('is not known where no release could ask', () => {
  expect(recordedLimit(historyOf(started(1), ended(1, 'applied')))).toBeNull();
});
