import { ALL, call, elsewhere, type Shape, shape } from './shape.js';

/** The ways in which a file comes by its engine, and what only looks like one. */
export const FINDING: readonly Shape[] = [
  elsewhere('an alias', 'from sqlalchemy import create_engine as ce\n', 'ce'),
  elsewhere('a module', 'import sqlalchemy\n', 'sqlalchemy.create_engine'),
  elsewhere('a module alias', 'import sqlalchemy as sa, os\n', 'sa.create_engine'),
  elsewhere('a deep module', 'import sqlalchemy.ext.asyncio\n', 'sqlalchemy.ext.asyncio.create_async_engine'),
  elsewhere('an alias of a deep module', 'import sqlalchemy.ext.asyncio as asa\n', 'asa.create_async_engine'),
  elsewhere('an imported submodule', 'from sqlalchemy.ext import asyncio\n', 'asyncio.create_async_engine'),
  elsewhere(
    'async',
    'from sqlalchemy.ext.asyncio import (\n    AsyncSession,\n    create_async_engine,\n)\n',
    'create_async_engine',
  ),
  elsewhere('sqlmodel', 'from sqlmodel import Session, create_engine\n', 'create_engine'),
  elsewhere('a star import', 'from sqlalchemy import *\n', 'create_engine'),
  elsewhere('white space around the dot', 'import sqlalchemy as sa\n', 'sa . create_engine'),
  elsewhere(
    'an import that may fail',
    'try:\n    from sqlalchemy import create_engine\nexcept ImportError:\n    create_engine = None\n',
    'create_engine',
  ),
  elsewhere(
    'another create_engine by its full name',
    'import other\nfrom sqlalchemy import create_engine\nx = other.create_engine(u)\n',
    'create_engine',
  ),
  shape(
    'an import inside the function that calls',
    `def f():\n    from sqlalchemy import create_engine\n    return create_engine(u)\n\ndef g():\n    from other import create_engine\n    return create_engine(u)\n`,
    `def f():\n    from sqlalchemy import create_engine\n    return create_engine(u, ${ALL})\n\ndef g():\n    from other import create_engine\n    return create_engine(u)\n`,
  ),
  call(
    'a wrapper of the same name in a class',
    'class D:\n    def create_engine(self):\n        return create_engine(u)\n',
    `class D:\n    def create_engine(self):\n        return create_engine(u, ${ALL})\n`,
  ),
  call(
    'inside other calls',
    'e = AsyncEngine(create_engine(u), x=1)\n',
    `e = AsyncEngine(create_engine(u, ${ALL}), x=1)\n`,
  ),
  call(
    'the name in a docstring, a comment, a string',
    '"""create_engine(u, pool_size=5)"""\n# create_engine(u, pool_size=5)\ns = "create_engine(u)"\ne = create_engine(u)\n',
    `"""create_engine(u, pool_size=5)"""\n# create_engine(u, pool_size=5)\ns = "create_engine(u)"\ne = create_engine(u, ${ALL})\n`,
  ),
  call(
    'a pool of something else',
    'p = RabbitMQConnectionPool(pool_size=5)\ne = create_engine(u)\n',
    `p = RabbitMQConnectionPool(pool_size=5)\ne = create_engine(u, ${ALL})\n`,
  ),
  call(
    'syntax of Python 3.12 elsewhere',
    'type X = int\nmatch x:\n    case {"a": 1}: pass\ndef f[T](x: T) -> T:\n    with (open(a) as b, open(c) as d):\n        return x\ne = create_engine(u)\n',
    `type X = int\nmatch x:\n    case {"a": 1}: pass\ndef f[T](x: T) -> T:\n    with (open(a) as b, open(c) as d):\n        return x\ne = create_engine(u, ${ALL})\n`,
  ),
  call(
    'a QueuePool by name',
    'from sqlalchemy.pool import QueuePool as Q\ne = create_engine(u, poolclass=Q)\n',
    `from sqlalchemy.pool import QueuePool as Q\ne = create_engine(u, poolclass=Q, ${ALL})\n`,
  ),
  call('poolclass=None', 'e = create_engine(u, poolclass=None)\n', `e = create_engine(u, poolclass=None, ${ALL})\n`),
  call(
    'a PostgreSQL URL',
    'U = "postgresql://a:b@h/sqlite"\ne = create_engine(U)\n',
    `U = "postgresql://a:b@h/sqlite"\ne = create_engine(U, ${ALL})\n`,
  ),
];
