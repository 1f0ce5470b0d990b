import { call, lines, OLD, one, type Shape } from './shape.js';

/** Engines with pool arguments: only the value tokens change. */
export const CHANGING: readonly Shape[] = [
  call(
    'all five, one a line',
    `e = create_engine(\n    u,\n${OLD},\n)\n`,
    `e = create_engine(\n    u,\n${lines('    ')},\n)\n`,
  ),
  call(
    'some there, some not',
    'e = create_engine(u, pool_timeout=5, pool_size=10)\n',
    'e = create_engine(u, pool_timeout=30, pool_size=20, max_overflow=30, pool_pre_ping=True, pool_recycle=3600)\n',
  ),
  one('white space everywhere', 'pool_size = 5 ,', 'pool_size = 20 ,'),
  one('no white space before the comma', 'pool_size=5,', 'pool_size=20,'),
  one('a value in parentheses', 'pool_size=((5)),', 'pool_size=((20)),'),
  one('a value behind a backslash', 'pool_size=\\\n        5,', 'pool_size=\\\n        20,'),
  one('a comment before the value', 'pool_size=(  # 5, was 4\n        5),', 'pool_size=(  # 5, was 4\n        20),'),
  one('an underscore', 'pool_size=1_000,', 'pool_size=20,'),
  one('hexadecimal', 'pool_size=0xff,', 'pool_size=20,'),
  one('None', 'pool_size=None,', 'pool_size=20,'),
  one('True where a number is wanted', 'pool_size=True,', 'pool_size=20,'),
  one(
    'the name in a dict',
    'pool_size=5, connect_args={"pool_size": "7", "pool_size=5": 5},',
    'pool_size=20, connect_args={"pool_size": "7", "pool_size=5": 5},',
  ),
  one('beside ** where nothing is to be added', 'pool_size=5, **options,', 'pool_size=20, **options,'),
  one('the last argument, closed on its line', 'pool_size=5', 'pool_size=20'),
];
