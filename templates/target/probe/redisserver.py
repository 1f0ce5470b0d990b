"""The Redis that the application talks to, and the broker of its tasks: asked where they are, not where one usually is."""

import threading

SECONDS_FOR_REDIS = 5
SECONDS_FOR_BROKER = 15
TOLD = ("maxclients", "connected_clients", "maxmemory_policy", "maxmemory", "run_id")
BROKERS = ("redis://", "rediss://", "redis+socket://", "unix://")


def in_time(seconds, work, *words):
    """What it gives, or None where it takes too long or fails: nothing else that was found is to be lost over it."""
    answers = []

    def quietly():
        try:
            answers.append(work(*words))
        except BaseException:
            pass  # Whatever the application raises: then nobody was asked.

    asking = threading.Thread(target=quietly, daemon=True)
    asking.start()
    asking.join(seconds)
    return answers[0] if answers else None


def ask_pool(pool, pids):
    """The server of a pool, and how many connections the processes hold to it."""
    kind = pool.connection_class.__name__
    options = {key: value for key, value in pool.connection_kwargs.items() if key in REDIS_OPTIONS or key.startswith("ssl_")}
    if "Unix" in kind:
        options["unix_socket_path"] = pool.connection_kwargs.get("path")
    if "SSL" in kind:
        options["ssl"] = True
    return ask_redis(lambda redis: redis.Redis(**options, **patience_for_redis()), pids)


REDIS_OPTIONS = ("host", "port", "username", "password")


def ask_broker(app, pids):
    """The broker of the tasks, where that is a Redis: by the variable that celery itself takes first, else as the application
    has it."""
    url = os.environ.get("CELERY_BROKER_URL") or broker_of(app)
    if not url or not url.startswith(BROKERS):
        return None
    address = url.split(";")[0].replace("redis+socket://", "unix://")
    return ask_redis(lambda redis: redis.Redis.from_url(address, **patience_for_redis()), pids)


def broker_of(app):
    from celery.app.utils import find_app

    name = app or os.environ.get("CELERY_APP")
    return find_app(name).conf.broker_url if name else None


def patience_for_redis():
    return {"socket_timeout": 2, "socket_connect_timeout": 2}


def ask_redis(client_of, pids):
    import redis

    before = own_sockets()
    client = client_of(redis)
    try:
        said = client.info()
        own = lines_beside(pids, before)
        if "maxclients" not in said:
            said["maxclients"] = limit_by_config(client)
    finally:
        client.connection_pool.disconnect()
    return dict({key: said.get(key) for key in TOLD}, own=own)


def limit_by_config(client):
    """Older ones tell it only whoever may see their configuration."""
    try:
        return int(client.config_get("maxclients")["maxclients"])
    except Exception:
        return None
