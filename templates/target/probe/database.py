"""The database's own word on its connections, asked through the application's engine."""

import asyncio
import threading

SECONDS_TO_CONNECT = 3
SECONDS_TO_ANSWER_ALL = 8
LIMITS = (
    "SELECT current_setting('max_connections')::int, current_setting('superuser_reserved_connections', true),"
    " current_setting('reserved_connections', true)"
)
# Who may not see more than his own still sees that there are others, and in which database. We ourselves do not count.
ACTIVITY = (
    "SELECT coalesce(application_name, ''), count(*), datname = current_database(), usename = current_user"
    " FROM pg_stat_activity WHERE datid IS NOT NULL AND pid <> pg_backend_pid()"
    " AND coalesce(backend_type, 'client backend') = 'client backend' GROUP BY 1, 3, 4"
)


def ask_in_time(engine):
    """Some drivers have no limit of their own; all else that was found must not be lost over it."""
    answers = []
    asking = threading.Thread(target=lambda: answers.append(ask_database(engine)), daemon=True)
    asking.start()
    asking.join(SECONDS_TO_ANSWER_ALL)
    return answers[0] if answers else (None, "the database did not answer within %d s" % SECONDS_TO_ANSWER_ALL)


def ask_database(engine):
    """The limits and who holds connections, or None and why not."""
    if engine.dialect.name != "postgresql":
        return None, "the database is %s" % plain(engine.dialect.name)
    try:
        limits, activity = answers_of(engine)
    except Exception as error:
        return None, "the database did not answer: %s" % type(error).__name__
    names = {}
    for name, count, here, _ in activity:
        if here:
            names[plain(name)] = names.get(plain(name), 0) + count
    own = sum(count for _, count, here, mine in activity if here and mine)
    return {
        "max": limits[0],
        "reserved": sum(int(limit or 0) for limit in limits[1:]),
        "in_use": sum(row[1] for row in activity) - own,
        "applications": names,
    }, None


def answers_of(engine):
    import sqlalchemy

    hurry(engine, sqlalchemy)
    statements = [sqlalchemy.text(LIMITS), sqlalchemy.text(ACTIVITY)]
    if getattr(engine.dialect, "is_async", False):
        return asyncio.run(ask_async(engine, statements))
    with engine.connect() as line:
        return [tuple(line.execute(statements[0]).one()), [tuple(row) for row in line.execute(statements[1])]]


async def ask_async(engine, statements):
    from sqlalchemy.ext.asyncio import AsyncEngine

    async with AsyncEngine(engine).connect() as line:
        limits, activity = await line.execute(statements[0]), await line.execute(statements[1])
        return [tuple(limits.one()), [tuple(row) for row in activity]]


def hurry(engine, sqlalchemy):
    """A database that can't be reached is told soon, and one that is sees who asks."""
    driver = engine.dialect.driver

    def connect(dialect, record, words, options):
        if driver.startswith("psycopg"):
            options.update(connect_timeout=SECONDS_TO_CONNECT, application_name="action-tune")
        elif driver in ("asyncpg", "pg8000"):
            options["timeout"] = SECONDS_TO_CONNECT

    sqlalchemy.event.listen(engine, "do_connect", connect)
