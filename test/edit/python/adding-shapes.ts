import { ALL, call, crlf, lines, SA, type Shape, shape } from './shape.js';

/** Engines without pool arguments: each call goes on in its own style. */
export const ADDING: readonly Shape[] = [
  call(
    'the guide',
    'engine = create_engine(settings.database_url)\n',
    `engine = create_engine(settings.database_url, ${ALL})\n`,
  ),
  call('no final newline', 'e = create_engine(u)', `e = create_engine(u, ${ALL})`),
  call('a trailing comma on one line', 'e = create_engine(u,)\n', `e = create_engine(u, ${ALL},)\n`),
  call(
    'no space after commas',
    'e = create_engine(u,echo=True)\n',
    `e = create_engine(u,echo=True,${ALL.replaceAll(', ', ',')})\n`,
  ),
  call('spaces inside the parentheses', 'e = create_engine( u )\n', `e = create_engine( u, ${ALL} )\n`),
  call(
    'spaces around =',
    'e = create_engine(u, echo = True)\n',
    `e = create_engine(u, echo = True, ${ALL.replaceAll('=', ' = ')})\n`,
  ),
  call(
    'one a line, trailing comma',
    'e = create_engine(\n    u,\n    echo=True,\n)\n',
    `e = create_engine(\n    u,\n    echo=True,\n${lines('    ')},\n)\n`,
  ),
  call(
    'one a line, no trailing comma',
    'e = create_engine(\n    u,\n    echo=True\n)\n',
    `e = create_engine(\n    u,\n    echo=True,\n${lines('    ')}\n)\n`,
  ),
  call('one argument on its own line', 'e = create_engine(\n  u\n)\n', `e = create_engine(\n  u,\n${lines('  ')}\n)\n`),
  call(
    'several on one inner line',
    'e = create_engine(\n    u, echo=True\n)\n',
    `e = create_engine(\n    u, echo=True, ${ALL}\n)\n`,
  ),
  call(
    'tabs',
    'def f():\n\te = create_engine(\n\t\tu,\n\t)\n',
    `def f():\n\te = create_engine(\n\t\tu,\n${lines('\t\t')},\n\t)\n`,
  ),
  call(
    'aligned to the parenthesis, which closes on the last line',
    'e = create_engine(u,\n                  echo=True)\n',
    `e = create_engine(u,\n                  echo=True,\n${lines(' '.repeat(18))})\n`,
  ),
  call(
    'a value over several lines',
    'e = create_engine(u, connect_args={\n    "a": 1,\n})\n',
    `e = create_engine(u, connect_args={\n    "a": 1,\n}, ${ALL})\n`,
  ),
  call(
    'a dict over several lines, one argument a line',
    'e = create_engine(\n    u,\n    connect_args={\n        "a": 1,\n    },\n)\n',
    `e = create_engine(\n    u,\n    connect_args={\n        "a": 1,\n    },\n${lines('    ')},\n)\n`,
  ),
  call(
    'a comment with a comma after the last argument, no final comma',
    'e = create_engine(\n    u,\n    echo=True  # loud, for now\n)\n',
    `e = create_engine(\n    u,\n    echo=True,  # loud, for now\n${lines('    ')}\n)\n`,
  ),
  call(
    'a comment after the final comma',
    'e = create_engine(\n    u,\n    echo=True,  # loud, for now\n)\n',
    `e = create_engine(\n    u,\n    echo=True,  # loud, for now\n${lines('    ')},\n)\n`,
  ),
  call(
    'a comment behind arguments that share the line of the parenthesis',
    'e = create_engine(u, echo=True  # loud\n)\n',
    `e = create_engine(u, echo=True,  # loud\n${lines('    ')}\n)\n`,
  ),
  call(
    'commented-out arguments below the last one',
    'e = create_engine(\n    u,\n    # pool_size=7,\n)\n',
    `e = create_engine(\n    u,\n${lines('    ')},\n    # pool_size=7,\n)\n`,
  ),
  call(
    'the final comma below a comment',
    'e = create_engine(\n    u  # where\n    ,\n)\n',
    `e = create_engine(\n    u  # where\n    ,\n${lines('    ')},\n)\n`,
  ),
  call(
    'commas that lead',
    'e = create_engine(\n      u\n    , echo=True\n)\n',
    `e = create_engine(\n      u\n    , echo=True, ${ALL}\n)\n`,
  ),
  call('a star argument', 'e = create_engine(*args)\n', `e = create_engine(*args, ${ALL})\n`),
  call(
    'a lambda last',
    'e = create_engine(u, creator=lambda: c)\n',
    `e = create_engine(u, creator=lambda: c, ${ALL})\n`,
  ),
  call(
    'a backslash between arguments',
    'e = create_engine(u, \\\n    echo=True)\n',
    `e = create_engine(u, \\\n    echo=True,\n${lines('    ')})\n`,
  ),
  shape(
    'CRLF, BOM, Chinese and a comment with a comma',
    `\uFEFF${crlf(`# 数据库连接池, 🚀\n${SA}e = create_engine(\n    u,\n    echo=True  # 打开, 日志\n)\n`)}`,
    `\uFEFF${crlf(`# 数据库连接池, 🚀\n${SA}e = create_engine(\n    u,\n    echo=True,  # 打开, 日志\n${lines('    ')}\n)\n`)}`,
  ),
];
