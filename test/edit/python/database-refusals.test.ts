import { describe, expect, test } from 'vitest';
import { database, refusal } from './editors.js';

const SA = 'from sqlalchemy import create_engine\n';

describe('the database file is refused', () => {
  test.each([
    ['an empty file', '', 'no create_engine(...) call', undefined],
    ['no engine', 'x = 1\n', 'no create_engine(...) call', undefined],
    [
      'an engine of something else',
      'from app import create_engine\ne = create_engine(u)\n',
      'no create_engine',
      undefined,
    ],
    ['an engine in a docstring only', `${SA}"""create_engine(u)"""\n`, 'no create_engine', undefined],
    ['a syntax error', `${SA}e = create_engine(u\n`, 'syntax error', { line: 2, column: 1 }],
    ['a syntax error elsewhere', `${SA}e = create_engine(u)\nx = = 1\n`, 'syntax error', { line: 3, column: 5 }],
    ['a missing word', `${SA}e = create_engine(u)\nimport \n`, 'syntax error', { line: 3, column: 1 }],
    [
      'a conflict',
      `${SA}e = create_engine(\n<<<<<<< HEAD\n    u,\n=======\n    v,\n>>>>>>> x\n)\n`,
      'merge conflict',
      { line: 3, column: 1 },
    ],
    [
      'a conflict, CRLF',
      `${SA}"""\r\n>>>>>>> x\r\n"""\r\ne = create_engine(u)\r\n`,
      'merge conflict',
      { line: 3, column: 1 },
    ],
    [
      'an argument given twice',
      `${SA}e = create_engine(u, echo=1, echo=2)\n`,
      'echo is given twice',
      { line: 2, column: 30 },
    ],
    [
      'a position after a name',
      `${SA}e = create_engine(url=u, v)\n`,
      'positional argument follows',
      { line: 2, column: 26 },
    ],
    ['a generator', `${SA}e = create_engine(u for u in us)\n`, 'generator', { line: 2, column: 5 }],
    ['a lone carriage return', `${SA}# a\rb\ne = create_engine(u)\n`, 'carriage return', { line: 2, column: 4 }],
    ['a NUL', `${SA}e = create_engine(u)\n\0`, 'NUL', { line: 3, column: 1 }],
    ['256 KiB and more', `${SA}e = create_engine(u)\n#${'x'.repeat(2 ** 18)}\n`, 'larger than 256 KiB', undefined],
  ])('as unsupported: %s', (_, text, message, at) => {
    const found = refusal(database, text);
    expect(found).toMatchObject({ kind: 'unsupported', message: expect.stringContaining(message) });
    expect(found.at).toEqual(at);
    expect(database.read(text)).toEqual({ ok: false, refusal: found });
  });

  const pools = 'from sqlalchemy.pool import NullPool as Q, QueuePool, StaticPool\n';
  test.each([
    ['two engines', `${SA}a = create_engine(u)\nb = create_engine(v)\n`, 'on lines 2 and 3', { line: 2, column: 5 }],
    [
      'branches for something else',
      `${SA}if t:\n    e = create_engine(v)\nelse:\n    e = create_engine(u)\n`,
      'on lines 3 and 5',
      { line: 3, column: 9 },
    ],
    [
      'a name with two meanings',
      `${SA}from other import create_engine\ne = create_engine(u)\n`,
      'can stand for',
      { line: 3, column: 5 },
    ],
    [
      'a function that hides the import',
      `${SA}def create_engine(u): pass\ne = create_engine(u)\n`,
      'can stand for',
      { line: 3, column: 5 },
    ],
    ['NullPool', `${SA}${pools}e = create_engine(u, poolclass=Q)\n`, 'NullPool', { line: 3, column: 32 }],
    [
      'StaticPool',
      `${SA}import sqlalchemy.pool as p\ne = create_engine(u, poolclass=p.StaticPool)\n`,
      'StaticPool',
      { line: 3, column: 32 },
    ],
    [
      'NullPool in a ternary',
      `${SA}e = create_engine(u, poolclass=NullPool if T else QueuePool)\n`,
      'NullPool if T',
      { line: 2, column: 32 },
    ],
    ['a pool of its own', `${SA}e = create_engine(u, pool=p)\n`, 'pool of its own', { line: 2, column: 27 }],
    ['an SQLite URL', `${SA}e = create_engine("sqlite:///x.db")\n`, 'SQLite', { line: 2, column: 5 }],
    [
      'an async SQLite URL',
      `${SA}e = create_engine(url=f"sqlite+aiosqlite:///{p}")\n`,
      'SQLite',
      { line: 2, column: 5 },
    ],
    ['an SQLite URL by name', `${SA}U = "sqlite:///x.db"\ne = create_engine(U)\n`, 'SQLite', { line: 3, column: 5 }],
    [
      'an SQLite URL as a default',
      `${SA}U = getenv("U", "sqlite://")\ne = create_engine(U)\n`,
      'SQLite',
      { line: 3, column: 5 },
    ],
  ])('as unsafe: %s', (_, text, message, at) => {
    const found = refusal(database, text);
    expect(found).toMatchObject({ kind: 'unsafe', message: expect.stringContaining(message), at });
    expect(database.read(text)).toEqual({ ok: false, refusal: found });
  });

  test.each([
    ['a value set elsewhere', `${SA}e = create_engine(u, pool_size=s.SIZE)\n`, '`s.SIZE` is set elsewhere', 32],
    ['a value that is computed', `${SA}e = create_engine(u, pool_size=max(E, 5))\n`, 'computed by a call', 32],
    ['** with arguments to add', `${SA}e = create_engine(u, pool_size=20, **options)\n`, '`**options` may set it', 36],
  ])('to edit, but not to read: %s', (_, text, message, column) => {
    expect(refusal(database, text)).toMatchObject({
      kind: 'unsafe',
      message: expect.stringContaining(message),
      at: { line: 2, column },
    });
    expect(database.read(text).ok).toBe(true);
  });
});
