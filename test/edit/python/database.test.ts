import { describe, expect, test } from 'vitest';
import { ADDING } from './adding-shapes.js';
import { CHANGING } from './changing-shapes.js';
import { database, edited, GUIDE } from './editors.js';
import { FINDING } from './finding-shapes.js';

const SA = 'from sqlalchemy import create_engine\n';

describe('the database file is edited', () => {
  test.each([...ADDING, ...CHANGING, ...FINDING])('$name', ({ before, after }) => {
    expect(edited(database, before)).toBe(after);
    expect(database.edit(after, GUIDE)).toEqual({ ok: true, value: [] });
  });

  test('only the keys that are wanted, in the order of the guide', () => {
    const text = `${SA}e = create_engine(u)\n`;
    const want = { 'db.pool_recycle': 60, 'db.pool_size': 3, 'web.workers': 2 } as const;
    expect(edited(database, text, want)).toBe(`${SA}e = create_engine(u, pool_size=3, pool_recycle=60)\n`);
    expect(database.edit(text, {})).toEqual({ ok: true, value: [] });
  });

  test('back to a literal that Python writes in another way', () => {
    const text = `${SA}e = create_engine(u, pool_size=20, pool_pre_ping=True)\n`;
    const want = { 'db.pool_size': -1, 'db.pool_pre_ping': false } as const;
    expect(edited(database, text, want)).toBe(`${SA}e = create_engine(u, pool_size=-1, pool_pre_ping=False)\n`);
  });

  test('a value that Python has no word for is a bug', () => {
    expect(() => database.edit(`${SA}e = create_engine(u)\n`, { 'db.pool_size': 'many' })).toThrow('not a value');
  });
});

describe('reading', () => {
  test.each([
    ['5', 5],
    ['-1', -1],
    ['(5)', 5],
    ['1_000', 1000],
    ['0x14', 20],
    ['2.5', 2.5],
    ['True', true],
    ['False', false],
    ['None', null],
    ['settings.DB_POOL_SIZE', { unresolved: '`settings.DB_POOL_SIZE` is set elsewhere' }],
    ['SIZE', { unresolved: '`SIZE` is set elsewhere' }],
    ['conf["size"]', { unresolved: '`conf["size"]` is looked up elsewhere' }],
    ['int(getenv("X", "5"))', { unresolved: '`getenv("X", "5")` is computed by a call' }],
    ['5 if DEBUG else 20', { unresolved: '`5 if DEBUG else 20` is chosen by a condition' }],
    ['max(P // W, 5)', { unresolved: '`max(P // W, 5)` is computed by a call' }],
    ['P // W', { unresolved: '`P // W` is calculated' }],
    ['+5', { unresolved: '`+5` is calculated' }],
    ['"5"', { unresolved: '`"5"` is a string, not a number' }],
    ['5j', { unresolved: '`5j` is no plain value (integer)' }],
    ['[5]', { unresolved: '`[5]` is no plain value (list)' }],
  ])('pool_size=%s', (source, value) => {
    const answer = database.read(`${SA}e = create_engine(u, pool_size=${source})\n`);
    expect(answer).toMatchObject({
      ok: true,
      value: { values: { 'db.pool_size': value }, places: { 'db.pool_size': { line: 2 } } },
    });
  });

  test('what is absent is null and has no place', () => {
    const answer = database.read(`${SA}e = create_engine(u, pool_size=5)\n`);
    expect(answer.ok && answer.value.values).toEqual({
      'db.pool_size': 5,
      'db.max_overflow': null,
      'db.pool_timeout': null,
      'db.pool_pre_ping': null,
      'db.pool_recycle': null,
    });
    expect(answer.ok && Object.keys(answer.value.places)).toEqual(['db.pool_size']);
  });

  test('what ** may hold is unresolved', () => {
    const answer = database.read(`${SA}e = create_engine(u, pool_size=5, **options)\n`);
    expect(answer.ok && answer.value.values).toMatchObject({
      'db.pool_size': 5,
      'db.max_overflow': { unresolved: '`**options` may set it' },
    });
  });

  test('a password in the text found is not shown', () => {
    const text = `${SA}e = create_engine(u, pool_size=size("postgresql://me:secret@host/db"))\n`;
    expect(JSON.stringify([database.read(text), database.edit(text, GUIDE)])).not.toContain('secret');
  });
});
