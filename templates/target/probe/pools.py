"""The pools that the application makes when it is imported."""

import gc
import importlib
import sys
import time

ENGINE_KEYS = ("db.pool_size", "db.max_overflow", "db.pool_timeout", "db.pool_pre_ping", "db.pool_recycle")
REDIS_KEY = "redis.max_connections"
POOL_KEYS = ENGINE_KEYS + (REDIS_KEY,)
ENGINE_TYPES = (
    ("sqlalchemy.engine", "Engine"),
    ("sqlalchemy.ext.asyncio", "AsyncEngine"),
    ("sqlalchemy.orm", "sessionmaker"),
    ("sqlalchemy.ext.asyncio", "async_sessionmaker"),
)
REDIS_TYPES = tuple(
    (package + module, name)
    for package in ("redis", "redis.asyncio", "aioredis")
    for module, name in ((".connection", "ConnectionPool"), (".client", "Redis"))
)


def file_role(key):
    """The file that a setting stands in."""
    return "redis" if key == REDIS_KEY else "database"


def look_at_pools(given):
    """Imports the framework and the two modules, and says what pools they made. `imported_ms` counts from before the
    interpreter was started."""
    for name in given["frameworks"]:
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    modules, failures, files = {}, {}, {}
    for role, path in sorted(given["files"].items()):
        try:
            modules[role] = import_file(path, given)
        except BaseException as error:
            failures[role] = str(error) if isinstance(error, Unable) else told(error, given)
        others = [getattr(module, "__file__", None) for other, module in modules.items() if other != role]
        files[role] = [file for file in own_files(given) if file not in others]
    said = {"imported_ms": round((time.monotonic() - given["began"]) * 1000), "files": files}
    said["versions"] = versions()
    engines = made_by(modules.get("database"), types_of(ENGINE_TYPES), engine_of)
    said["settings"] = dict(engine_settings(engines, modules, failures), **redis_settings(modules, failures))
    pools = made_by(modules.get("redis"), types_of(REDIS_TYPES), redis_pool_of)
    said["redis"] = in_time(SECONDS_FOR_REDIS, ask_pool, pools[0], given["pids"]) if pools and "pids" in given else None
    said["modules"] = {role: getattr(module, "__file__", None) for role, module in modules.items()}
    if given.get("database"):
        nobody = (None, why_none("database", "engine", modules, failures))
        said["database"], said["database_failed"] = ask_in_time(engines[0], given.get("pids", [])) if engines else nobody
    if "broker" in given:
        said["broker"] = in_time(SECONDS_FOR_BROKER, ask_broker, given["broker"], given["pids"])
        said["broker_port"] = in_time(SECONDS_FOR_BROKER, broker_port, given["broker"])
    return said


def made_by(module, kinds, thing_of):
    """What a module made: held by its own names, or else all there is. Some are made within functions, when first needed."""
    if module is None or not kinds:
        return []
    own = [thing_of(value) for value in list(vars(module).values()) if is_one_of(value, kinds)]
    everywhere = own or [thing_of(value) for value in gc.get_objects() if is_one_of(value, kinds)]
    return list({id(thing): thing for thing in everywhere if thing is not None}.values())


def is_one_of(thing, kinds):
    """By its true type: some objects pretend to be of another, and wake up when they are asked."""
    return issubclass(type(thing), kinds)


def types_of(names):
    """Those of the types that have been imported by now."""
    found = [getattr(sys.modules.get(module), name, None) for module, name in names]
    return tuple(kind for kind in found if isinstance(kind, type))


def engine_of(value):
    """An engine, that of an asynchronous one, or the one that a maker of sessions is bound to."""
    bound = value.kw.get("bind") if hasattr(value, "kw") else value
    return getattr(bound, "sync_engine", bound) if is_one_of(bound, types_of(ENGINE_TYPES)) else None


def redis_pool_of(value):
    return getattr(value, "connection_pool", value)


def engine_settings(engines, modules, failures):
    if not engines:
        return {key: unresolved(why_none("database", "engine", modules, failures)) for key in ENGINE_KEYS}
    return agreed([pool_settings(engine.pool) for engine in engines], "engines")


def pool_settings(pool):
    kind = type(pool).__name__
    if not hasattr(pool, "_max_overflow"):
        why = unresolved("the engine has a %s" % kind)
        sizes = {key: why for key in ("db.pool_size", "db.max_overflow", "db.pool_timeout")}
    else:
        sizes = {
            "db.pool_size": pool.size(),
            "db.max_overflow": pool._max_overflow,
            "db.pool_timeout": number(pool._timeout),
        }
    return dict(sizes, **{"db.pool_pre_ping": bool(pool._pre_ping), "db.pool_recycle": number(pool._recycle)})


def number(value):
    return int(value) if isinstance(value, float) and value.is_integer() else value


def redis_settings(modules, failures):
    pools = made_by(modules.get("redis"), types_of(REDIS_TYPES), redis_pool_of)
    if not pools:
        return {REDIS_KEY: unresolved(why_none("redis", "connection pool", modules, failures))}
    return agreed([{REDIS_KEY: pool.max_connections} for pool in pools], "connection pools")


def agreed(many, what):
    """What all of them have; where they differ, nobody can say which is meant."""
    first = many[0]
    differs = unresolved("there are several %s, and they differ" % what)
    return {key: value if all(each[key] == value for each in many) else differs for key, value in first.items()}


def why_none(role, what, modules, failures):
    if role in failures:
        return failures[role]
    return "no %s is made when the module is imported" % what if role in modules else "its file is not known"


def unresolved(why):
    return {"unresolved": why}


def versions():
    """Of this interpreter, and of what is installed for it."""
    from importlib import metadata

    found = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    for name in ("uvicorn", "gunicorn", "celery", "sqlalchemy", "redis"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            pass
    return found
