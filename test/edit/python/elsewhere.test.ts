import { describe, expect, test } from 'vitest';
import { databaseEditor } from '../../../src/edit/python/database.js';
import { loadPython } from '../../../src/edit/python/grammar.js';
import { outcomeIn } from '../project.js';
import { database, edited, refusal } from './editors.js';

const SA = 'from sqlalchemy import create_engine\n';
const SIZE = { 'db.pool_size': 20 } as const;
const picked = databaseEditor(await loadPython(), 'engine');

const RIVALS: readonly [name: string, text: string, line: number, found: string][] = [
  [
    'an import that is tried first',
    'try:\n    from app.local import engine\nexcept ImportError:\n    engine = create_engine(u)\n',
    3,
    'from app.local import engine',
  ],
  [
    'an import under that name in the other branch',
    'if L:\n    from app.local import e as engine\nelse:\n    engine = create_engine(u)\n',
    3,
    'from app.local import e as engine',
  ],
  [
    'an import that comes later',
    'engine = create_engine(u)\ntry:\n    from app.local import engine\nexcept ImportError:\n    pass\n',
    4,
    'from app.local import engine',
  ],
  [
    'an import whose name is asked',
    'from app.local import engine\nif engine is None:\n    engine = create_engine(u)\n',
    2,
    'from app.local import engine',
  ],
  [
    'another value in the other branch',
    'if L:\n    engine = make_engine(u)\nelse:\n    engine = create_engine(u)\n',
    3,
    'engine = make_engine(u)',
  ],
  [
    'another value that is tried first',
    'try:\n    engine = local.engine\nexcept AttributeError:\n    engine = create_engine(u)\n',
    3,
    'engine = local.engine',
  ],
  [
    'another value in the other case',
    'match L:\n    case 1:\n        engine = make_engine(u)\n    case _:\n        engine = create_engine(u)\n',
    4,
    'engine = make_engine(u)',
  ],
  [
    'an import in the other case',
    'match L:\n    case 1:\n        from app.local import engine\n    case _:\n        engine = create_engine(u)\n',
    4,
    'from app.local import engine',
  ],
  [
    'another value that always comes later',
    'engine = create_engine(u)\nengine = make_engine(u)\n',
    3,
    'engine = make_engine(u)',
  ],
  [
    'another value that may come later',
    'engine = create_engine(u)\nif L:\n    engine = make_engine(u)\n',
    4,
    'engine = make_engine(u)',
  ],
  ['another value in the same expression', 'engine = create_engine(u) if L else make_engine(u)\n', 2, 'make_engine(u)'],
];

describe('an engine that may come from elsewhere', () => {
  test.each(RIVALS)('is refused with both places: %s', (_, text, line, found) => {
    const refused = refusal(database, SA + text, SIZE);
    const made =
      SA.concat(text)
        .split('\n')
        .findIndex((one) => one.includes('create_engine(u)')) + 1;
    expect(refused).toMatchObject({
      kind: 'unsafe',
      message: expect.stringContaining(`engine is made on line ${made}, and comes from elsewhere on line ${line}`),
      at: { line, column: expect.any(Number) },
      found,
      candidates: [
        { name: 'engine', at: { line: made } },
        { name: found, at: { line } },
      ],
      fix: expect.stringContaining('--file database=PATH#engine'),
    });
    expect(database.read(SA + text)).toEqual({ ok: false, refusal: refused });
  });

  test.each(RIVALS)('is changed where it is picked: %s', (_, text) => {
    const after = text.replace('create_engine(u)', 'create_engine(u, pool_size=20)');
    expect(edited(picked, SA + text, SIZE)).toBe(SA + after);
  });

  test.each([
    ['nothing before it', 'engine = None\nif L:\n    engine = create_engine(u)\n'],
    ['nothing in the other branch', 'if L:\n    engine = None\nelse:\n    engine = create_engine(u)\n'],
    [
      'nothing in the other case',
      'match L:\n    case 1:\n        e = None\n    case _:\n        e = create_engine(u)\n',
    ],
    ['nothing in the same expression', 'engine = create_engine(u) if L else None\n'],
    [
      'what the caller hands in, in the same expression',
      'def f(given):\n    e = given if given else create_engine(u)\n',
    ],
    ['nothing after it', 'engine = create_engine(u)\ndef stop():\n    global engine\n    engine = None\n'],
    ['what is made of it later', 'engine = create_engine(u)\nengine = wrap(engine)\n'],
    ['what is made of it', 'engine = create_engine(u)\nif L:\n    engine = wrap(engine)\n'],
    ['a module of the library', 'from sqlalchemy import engine\nif L:\n    engine = create_engine(u)\n'],
    ['an import that it always replaces', 'from app.local import engine\nengine = create_engine(u)\n'],
    [
      'what the caller hands in',
      'def f(given):\n    if given:\n        e = given\n    else:\n        e = create_engine(u)\n',
    ],
    ['the branch for SQLite', 'if "sqlite" in u:\n    e = local(u)\nelse:\n    e = create_engine(u)\n'],
    ['a way out where it fails', 'try:\n    e = create_engine(u)\nexcept E:\n    e = local()\n'],
    ['the same name in a function', 'e = create_engine(u)\ndef f():\n    from app.local import e\n'],
    ['an attribute', 'if L:\n    self.e = given\nelse:\n    self.e = create_engine(u)\n'],
  ])('is changed beside %s', (_, text) => {
    const after = text.replace('create_engine(u)', 'create_engine(u, pool_size=20)');
    expect(edited(database, SA + text, SIZE)).toBe(SA + after);
  });
});

describe('what a file imports from itself', () => {
  const outcomeOf = (line: string) =>
    outcomeIn(
      database,
      'app/core/database.py',
      { 'app/core/database.py': `${SA}engine = create_engine(u)\n${line}\n` },
      SIZE,
    );

  test.each(['from app.core.database import engine', 'from .database import engine'])('is no other: %s', (line) => {
    expect(Object.values(outcomeOf(line))).toEqual([`${SA}engine = create_engine(u, pool_size=20)\n${line}\n`]);
  });

  test.each(['from ..database import engine', 'from app.database import engine', 'from app.core import engine'])(
    'is not what another file has: %s',
    (line) => {
      expect(outcomeOf(line)).toContain('engine is made on line 2, and comes from elsewhere on line 3');
    },
  );
});

describe('an engine that is made in another way', () => {
  const CONFIG = 'from sqlalchemy import engine_from_config\n';
  test.each([
    ['of a configuration', `${CONFIG}e = engine_from_config(c, prefix="db.")\n`, '2:5', 'configuration', 'pool_size'],
    [
      'of a configuration, asynchronously',
      'import sqlalchemy.ext.asyncio as a\ne = a.async_engine_from_config(c)\n',
      '2:5',
      'configuration',
      'max_overflow',
    ],
    [
      'by functools.partial',
      `${SA}import functools\nmake = functools.partial(create_engine, echo=True)\n`,
      '3:8',
      'functools.partial prepares create_engine(...)',
      'pool_size=N, max_overflow=N',
    ],
  ])('is refused with its place, the cause, and what to write: %s', (_, text, at, message, fix) => {
    const found = refusal(database, text, SIZE);
    expect(found).toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining(message),
      fix: expect.stringContaining(fix),
    });
    expect(`${found.at?.line}:${found.at?.column}`).toBe(at);
    expect(text).toContain(found.found);
  });

  test('does not matter beside one that is changed', () => {
    const text = `${CONFIG}${SA}a = engine_from_config(c)\ne = create_engine(u)\n`;
    expect(edited(database, text, SIZE)).toBe(text.replace('(u)', '(u, pool_size=20)'));
  });

  test('a partial of something else is none', () => {
    expect(refusal(database, `${SA}from functools import partial\nf = partial(print, 1)\n`).message).toContain(
      'no create_engine(...) call',
    );
  });
});
