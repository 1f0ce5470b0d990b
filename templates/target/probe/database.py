"""The database's own word on its connections, asked through the application's engine."""

import asyncio
import threading

SECONDS_TO_CONNECT = 3
SECONDS_TO_ANSWER_ALL = 8
LIMITS = (
    "SELECT current_setting('max_connections')::int, current_setting('superuser_reserved_connections', true),"
    " current_setting('reserved_connections', true)"
)
# A fork that adds settings of its own shows them by their names.
SERVER = (
    "SELECT version(), pg_backend_pid(), (SELECT count(*) FROM pg_settings WHERE left(name, 6) = 'polar_'),"
    " current_setting('polar_version', true)"
)
IDLE = (
    "SELECT name, setting FROM pg_settings"
    " WHERE name IN ('idle_session_timeout', 'idle_in_transaction_session_timeout', 'tcp_keepalives_idle')"
)
# A superuser is held to neither. -1 where there is none.
BOUNDS = (
    "SELECT rolconnlimit, datconnlimit FROM pg_roles, pg_database"
    " WHERE rolname = session_user AND datname = current_database() AND NOT rolsuper"
)
# Who may not see more than his own still sees that there are others, and in which database. We ourselves do not count.
ACTIVITY = (
    "SELECT coalesce(application_name, ''), count(*), datname = current_database(), usename = session_user"
    " FROM pg_stat_activity WHERE datid IS NOT NULL AND pid <> pg_backend_pid() AND application_name IS DISTINCT FROM 'action-tune'"
    " AND coalesce(backend_type, 'client backend') = 'client backend' GROUP BY 1, 3, 4"
)


def ask_in_time(engine, pids):
    """Some drivers have no limit of their own; all else that was found must not be lost over it."""
    answers = []
    asking = threading.Thread(target=lambda: answers.append(ask_database(engine, pids)), daemon=True)
    asking.start()
    asking.join(SECONDS_TO_ANSWER_ALL)
    return answers[0] if answers else (None, "the database did not answer within %d s" % SECONDS_TO_ANSWER_ALL)


def ask_database(engine, pids):
    """The limits and who holds connections, or None and why not. PIDS: the processes of the service."""
    if engine.dialect.name != "postgresql":
        return None, "the database is %s" % plain(engine.dialect.name)
    try:
        (activity, limits, bounds, server, idle), key, opened, own = answers_of(engine, pids)
    except Exception as error:
        return None, "the database did not answer: %s" % type(error).__name__
    names = {}
    for name, count, here, _ in activity:
        if here:
            names[plain(name)] = names.get(plain(name), 0) + count
    return {
        "max": limits[0][0],
        "reserved": sum(int(limit or 0) for limit in limits[0][1:]),
        "in_use": sum(count for _, count, here, mine in activity if not (here and mine)),
        "bounds": [limit if limit >= 0 else None for limit in bounds[0]] if bounds else [None, None],
        "clients": clients_of(activity),
        "own": own,
        "applications": names,
        "about": about_server(engine, server[0], dict(idle), key, opened),
    }, None


def clients_of(activity):
    """All clients, those of our role, those of our database, and those that are both."""
    counted = lambda wanted: sum(count for _, count, here, mine in activity if wanted(here, mine))
    return {
        "all": counted(lambda here, mine: True),
        "role": counted(lambda here, mine: mine),
        "database": counted(lambda here, mine: here),
        "both": counted(lambda here, mine: here and mine),
    }


def about_server(engine, server, idle, key, opened):
    """Which program it is and where, when it drops who is idle, and what stands before it."""
    version, pid, polar, polar_version = server
    words, options = opened or ([], {})
    pooler = look_at_pooler(engine.dialect, words, options) if opened and key is not None and key != pid else None
    return {
        "product": "polardb" if polar or polar_version or "polardb" in version.lower() else "postgresql",
        "version": plain(polar_version) if polar_version else numbers_of(version),
        "driver": plain(engine.dialect.driver),
        "place": (server_place(options.get("host")) if opened else None) if pooler is None else pooler["server_place"],
        "idle_session_ms": int(idle.get("idle_session_timeout") or 0),
        "idle_in_transaction_ms": int(idle.get("idle_in_transaction_session_timeout") or 0),
        "keepalive_ms": int(idle.get("tcp_keepalives_idle") or 0) * 1000,
        "pooler": pooler,
    }


def answers_of(engine, pids):
    """The rows of each statement, the process that the server named when the line was opened, how it was opened, and how many
    lines the service holds where it leads."""
    import sqlalchemy

    opened = hurry(engine, sqlalchemy)
    statements = [sqlalchemy.text(statement) for statement in (ACTIVITY, LIMITS, BOUNDS, SERVER, IDLE)]
    if getattr(engine.dialect, "is_async", False):
        rows, key, own = asyncio.run(ask_async(engine, statements, pids))
    else:
        # What was opened on import was not opened by us.
        engine.dispose()
        before = own_sockets()
        with engine.connect() as line:
            rows = [[tuple(row) for row in line.execute(statements[0])]]
            own = lines_beside(pids, before)
            rows += [[tuple(row) for row in line.execute(statement)] for statement in statements[1:]]
            key = key_pid(line.connection.connection)
    return rows, key, opened[-1] if opened else None, own


async def ask_async(engine, statements, pids):
    from sqlalchemy.ext.asyncio import AsyncEngine

    before = own_sockets()
    async with AsyncEngine(engine).connect() as line:
        rows = [[tuple(row) for row in await line.execute(statements[0])]]
        own = lines_beside(pids, before)
        rows += [[tuple(row) for row in await line.execute(statement)] for statement in statements[1:]]
        raw = (await line.get_raw_connection()).connection
        return rows, key_pid(getattr(raw, "driver_connection", raw)), own


def hurry(engine, sqlalchemy):
    """A database that can't be reached is told soon, and one that is sees who asks. Gives how lines are opened, once one was."""
    driver = engine.dialect.driver
    opened = []

    def connect(dialect, record, words, options):
        if driver.startswith("psycopg"):
            options.update(connect_timeout=SECONDS_TO_CONNECT, application_name="action-tune")
        elif driver in ("asyncpg", "pg8000"):
            options["timeout"] = SECONDS_TO_CONNECT
        if driver == "asyncpg":
            options["server_settings"] = dict(options.get("server_settings") or {}, application_name="action-tune")
        opened.append((list(words), dict(options)))

    sqlalchemy.event.listen(engine, "do_connect", connect)
    return opened
