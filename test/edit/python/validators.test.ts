import { describe, expect, it } from 'vitest';
import { database, type Files, outcomeIn } from '../project.js';

const DB = 'app/core/database.py';
const CONFIG = 'app/core/config.py';
const USE =
  'from sqlalchemy import create_engine\nfrom app.core.config import settings\ne = create_engine(u, pool_size=settings.size)\n';
const BASE = 'from pydantic_settings import BaseSettings\n';

/** A settings class with a method, and what is made of it. */
function settings(method: string, field = 'size: int = 5'): string {
  return `${BASE}class Settings(BaseSettings):\n    ${field}\n    url: str = ""\n\n${indented(method)}\n\nsettings = Settings()\n`;
}

function indented(method: string): string {
  return method.replace(/^/gm, '    ');
}

function outcome(config: string, more: Files = {}): unknown {
  return outcomeIn(database, DB, { [DB]: USE, [CONFIG]: config, ...more }, { 'db.pool_size': 20 });
}

const AFTER = '@model_validator(mode="after")\n';
const BEFORE = '@model_validator(mode="before")\n@classmethod\n';
const ROOT = '@root_validator(pre=True)\n';

describe('a validator that may change or refuse the number', () => {
  it.each([
    ['names the field', '@field_validator("size")\n@classmethod\ndef f(cls, v):\n    return min(v, 8)'],
    ['names what is not written out', '@validator(*FIELDS)\ndef f(cls, v):\n    return v'],
    ['is for all fields', "@validator('*', pre=True)\ndef f(cls, v):\n    return v"],
    ['is made of a function from elsewhere', '_f = validator("size", allow_reuse=True)(cap)'],
    ['is called by another name', '@pydantic.field_validator("url", "size")\ndef f(cls, v):\n    return v'],
    ['reads the field of self', `${AFTER}def f(self):\n    assert self.size < 9\n    return self`],
    ['hands self on', `${AFTER}def f(self):\n    check(self)\n    return self`],
    ['gives another object', `${AFTER}def f(self):\n    return self.model_copy(update=FIXED)`],
    ['looks into all of self', `${AFTER}def f(self):\n    self.__dict__[KEY] = 9\n    return self`],
    ['sets an attribute whose name is computed', `${AFTER}def f(self):\n    setattr(self, KEY, 9)\n    return self`],
    [
      'gets at all of self by name',
      `${AFTER}def f(self):\n    getattr(self, "__dict__").update(FIXED)\n    return self`,
    ],
    ['reads the key', `${BEFORE}def f(cls, data):\n    data["SIZE"] = 9\n    return data`],
    ['reads a key that is computed', `${BEFORE}def f(cls, data):\n    data[KEY] = 9\n    return data`],
    ['merges data', `${BEFORE}def f(cls, data):\n    return {**data, **FIXED}`],
    ['updates data', `${BEFORE}def f(cls, data: Any):\n    data.update(FIXED)\n    return data`],
    ['gives other data', `${BEFORE}def f(cls, data):\n    return load()`],
    ['walks through values', `${ROOT}def f(cls, values):\n    for k in values:\n        pass\n    return values`],
    ['stands without brackets', '@root_validator\ndef f(cls, values):\n    values |= FIXED\n    return values'],
    ['wraps', '@model_validator(mode="wrap")\n@classmethod\ndef f(cls, data, handler):\n    return handler(data)'],
    [
      'asks a method that reads the field',
      `${AFTER}def f(self):\n    self.check()\n    return self\ndef check(self):\n    assert self.size < 9`,
    ],
    ['asks a method from elsewhere', `${AFTER}def f(self):\n    self.check()\n    return self`],
  ])('is refused where it %s', (_, method) => {
    expect(outcome(settings(method))).toMatch(
      /^unsafe app\/core\/config.py:6:\d+ size can't be set to 20 safely: a validator (?:of the whole class )?may change/,
    );
  });

  const derived = `from .base import Base\nclass Settings(Base):\n    @field_validator("size")\n    def f(cls, v):\n        return min(v, 8)\nsettings = Settings()\n`;
  const base = `${BASE}class Base(BaseSettings):\n    size: int = 5\n`;

  it('is refused in a class derived from the one with the field, with its file', () => {
    expect(outcome(derived, { 'app/core/base.py': base })).toMatch(
      /^unsafe app\/core\/config.py:3:5 size can't be set/,
    );
  });

  const outer = (method: string) =>
    `${BASE}class Db(BaseSettings):\n    size: int = 5\nclass Settings(BaseSettings):\n    db: Db = Db()\n    url: str = ""\n${indented(method)}\nsettings = Settings()\n`;
  const USE_OUTER = { [DB]: USE.replace('settings.size', 'settings.db.size') };

  it.each([
    ['names that field', '@field_validator("db")\ndef f(cls, v):\n    return cap(v)'],
    ['reads that field', `${AFTER}def f(self):\n    cap(self.db)\n    return self`],
  ])('is refused in a class that holds the settings as a field, where it %s', (_, method) => {
    expect(outcome(outer(method), USE_OUTER)).toMatch(
      /^unsafe app\/core\/config.py:7:\d+ size can't be set to 20 safely: a validator/,
    );
  });

  it.each([
    ['names another', '@field_validator("url")\ndef f(cls, v):\n    return v'],
    ['reads another', `${AFTER}def f(self):\n    assert self.url\n    return self`],
  ])('is none in a class that holds the settings as a field, where it %s', (_, method) => {
    const config = outer(method);
    expect(outcome(config, USE_OUTER)).toMatchObject({ [CONFIG]: config.replace('size: int = 5', 'size: int = 20') });
  });

  it('is refused in a class beside it', () => {
    const mixed = `${BASE}class Caps:\n    @root_validator\n    def f(cls, values):\n        return cap(values)\nclass Settings(Caps, BaseSettings):\n    size: int = 5\nsettings = Settings()\n`;
    expect(outcome(mixed)).toMatch(/^unsafe app\/core\/config.py:3:5 size can't be set/);
  });

  it('is refused where it names the field by its alias', () => {
    const method = `${BEFORE}def f(cls, data):\n    data["DB_SIZE"] = 9\n    return data`;
    expect(outcome(settings(method, 'size: int = Field(5, alias="DB_SIZE")'))).toMatch(
      /: a validator of the whole class/,
    );
  });

  it('counts for the environment as well', () => {
    const method = '@field_validator("size")\ndef f(cls, v):\n    return v\nmodel_config = {"env_file": ".env"}';
    expect(outcome(settings(method), { '.env': 'SIZE=9\n' })).toMatch(/: a validator may change or refuse it/);
  });
});

describe('a validator that leaves the number alone', () => {
  it.each([
    ['names another field', '@field_validator("url")\ndef f(cls, v):\n    return v'],
    ['is made for another field', '_f = validator("url")(strip)'],
    [
      'sets another field',
      `${AFTER}def f(self):\n    if not self.url:\n        self.url = f"x{self.host}"\n    return self`,
    ],
    [
      'sets another key',
      `${BEFORE}def f(cls, data):\n    if "url" in data:\n        data["url"] = data.get("u", "")\n    return data`,
    ],
    [
      'asks what data is',
      `${BEFORE}def f(cls, data):\n    if not isinstance(data, dict):\n        return data\n    return data`,
    ],
    ['reads values', '@root_validator\ndef f(cls, values):\n    assert values["url"]\n    return values'],
    [
      'asks a method that leaves it alone',
      `${AFTER}def f(self):\n    self.check("url", self.url)\n    return self\ndef check(self, name, value):\n    if value == "secret" and self.env != "local":\n        raise ValueError(name)`,
    ],
    [
      'sets another attribute by name',
      `${AFTER}def f(self):\n    object.__setattr__(self, "url", "x")\n    return self`,
    ],
    [
      'asks for another attribute by name',
      `${AFTER}def f(self):\n    assert getattr(self, "url", None)\n    return self`,
    ],
    [
      'asks whether there is data',
      `${BEFORE}def f(cls, data):\n    if data:\n        data["url"] = "x"\n    return data`,
    ],
    ['is no validator', '@check_validator("size")\ndef f(cls, v):\n    return v'],
  ])('passes where it %s', (_, method) => {
    expect(outcome(settings(method))).toEqual({ [CONFIG]: settings(method, 'size: int = 20') });
  });
});
