"""What stands between the application and its database, and where the two are."""

import asyncio
import socket
import struct

POOLER_DATABASE = "pgbouncer"
POOLER_PORT = 6432


def key_pid(raw):
    """The process that the server named when the line was opened. A pooler makes one up."""
    for look in (lambda: raw.get_backend_pid(), lambda: raw.info.backend_pid, lambda: raw.get_server_pid()):
        try:
            return look()
        except AttributeError:
            pass
    return None


def look_at_pooler(dialect, words, options):
    """Whose console it has, what that says of its limits, and where the server behind it is. None for what it does not tell."""
    here = {"program": "unknown", "version": None, "limits": None, "server_place": None}
    try:
        here.update(console(dialect, words, options))
    except Exception as error:
        if is_refused(error, options):
            here["program"] = "pgbouncer"
    return here


def is_refused(error, options):
    """A server has no such database. A pgbouncer has it, and lets nobody in whom it was not told to."""
    said = str(error)
    known = "not allowed" in said or "no such user" in said
    return known or (str(options.get("port")) == str(POOLER_PORT) and "does not exist" not in said)


def console(dialect, words, options):
    """What it says of itself; only that it is there where the driver can't read from a line without prepared statements."""
    database = options.get("dbname") or options.get("database")
    key = "dbname" if "dbname" in options else "database"
    line = open_console(dialect, words, dict(options, **{key: POOLER_DATABASE}))
    if line is None:
        return {"program": "pgbouncer"}
    try:
        line.autocommit = True
        said = {show: rows_from(line, show) for show in ("VERSION", "CONFIG", "DATABASES", "POOLS")}
    finally:
        line.close()
    return dict(pooler_facts(said, database, options.get("user"), server_place(options.get("host"))), program="pgbouncer")


def open_console(dialect, words, options):
    if dialect.driver != "asyncpg":
        return dialect.connect(*words, **options)
    try:
        import psycopg2
    except ImportError:
        return asyncio.run(knock(options))
    return psycopg2.connect(**{key: options[key] for key in ("host", "port", "user", "password", "database") if key in options})


async def knock(options):
    import asyncpg

    await (await asyncpg.connect(**options)).close()


def rows_from(line, what):
    cursor = line.cursor()
    cursor.execute("SHOW " + what)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


def pooler_facts(said, database, user, place):
    config = {row["key"]: row["value"] for row in said["CONFIG"]}
    own = next((row for row in said["DATABASES"] if row["name"] == database), {})
    figure = lambda key: int(config.get(key) or 0)
    size = int(own.get("pool_size") or figure("default_pool_size")) + int(own.get("reserve_pool") or own.get("reserve_pool_size") or figure("reserve_pool_size"))
    most = int(own.get("max_connections") or figure("max_db_connections"))
    others = [row for row in said["POOLS"] if row["database"] != POOLER_DATABASE and (row["database"], row["user"]) != (database, user)]
    consoles = [row for row in said["POOLS"] if row["database"] == POOLER_DATABASE]
    limits = {
        "mode": own.get("pool_mode") or config.get("pool_mode"),
        "pool_size": min(size, most) if most else size,
        "max_clients": figure("max_client_conn"),
        "others": clients_in(others),
        "shared": clients_in(said["POOLS"]) - clients_in(others) - clients_in(consoles),
        "client_idle_ms": figure("client_idle_timeout") * 1000,
        "prepared": figure("max_prepared_statements"),
    }
    # Its own loopback is ours only where it is on this machine.
    server = server_place(own.get("host")) if place in ("socket", "own") else None
    version = next(iter(said["VERSION"][0].values()), "") if said["VERSION"] else ""
    return {"version": numbers_of(version), "limits": limits, "server_place": server}


def clients_in(pools):
    return sum(int(row.get("cl_active") or 0) + int(row.get("cl_waiting") or 0) for row in pools)


def server_place(host):
    """Where a server is, seen from here; its name is nobody's business."""
    if not host or host.startswith(("/", "@")):
        return "socket"
    try:
        family, _, _, _, address = socket.getaddrinfo(host.split(",")[0], None, type=socket.SOCK_STREAM)[0]
    except OSError:
        return None
    if is_own_address(family, address[0]):
        return "own"
    return "far" if family != socket.AF_INET else place_on_routes(struct.unpack("<I", socket.inet_aton(address[0]))[0])


def is_own_address(family, address):
    """Only an address of this machine can be listened on."""
    with socket.socket(family, socket.SOCK_STREAM) as line:
        try:
            line.bind((address, 0))
        except OSError:
            return False
    return True


def place_on_routes(address):
    """The kernel writes addresses as words in the order of this machine."""
    place = "far"
    for row in rows_of("/proc/net/route"):
        target, gateway, mask = (int(row[column], 16) for column in (1, 2, 7))
        if gateway == address:
            return "gateway"
        if mask and not gateway and address & mask == target:
            place = "link"
    return place


def numbers_of(text):
    """The version within a longer text."""
    for word in str(text).split():
        if word[:1].isdigit():
            return "".join(char for char in word if char.isdigit() or char == ".").rstrip(".")
    return None
