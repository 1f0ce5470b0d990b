import { describe, expect, test } from 'vitest';
import { database, edited, refusal } from './editors.js';

const SA = 'from sqlalchemy import create_engine\nfrom sqlalchemy.pool import NullPool, QueuePool\n';
const ENGINE = 'e = create_engine(u, **kw)\n';
const SIZE = { 'db.pool_size': 20, 'db.max_overflow': 30 } as const;

describe('a pool that takes no size, in a dict', () => {
  test.each([
    ['assigned in a branch', `kw = {"pool_size": 5}\nif T:\n    kw["poolclass"] = NullPool\n${ENGINE}`, 5, 23],
    ['by update', `kw = {"pool_size": 5}\nif T:\n    kw.update(poolclass=NullPool)\n${ENGINE}`, 5, 25],
    ['by update with a dict', `kw = {"pool_size": 5}\nkw.update({"poolclass": NullPool})\n${ENGINE}`, 4, 25],
    ['merged', `kw = {"pool_size": 5}\nif T:\n    kw |= {"poolclass": NullPool}\n${ENGINE}`, 5, 25],
    ['merged by dict()', `kw = {"pool_size": 5}\nkw |= dict(poolclass=NullPool)\n${ENGINE}`, 4, 22],
    ['among the sizes', `kw = {"pool_size": 5, "poolclass": NullPool}\n${ENGINE}`, 3, 36],
    ['in a ternary, and no size', `kw = {"poolclass": NullPool} if T else {}\n${ENGINE}`, 3, 20],
    [
      'in a ternary, and sizes for both',
      `kw = {"poolclass": NullPool} if T else {"echo": 1}\nkw["pool_size"] = 5\n${ENGINE}`,
      3,
      20,
    ],
    ['alone', `kw = {"poolclass": NullPool}\n${ENGINE}`, 3, 20],
    ['where the call has a size', `kw = {"poolclass": NullPool}\ne = create_engine(u, pool_size=5, **kw)\n`, 3, 20],
    [
      'in one branch, and sizes in another condition',
      `kw = {}\nif T:\n    kw["poolclass"] = NullPool\nif P:\n    kw["pool_size"] = 5\n${ENGINE}`,
      5,
      23,
    ],
    [
      'in one branch, sizes in the other, and what comes last for both',
      `kw = {}\nif T:\n    kw["poolclass"] = NullPool\nelse:\n    kw["pool_size"] = 5\nkw["pool_recycle"] = 60\n${ENGINE}`,
      5,
      23,
    ],
    [
      'in another dict than the sizes',
      `a = {"pool_size": 5}\nb = {"poolclass": NullPool}\ne = create_engine(u, **a, **b)\n`,
      4,
      19,
    ],
  ])('is refused: %s', (_, text, line, column) => {
    const found = refusal(database, SA + text, SIZE);
    expect(found).toMatchObject({
      kind: 'unsafe',
      message: "the engine's poolclass is NullPool, not a QueuePool",
      at: { line, column },
      found: 'NullPool',
      fix: expect.stringContaining('Remove that argument by hand'),
    });
    expect(database.read(SA + text)).toEqual({ ok: false, refusal: found });
  });

  test('is refused with its file where the dict stands in another one, and a pool of its own as well', () => {
    const found = refusal(database, `${SA}kw = {"pool_size": 5}\nkw["pool"] = mine\n${ENGINE}`, SIZE);
    expect(found).toMatchObject({ message: expect.stringContaining('a pool of its own'), at: { line: 4 } });
  });

  const BRANCHES = (size: string, more: string) =>
    `${SA}kw = {"echo": True}\nif T:\n    kw["poolclass"] = NullPool\nelse:\n    kw["pool_size"] = ${size}\n${more}${ENGINE}`;
  const DICTS = (rest: string) =>
    `${SA}if T:\n    kw = {"poolclass": NullPool}\nelse:\n    kw = {${rest}}\ne = create_engine(u, pool_pre_ping=True, **kw)\n`;

  test.each([
    ['in the other branch', BRANCHES('5', ''), BRANCHES('20', '    kw["max_overflow"] = 30\n')],
    ['in the dict of the other branch', DICTS('"pool_size": 5'), DICTS('"pool_size": 20, "max_overflow": 30')],
    [
      'in the other dict of a ternary',
      `${SA}kw = {"poolclass": NullPool} if T else {"pool_size": 5}\n${ENGINE}`,
      `${SA}kw = {"poolclass": NullPool} if T else {"pool_size": 20, "max_overflow": 30}\n${ENGINE}`,
    ],
    [
      'in the other dict of a ternary in the call',
      `${SA}e = create_engine(u, **({"pool_size": 5} if P else dict(poolclass=NullPool)))\n`,
      `${SA}e = create_engine(u, **({"pool_size": 20, "max_overflow": 30} if P else dict(poolclass=NullPool)))\n`,
    ],
    [
      'beside an empty dict',
      `${SA}kw = {} if T else {"pool_size": 5}\n${ENGINE}`,
      `${SA}kw = {} if T else {"pool_size": 20, "max_overflow": 30}\n${ENGINE}`,
    ],
    [
      'beside a QueuePool',
      `${SA}kw = {"poolclass": QueuePool, "pool_size": 5, "max_overflow": 1}\n${ENGINE}`,
      `${SA}kw = {"poolclass": QueuePool, "pool_size": 20, "max_overflow": 30}\n${ENGINE}`,
    ],
    [
      'beside none',
      `${SA}kw = dict(poolclass=None, pool_size=5)\n${ENGINE}`,
      `${SA}kw = dict(poolclass=None, pool_size=20, max_overflow=30)\n${ENGINE}`,
    ],
    [
      'in a dict that is merged in',
      `${SA}kw = {}\nkw |= {"pool_size": 5}\n${ENGINE}`,
      `${SA}kw = {}\nkw |= {"pool_size": 20, "max_overflow": 30}\n${ENGINE}`,
    ],
  ])('does not keep sizes from being changed %s', (_, before, after) => {
    expect(edited(database, before, SIZE)).toBe(after);
  });

  const LEFT = (way: string, size: string, more = '') =>
    `${SA}def f():\n    kw = {"echo": True}\n    if T:\n        kw["poolclass"] = NullPool\n        ${way}\n    kw["pool_size"] = ${size}\n${more}    return create_engine(u, **kw)\n`;
  const CALL = (sizes: string) =>
    `${SA}kw = {"echo": True}\nif T:\n    kw["poolclass"] = NullPool\nelse:\n    e = create_engine(u, ${sizes}, **kw)\n`;

  test.each([
    [
      'a branch that returns',
      LEFT('return use(**kw)', '5'),
      LEFT('return use(**kw)', '20', '    kw["max_overflow"] = 30\n'),
    ],
    ['a branch that raises', LEFT('raise E', '5'), LEFT('raise E', '20', '    kw["max_overflow"] = 30\n')],
    [
      'another branch than that of the call',
      CALL('pool_size=5, max_overflow=9'),
      CALL('pool_size=20, max_overflow=30'),
    ],
  ])('is left alone in %s', (_, before, after) => {
    expect(edited(database, before, SIZE)).toBe(after);
  });

  test('is refused where the branch goes on to the call', () => {
    expect(refusal(database, LEFT('log(1)', '5'), SIZE).message).toContain('NullPool');
  });

  test.each([
    [
      'dicts',
      (pre: string) =>
        `if A:\n    kw = {"pool_pre_ping": True}\nelse:\n    kw = {"pool_pre_ping": False${pre}}\n${ENGINE}`,
    ],
    ['a ternary', (pre: string) => `kw = {"echo": True} if A else {"pool_recycle": 60${pre}}\n${ENGINE}`],
  ])('nothing is added to one branch alone of %s, unless the other is for SQLite', (_, text) => {
    expect(refusal(database, SA + text(''), SIZE).message).toContain('`**kw` is filled in several places');
    const sqlite = (more: string) => SA + text(more).replace(' A', ' "sqlite" in u');
    expect(edited(database, sqlite(''), SIZE)).toBe(sqlite(', "pool_size": 20, "max_overflow": 30'));
  });

  test('of a ternary with sizes in both dicts, or with one that is not seen, nothing is changed', () => {
    const both = `${SA}kw = {"pool_size": 5} if T else {"pool_size": 9}\n${ENGINE}`;
    expect(refusal(database, both, SIZE).message).toContain('several values for pool_size');
    const unseen = `${SA}kw = {"pool_size": 5} if T else more\n${ENGINE}`;
    expect(refusal(database, unseen, SIZE).message).toContain('`**kw` may set it');
  });

  test('what is merged from elsewhere may hold anything', () => {
    expect(refusal(database, `${SA}kw = {"pool_size": 5}\nkw |= more\n${ENGINE}`, SIZE)).toMatchObject({
      kind: 'unsafe',
      message: expect.stringContaining('`**kw` may set it'),
    });
    expect(refusal(database, `${SA}kw = {"pool_size": 5}\nkw &= {"a": 1}\n${ENGINE}`, SIZE).kind).toBe('unsafe');
  });
});
