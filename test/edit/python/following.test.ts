import { describe, expect, it } from 'vitest';
import { database, type Files, outcomeIn, redis, type Setting, valuesIn } from '../project.js';

const WANT = { 'db.pool_size': 20 } as const;
const DB = 'app/core/database.py';
const CONFIG = 'app/core/config.py';
const SA = 'from sqlalchemy import create_engine\n';
const SIZE = `${SA}from app.core.config import settings\ne = create_engine(u, pool_size=settings.DB_POOL_SIZE)\n`;
const BASE = 'from pydantic_settings import BaseSettings, SettingsConfigDict\nfrom pydantic import Field\n';

function settings(field: string, more = ''): string {
  return `${BASE}\nclass Settings(BaseSettings):\n    ${field}\n${more}\nsettings = Settings()\n`;
}

type Case = readonly [name: string, files: Files, changed: Files | RegExp, setting?: Setting];

const ENV = '    model_config = SettingsConfigDict(env_file=".env")\n';
const COMPOSE = { compose: ['docker-compose.yml'] };
const service = (rest: string) => `services:\n  api:\n    build: .\n    command: uvicorn a:b\n${rest}`;

const CAP = (field: string) =>
  `@field_validator("${field}")\n    @classmethod\n    def cap(cls, value):\n        return min(value, 8)`;

const CLASSES: readonly Case[] = [
  [
    'a class default',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: int = 5  # 连接') },
    { [CONFIG]: settings('DB_POOL_SIZE: int = 20  # 连接') },
  ],
  [
    'Field(default=)',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: int = Field(default=5, le=50)') },
    { [CONFIG]: settings('DB_POOL_SIZE: int = Field(default=20, le=50)') },
  ],
  [
    'Field by position',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: int = Field(5, ge=1)') },
    { [CONFIG]: settings('DB_POOL_SIZE: int = Field(20, ge=1)') },
  ],
  [
    'a bound that is lower',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: int = Field(default=5, le=10)') },
    /^unsafe app\/core\/config.py:5:45 DB_POOL_SIZE does not take 20: its class says le=10/,
  ],
  [
    'a type that takes some values only',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: Literal[5, 10] = 5') },
    /^unsafe app\/core\/config.py:5:\d+ DB_POOL_SIZE can't be set to 20 safely: its type Literal may not/,
  ],
  [
    'a type that is defined elsewhere',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: Size = 5') },
    /^unsafe app\/core\/config.py:5:\d+ DB_POOL_SIZE can't be set to 20 safely: its type Size may not/,
  ],
  [
    'types that take any number',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: Optional[Annotated[int, Field(ge=1)]] = 5') },
    { [CONFIG]: settings('DB_POOL_SIZE: Optional[Annotated[int, Field(ge=1)]] = 20') },
  ],
  [
    'a validator',
    { [DB]: SIZE, [CONFIG]: settings(`DB_POOL_SIZE: int = 5\n\n    ${CAP('DB_POOL_SIZE')}`) },
    /^unsafe app\/core\/config.py:\d+:\d+ DB_POOL_SIZE can't be set to 20 safely: a validator may change/,
  ],
  [
    'a validator of another field',
    { [DB]: SIZE, [CONFIG]: settings(`DB_POOL_SIZE: int = 5\n\n    ${CAP('OTHER')}`) },
    { [CONFIG]: settings(`DB_POOL_SIZE: int = 20\n\n    ${CAP('OTHER')}`) },
  ],
  [
    'a plain class',
    {
      [DB]: `${SA}from app.core.config import Config\ne = create_engine(u, pool_size=Config.SIZE)\n`,
      [CONFIG]: 'class Config:\n    SIZE = 5\n',
    },
    { [CONFIG]: 'class Config:\n    SIZE = 20\n' },
  ],
  [
    'a base class',
    {
      [DB]: SIZE,
      [CONFIG]: 'class Base:\n    DB_POOL_SIZE = 5\nclass Settings(Base):\n    X = 1\nsettings = Settings()\n',
    },
    { [CONFIG]: 'class Base:\n    DB_POOL_SIZE = 20\nclass Settings(Base):\n    X = 1\nsettings = Settings()\n' },
  ],
  [
    'get_settings()',
    {
      [DB]: `${SA}from .config import get_settings\ns = get_settings()\ne = create_engine(u, pool_size=s.DB_POOL_SIZE)\n`,
      [CONFIG]: `${settings('DB_POOL_SIZE: int = 5')}@lru_cache\ndef get_settings():\n    return Settings()\n`,
    },
    { [CONFIG]: `${settings('DB_POOL_SIZE: int = 20')}@lru_cache\ndef get_settings():\n    return Settings()\n` },
  ],
  [
    'an instance by the package',
    {
      [DB]: `${SA}from app.core import settings\ne = create_engine(u, pool_size=settings.DB_POOL_SIZE)\n`,
      'app/core/__init__.py': 'from .config import settings\n',
      [CONFIG]: settings('DB_POOL_SIZE: int = 5'),
    },
    { [CONFIG]: settings('DB_POOL_SIZE: int = 20') },
  ],
  [
    'a module',
    { [DB]: `${SA}from app.core import config\ne = create_engine(u, pool_size=config.SIZE)\n`, [CONFIG]: 'SIZE = 5\n' },
    { [CONFIG]: 'SIZE = 20\n' },
  ],
  [
    'a nested class that variables reach into',
    {
      [DB]: `${SA}from app.core.config import settings\ne = create_engine(u, pool_size=settings.db.pool_size)\n`,
      [CONFIG]: `${BASE}class Db(BaseModel):\n    pool_size: int = 5\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter="__")\n    db: Db = Db()\nsettings = Settings()\n`,
    },
    /can be set under a nested name/,
  ],
  [
    'a nested class',
    {
      [DB]: `${SA}from app.core.config import settings\ne = create_engine(u, pool_size=settings.db.size)\n`,
      [CONFIG]: 'class Db:\n    size: int = 5\nclass Settings:\n    db: Db = Db()\nsettings = Settings()\n',
    },
    { [CONFIG]: 'class Db:\n    size: int = 20\nclass Settings:\n    db: Db = Db()\nsettings = Settings()\n' },
  ],
  [
    'an argument of the class',
    { [DB]: SIZE, [CONFIG]: 'class Settings:\n    DB_POOL_SIZE = 5\nsettings = Settings(DB_POOL_SIZE=7)\n' },
    { [CONFIG]: 'class Settings:\n    DB_POOL_SIZE = 5\nsettings = Settings(DB_POOL_SIZE=20)\n' },
  ],
  [
    'a property',
    {
      [DB]: SIZE,
      [CONFIG]:
        'class Settings:\n    @property\n    def DB_POOL_SIZE(self):\n        return 5\nsettings = Settings()\n',
    },
    /^unsafe app\/core\/config.py:3:9 .* is computed/,
  ],
  [
    'an attribute that is assigned again',
    { [DB]: `${SIZE}settings.DB_POOL_SIZE = 9\n`, [CONFIG]: settings('DB_POOL_SIZE: int = 5') },
    /^unsafe app\/core\/database.py:4:10 .* assigned again on line 4/,
  ],
  [
    'no default',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: int') },
    /^unsafe app\/core\/config.py:5:5 .* has no default/,
  ],
  [
    'a module that is not there',
    { [DB]: SIZE },
    /^unsafe app\/core\/database.py:3:32 .* comes from app.core.config, which is not a file of the project/,
  ],
  [
    'a module with an error',
    { [DB]: SIZE, [CONFIG]: 'settings = = 1\n' },
    /^unsupported app\/core\/config.py:1:12 Python syntax error/,
  ],
];

const ENVIRONMENTS: readonly Case[] = [
  [
    'an environment file',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: int = 5', ENV), '.env': 'A=1\r\nDB_POOL_SIZE=10 # now\r\n' },
    { '.env': 'A=1\r\nDB_POOL_SIZE=20 # now\r\n' },
  ],
  [
    'an environment file with quotes and export',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: int = 5', ENV), '.env': 'export db_pool_size="10"' },
    { '.env': 'export db_pool_size="20"' },
  ],
  [
    'the last of two lines',
    { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: int = 5', ENV), '.env': 'DB_POOL_SIZE=8\nDB_POOL_SIZE=10\n' },
    { '.env': 'DB_POOL_SIZE=8\nDB_POOL_SIZE=20\n' },
  ],
  [
    'an environment file without it',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5', ENV),
      '.env': '# DB_POOL_SIZE=9\nX="\nDB_POOL_SIZE=7"\n',
    },
    { [CONFIG]: settings('DB_POOL_SIZE: int = 20', ENV) },
  ],
  [
    'a prefix',
    {
      [DB]: SIZE,
      [CONFIG]: settings(
        'DB_POOL_SIZE: int = 5',
        '    class Config:\n        env_file = ".env"\n        env_prefix = "APP_"\n',
      ),
      '.env': 'DB_POOL_SIZE=9\nAPP_DB_POOL_SIZE=10\n',
    },
    { '.env': 'DB_POOL_SIZE=9\nAPP_DB_POOL_SIZE=20\n' },
  ],
  [
    'an alias',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = Field(5, validation_alias="POOL")', ENV),
      '.env': 'POOL=10\n',
    },
    { '.env': 'POOL=20\n' },
  ],
  [
    'two environment files that set it',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5', ENV),
      '.env': 'DB_POOL_SIZE=1\n',
      'app/.env': 'DB_POOL_SIZE=2\n',
    },
    /^unsafe .* is set in several files/,
  ],
  [
    'compose',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5', ENV),
      '.env': 'DB_POOL_SIZE=9\n',
      'docker-compose.yml': service('    environment:\n      DB_POOL_SIZE: "10"  # 十\n'),
    },
    { 'docker-compose.yml': service('    environment:\n      DB_POOL_SIZE: "20"  # 十\n') },
    COMPOSE,
  ],
  [
    'compose, as a list',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5'),
      'docker-compose.yml': service('    environment:\n      - DB_POOL_SIZE=10\n'),
    },
    { 'docker-compose.yml': service('    environment:\n      - DB_POOL_SIZE=20\n') },
    COMPOSE,
  ],
  [
    'a default of compose',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5'),
      'docker-compose.yml': service('    environment:\n      DB_POOL_SIZE: ${SIZE:-10}\n'),
    },
    { 'docker-compose.yml': service('    environment:\n      DB_POOL_SIZE: ${SIZE:-20}\n') },
    COMPOSE,
  ],
  [
    'the file of compose',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5'),
      '.env': 'SIZE=10\n',
      'docker-compose.yml': service('    environment:\n      DB_POOL_SIZE: ${SIZE:-5}\n'),
    },
    { '.env': 'SIZE=20\n' },
    COMPOSE,
  ],
  [
    'env_file of a service',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5'),
      'deploy/api.env': 'DB_POOL_SIZE=10',
      'docker-compose.yml': service('    env_file: [deploy/api.env]\n'),
    },
    { 'deploy/api.env': 'DB_POOL_SIZE=20' },
    COMPOSE,
  ],
  [
    'two services, of which one is not given it',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5'),
      'docker-compose.yml': `${service('    environment: {DB_POOL_SIZE: 5}\n')}  worker:\n    build: .\n`,
    },
    {
      'docker-compose.yml': `${service('    environment: {DB_POOL_SIZE: 20}\n')}  worker:\n    build: .\n`,
      [CONFIG]: settings('DB_POOL_SIZE: int = 20'),
    },
    COMPOSE,
  ],
  [
    'what surrounds compose',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5'),
      'docker-compose.yml': service('    environment: [DB_POOL_SIZE]\n'),
    },
    /^unsafe .* only known where compose runs/,
    COMPOSE,
  ],
  [
    'a unit',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5'),
      '/etc/x.service': '[Service]\nEnvironment="A=1" DB_POOL_SIZE=10\nExecStart=/v/uvicorn a:b\n',
    },
    { '/etc/x.service': '[Service]\nEnvironment="A=1" DB_POOL_SIZE=20\nExecStart=/v/uvicorn a:b\n' },
    { units: ['/etc/x.service'] },
  ],
  [
    'the file of a unit',
    {
      [DB]: SIZE,
      [CONFIG]: settings('DB_POOL_SIZE: int = 5'),
      '/etc/default/x': 'DB_POOL_SIZE=10\n',
      '/etc/x.service': '[Service]\nEnvironmentFile=-/etc/default/x\nExecStart=/v/uvicorn a:b\n',
    },
    { '/etc/default/x': 'DB_POOL_SIZE=20\n' },
    { units: ['/etc/x.service'] },
  ],
];

const engine = (lines: string, call: string) => `import os\n${SA}${lines}e = create_engine(u, ${call})\n`;

const HERE: readonly Case[] = [
  [
    'int(os.getenv)',
    { [DB]: engine('', 'pool_size=int(os.getenv("SIZE", "5"))') },
    { [DB]: engine('', 'pool_size=int(os.getenv("SIZE", "20"))') },
  ],
  [
    'os.environ.get with a number',
    { [DB]: engine('', "pool_size=int(os.environ.get('SIZE', 5))") },
    { [DB]: engine('', "pool_size=int(os.environ.get('SIZE', 20))") },
  ],
  [
    'os.getenv that a loaded file sets',
    {
      [DB]: engine('from dotenv import load_dotenv\nload_dotenv()\n', 'pool_size=int(os.getenv("SIZE", "5"))'),
      '.env': "SIZE='7'\n",
    },
    { '.env': "SIZE='20'\n" },
  ],
  [
    'os.getenv that a file sets which nobody loads',
    { [DB]: engine('', 'pool_size=int(os.getenv("SIZE", "5"))'), '.env': 'SIZE=7\n' },
    /^unsafe .* nothing in .* loads it/,
  ],
  [
    'os.environ that is set nowhere',
    { [DB]: engine('', 'pool_size=int(os.environ["SIZE"])') },
    /^unsafe app\/core\/database.py:3:36 .* is set nowhere that is known/,
  ],
  [
    'a constant',
    { [DB]: engine('SIZE: int = 5\nprint(f"{SIZE} connections")\n', 'pool_size=SIZE') },
    { [DB]: engine('SIZE: int = 20\nprint(f"{SIZE} connections")\n', 'pool_size=SIZE') },
  ],
  [
    'a constant from the environment',
    { [DB]: engine('SIZE = int(os.getenv("X", "5"))\n', 'pool_size=SIZE') },
    { [DB]: engine('SIZE = int(os.getenv("X", "20"))\n', 'pool_size=SIZE') },
  ],
  [
    'a constant that something else uses',
    { [DB]: engine('SIZE = 5\nchunks = split(SIZE)\n', 'pool_size=SIZE') },
    /^unsafe app\/core\/database.py:4:16 .* used for something else, too, on line 4/,
  ],
  [
    'a constant that is set twice',
    { [DB]: engine('SIZE = 5\nif X:\n    SIZE = 9\n', 'pool_size=SIZE') },
    /^unsafe .* is set in 2 places, on lines 3, 5/,
  ],
  [
    'a name that a loop sets',
    { [DB]: engine('for SIZE in x:\n    pass\n', 'pool_size=SIZE') },
    /^unsafe .* set in a way that is not followed/,
  ],
  [
    'a dict with the key',
    { [DB]: engine('OPTIONS = {"echo": True, "pool_size": 5}\n', '**OPTIONS') },
    { [DB]: engine('OPTIONS = {"echo": True, "pool_size": 20}\n', '**OPTIONS') },
  ],
  [
    'dict() with the key',
    { [DB]: engine('OPTIONS = dict(pool_size = 5)\n', '**OPTIONS') },
    { [DB]: engine('OPTIONS = dict(pool_size = 20)\n', '**OPTIONS') },
  ],
  [
    'a dict without it',
    { [DB]: engine('OPTIONS = {"echo": True}\n', '**OPTIONS') },
    { [DB]: engine('OPTIONS = {"echo": True}\n', '**OPTIONS, pool_size=20') },
  ],
  [
    'a dict with its like',
    { [DB]: engine("OPTIONS = {\n    'max_overflow': 5,  # more\n}\n", '**OPTIONS') },
    { [DB]: engine("OPTIONS = {\n    'max_overflow': 5,  # more\n    'pool_size': 20,\n}\n", '**OPTIONS') },
  ],
  [
    '.update() in a branch',
    { [DB]: engine('o = {}\nif "sqlite" not in u:\n    o.update(max_overflow=9)\n', '**o') },
    { [DB]: engine('o = {}\nif "sqlite" not in u:\n    o.update(max_overflow=9, pool_size=20)\n', '**o') },
  ],
  [
    '.update({}) with the key',
    { [DB]: engine('o = {}\no.update({"pool_size": 9})\n', '**o') },
    { [DB]: engine('o = {}\no.update({"pool_size": 20})\n', '**o') },
  ],
  [
    'a key that is assigned',
    { [DB]: engine('o = {}\nif x:\n    o["pool_size"] = 9\n', '**o') },
    { [DB]: engine('o = {}\nif x:\n    o["pool_size"] = 20\n', '**o') },
  ],
  [
    'a like key that is assigned',
    { [DB]: engine("o = {}\nif x:\n    o['max_overflow'] = 9  # so\n", '**o') },
    { [DB]: engine("o = {}\nif x:\n    o['max_overflow'] = 9  # so\n    o['pool_size'] = 20\n", '**o') },
  ],
  [
    'a dict that is handed on',
    { [DB]: engine('o = {"pool_size": 5}\ntune(o)\n', '**o') },
    /^unsafe app\/core\/database.py:4:6 .* may set pool_size/,
  ],
  [
    'a dict that is filled in branches',
    { [DB]: engine('o = {}\nif x:\n    o["echo"] = 9\n', '**o') },
    /^unsafe .* is filled in several places/,
  ],
  [
    'a key in two branches',
    { [DB]: engine('if x:\n    o = {"pool_size": 1}\nelse:\n    o = {"pool_size": 2}\n', '**o') },
    /^unsafe .* one of several values for pool_size, on lines 4, 6/,
  ],
  [
    'a dict of another module',
    {
      [DB]: `${SA}from app.core.config import OPTIONS\ne = create_engine(u, **OPTIONS)\n`,
      [CONFIG]: 'OPTIONS = {"pool_size": 5}\n',
    },
    { [CONFIG]: 'OPTIONS = {"pool_size": 20}\n' },
  ],
  [
    'a function that gives a dict',
    { [DB]: engine('def options():\n    return {"pool_size": 5}\n', '**options()') },
    { [DB]: engine('def options():\n    return {"pool_size": 20}\n', '**options()') },
  ],
  [
    'an item of a dict',
    { [DB]: engine('C = {"db": {"size": 5}}\n', 'pool_size=C["db"]["size"]') },
    { [DB]: engine('C = {"db": {"size": 20}}\n', 'pool_size=C["db"]["size"]') },
  ],
  ['a dict in place', { [DB]: engine('', '**{"pool_size": 5}') }, { [DB]: engine('', '**{"pool_size": 20}') }],
];

const make = (def: string, calls: string) =>
  `${SA}def make(${def}):\n    return create_engine(u, pool_size=size)\n${calls}`;

const PARAMETERS: readonly Case[] = [
  [
    'a default that no caller overrides',
    { [DB]: make('u, size: int = 5', 'e = make(x)\n') },
    { [DB]: make('u, size: int = 20', 'e = make(x)\n') },
  ],
  [
    'a caller that gives it by name',
    { [DB]: make('u, size=5', 'e = make(x, size=9)\n') },
    /^unsafe app\/core\/database.py:4:5 .* gives size, or may give it, on line 4/,
  ],
  ['a caller that gives it by position', { [DB]: make('u, size=5', 'e = make(x, 9)\n') }, /^unsafe .* gives size/],
  [
    'a caller that may give it',
    { [DB]: make('u, size=5', 'e = make(x, **o)\n') },
    /^unsafe .* gives size, or may give it/,
  ],
  [
    'no caller in the file',
    { [DB]: make('u, size=5', '') },
    /^unsafe .* whether a caller in another file gives it can't be seen/,
  ],
  ['a function that is handed on', { [DB]: make('u, size=5', 'run(make)\n') }, /^unsafe .* is handed on/],
  ['no default', { [DB]: make('u, size', 'make(x, 5)\n') }, /^unsafe .* is given by the caller/],
  [
    'a constructor',
    {
      [DB]: `${SA}class Db:\n    def __init__(self, u, size=5):\n        self.e = create_engine(u, pool_size=size)\ndb = Db(x)\n`,
    },
    {
      [DB]: `${SA}class Db:\n    def __init__(self, u, size=20):\n        self.e = create_engine(u, pool_size=size)\ndb = Db(x)\n`,
    },
  ],
];

const BRANCHES: readonly Case[] = [
  [
    'SQLite and PostgreSQL',
    {
      [DB]: `${SA}if u.startswith("sqlite"):\n    e = create_engine(u, connect_args={"check_same_thread": False})\nelse:\n    e = create_engine(u)\n`,
    },
    {
      [DB]: `${SA}if u.startswith("sqlite"):\n    e = create_engine(u, connect_args={"check_same_thread": False})\nelse:\n    e = create_engine(u, pool_size=20)\n`,
    },
  ],
  [
    'PostgreSQL and SQLite',
    { [DB]: `${SA}U = "sqlite://"\nif not IS_SQLITE:\n    e = create_engine(U)\nelse:\n    e = create_engine(U)\n` },
    {
      [DB]: `${SA}U = "sqlite://"\nif not IS_SQLITE:\n    e = create_engine(U, pool_size=20)\nelse:\n    e = create_engine(U)\n`,
    },
  ],
  [
    'reader and writer',
    { [DB]: `${SA}reader = create_engine(u)\nwriter = create_engine(v)\n` },
    /^unsafe app\/core\/database.py:2:10 2 create_engine/,
  ],
];

const WHERE: readonly (readonly [string, readonly Case[]])[] = [
  ['a settings class', CLASSES],
  ['the environment', ENVIRONMENTS],
  ['the same file', HERE],
  ['parameters', PARAMETERS],
  ['branches', BRANCHES],
];

describe.each(WHERE)('a value in %s', (_where, cases) => {
  it.each(cases.map((one) => ({ name: one[0], one })))('$name', ({ one: [, files, expected, setting] }) => {
    const outcome = outcomeIn(database, DB, files, WANT, setting);
    if (expected instanceof RegExp) expect(outcome).toMatch(expected);
    else expect(outcome).toEqual(expected);
  });
});

describe('reading', () => {
  it('tells the value that counts, and the file it stands in', () => {
    const files = { [DB]: SIZE, [CONFIG]: settings('DB_POOL_SIZE: int = 5', ENV), '.env': 'DB_POOL_SIZE=10\n' };
    expect(valuesIn(database, DB, files)).toMatchObject({ 'db.pool_size': 10 });
    expect(valuesIn(database, DB, { ...files, '.env': 'DB_POOL_SIZE=many\n' })).toMatchObject({
      'db.pool_size': { unresolved: 'it is no plain number' },
    });
  });
});

it('holds for Redis as well', () => {
  const files = {
    'app/redis.py':
      'import redis\nfrom app.core.config import settings\nr = redis.from_url(u, max_connections=settings.REDIS_MAX)\n',
    [CONFIG]: settings('REDIS_MAX: int = 10'),
  };
  expect(outcomeIn(redis, 'app/redis.py', files, { 'redis.max_connections': 50 })).toEqual({
    [CONFIG]: settings('REDIS_MAX: int = 50'),
  });
});
