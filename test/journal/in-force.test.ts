import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/journal/entry.js';
import { readHistory } from '../../src/journal/history.js';
import { appliedSettings } from '../../src/journal/in-force.js';
import { ended, file, started } from './build.js';

const change = (setting: string, from: number, to: number) => ({ changes: [{ setting, from, to }] });
const two = [
  started(1, { ...change('db.pool_size', 5, 20), files: [file('/f', 'a', 'b')] }),
  ended(1, 'applied'),
  started(2, { ...change('db.max_overflow', 10, 30), files: [file('/f', 'b', 'c')] }),
  ended(2, 'applied'),
];
const settings = (...more: readonly JournalEntry[]) =>
  Object.fromEntries([...appliedSettings(readHistory([...two, ...more]))].map(([key, { value }]) => [key, value]));

describe('the settings that releases in force have set', () => {
  it('are those of the newest, and of all that it was built on', () => {
    expect(settings()).toEqual({ 'db.pool_size': 20, 'db.max_overflow': 30 });
    const third = started(3, { ...change('db.pool_size', 20, 15), files: [file('/f', 'c', 'd')] });
    expect(settings(third, ended(3, 'applied'))).toEqual({ 'db.pool_size': 15, 'db.max_overflow': 30 });
  });

  it('are not those of a release that was not carried through, or was taken back', () => {
    expect(settings(started(3, change('web.workers', 1, 2)), ended(3, 'put-back'))).not.toHaveProperty('web.workers');
    const back = started(3, { kind: 'rollback', undoes: [2], files: [file('/f', 'c', 'b')] });
    expect(settings(back, ended(3, 'applied'))).toEqual({ 'db.pool_size': 20 });
  });

  it('are not those from before a change by somebody else that the newest release was built on', () => {
    const onto = started(3, { ...change('db.pool_size', 8, 15), files: [file('/f', 'by hand', 'd')] });
    expect(settings(onto, ended(3, 'applied'))).toEqual({ 'db.pool_size': 15 });
  });
});
