import { describe, expect, it } from 'vitest';
import { parseJournal } from '../../src/journal/entry.js';
import { appliedReleases, readHistory, releaseOf, unfinishedReleases } from '../../src/journal/history.js';
import { ended, file, lines, started } from './build.js';

const insert = (at: number, text: string) => [{ start: at, end: at, text }];

describe('parseJournal', () => {
  it('reads what was written', () => {
    const entries = [started(1), ended(1, 'applied')];
    expect(parseJournal(lines(entries), 'journal')).toEqual(entries);
  });

  it('ignores a last line that a crash left half-written', () => {
    const text = lines([started(1), ended(1, 'applied')]);
    expect(parseJournal(text.slice(0, -1), 'journal')).toEqual([started(1)]);
  });

  it('names the line that it can not read', () => {
    expect(() => parseJournal(`${lines([started(1)])}garbage\n`, '/var/lib/x/journal.jsonl')).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ place: { file: '/var/lib/x/journal.jsonl', line: 2 }, found: 'garbage' })],
      }),
    );
  });
});

describe('readHistory', () => {
  it('knows what is in force, newest first', () => {
    const history = readHistory([started(1), ended(1, 'applied'), started(2), ended(2, 'applied')]);
    expect(appliedReleases(history).map(({ id }) => id)).toEqual([2, 1]);
  });

  it('knows a release that was begun and never ended', () => {
    expect(unfinishedReleases(readHistory([started(1)])).map(({ id }) => id)).toEqual([1]);
    expect(unfinishedReleases(readHistory([started(1), ended(1, 'stuck')])).map(({ id }) => id)).toEqual([1]);
    expect(unfinishedReleases(readHistory([started(1), ended(1, 'put-back')]))).toEqual([]);
    expect(unfinishedReleases(readHistory([started(1), ended(1, 'stuck'), ended(1, 'reverted')]))).toEqual([]);
  });

  it.each(['reverted', 'put-back', 'expired'] as const)(
    'forgets the files of a release in force that stuck on its way back, once it is %s',
    (event) => {
      const below = [started(1, { files: [file('/c', 'a', 'b', insert(5, '1'))] }), ended(1, 'applied')];
      const stuck = [
        ...below,
        started(2, { files: [file('/c', 'b', 'c', insert(50, '2')), file('/d', 'x', 'y')] }),
        ended(2, 'applied'),
        ended(2, 'stuck'),
      ];
      expect(unfinishedReleases(readHistory(stuck)).map(({ id }) => id)).toEqual([2]);
      const back = readHistory([...stuck, ended(2, event)]);
      expect(back.chains).toEqual(readHistory(below).chains);
      expect([appliedReleases(back), unfinishedReleases(back)].map((all) => all.map(({ id }) => id))).toEqual([
        [1],
        [],
      ]);
    },
  );

  it('knows a way back whose services were not well, until they are', () => {
    const entries = [
      started(1, { files: [file('/c', 'a', 'b', insert(5, '1'))] }),
      ended(1, 'applied'),
      started(2, { kind: 'rollback', undoes: [1], files: [file('/c', 'b', 'a')] }),
      ended(2, 'unwell'),
    ];
    const unwell = readHistory(entries);
    expect(unwell.releases.map(({ state, unwell: sick }) => `${state} ${sick}`)).toEqual([
      'undone false',
      'applied true',
    ]);
    const mended = readHistory([...entries, ended(2, 'applied')]);
    expect(mended.releases[1]).toMatchObject({ state: 'applied', unwell: false });
    expect(mended.chains).toEqual(unwell.chains);
  });

  it('stacks releases of one file, and takes one out from below', () => {
    const history = readHistory([
      started(1, { files: [file('/c', 'a', 'b', insert(5, '111'))] }),
      ended(1, 'applied'),
      started(2, { files: [file('/c', 'b', 'c', insert(50, '2'))] }),
      ended(2, 'applied'),
      started(3, { kind: 'rollback', undoes: [1], files: [file('/c', 'c', 'd')] }),
      ended(3, 'applied'),
    ]);
    expect(history.chains.get('/c')).toEqual({
      base: 1,
      layers: [{ release: 2, edits: [{ start: 47, end: 47, text: '2' }] }],
      head: 'd',
      mode: '644',
      owner: '0:0',
    });
    expect(appliedReleases(history).map(({ id }) => id)).toEqual([2]);
  });

  it('forgets a file when nothing of it is in force', () => {
    const history = readHistory([
      started(1, { files: [file('/c', 'a', 'b', insert(5, 'x'))] }),
      ended(1, 'applied'),
      started(2, { kind: 'rollback', undoes: [1], files: [file('/c', 'b', 'a')] }),
      ended(2, 'applied'),
    ]);
    expect(history.chains.size).toBe(0);
  });

  it('starts a new chain where somebody else changed the file in between', () => {
    const history = readHistory([
      started(1, { files: [file('/c', 'a', 'b', insert(5, 'x'))] }),
      ended(1, 'applied'),
      started(2, { files: [file('/c', 'edited', 'c', insert(9, 'y'))] }),
      ended(2, 'applied'),
    ]);
    expect(history.chains.get('/c')).toMatchObject({ base: 2, layers: [{ release: 2 }] });
  });

  it('takes a release that was reverted by hand as undone, and one whose rollback was reverted as in force again', () => {
    const applied = [started(1, { files: [file('/c', 'a', 'b', insert(5, 'x'))] }), ended(1, 'applied')];
    expect(readHistory([...applied, ended(1, 'reverted')]).chains.size).toBe(0);
    const rolledBack = [
      ...applied,
      started(2, { kind: 'rollback', undoes: [1], files: [file('/c', 'b', 'a')] }),
      ended(2, 'applied'),
    ];
    const again = readHistory([...rolledBack, ended(2, 'reverted')]);
    expect(again.chains.get('/c')?.head).toBe('b');
    expect(releaseOf(again, 'db-pool')?.id).toBe(1);
  });

  it('does not count a stage that a later one of the same run took back with it', () => {
    const history = readHistory([
      started(1, { files: [file('/c', 'a', 'b', insert(5, 'x'))] }),
      ended(1, 'applied'),
      started(2, { stages: ['redis-pool'] }),
      ended(2, 'put-back'),
      ended(1, 'put-back'),
    ]);
    expect(appliedReleases(history)).toEqual([]);
    expect(history.chains.size).toBe(0);
  });
});
