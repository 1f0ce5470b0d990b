"""What is known of a running service, as rows for the planner."""

import base64
import datetime
import json
import os
import time


# Where a Redis is that could not be asked.
REDIS_PORT = 6379


def facts(service, given):
    """Rows: a key and its fields, parted by tabs; what may hold anything is JSON in base64."""
    program = service.program
    everyone = program.everyone()
    pids = [each.pid for each in tree_of(program.process.pid, read_processes())]
    asked = {"files": given["files"], "frameworks": frameworks_of(program), "database": True, "pids": pids}
    if program.name == "celery":
        asked["broker"] = program.option("-A", "--app") or ""
    said = service.fresh("pools", asked)
    rows = [
        ("kind", program.name),
        ("workers", "-" if program.workers is None else len(program.workers)),
        ("supervised", "yes" if program.steerable() else "no"),
        ("pool", program.pool() or "-"),
        ("shell", "yes" if program.shell else "no"),
        ("connected", connected(program, said.get("broker_port")) or "-"),
        ("before", before_ms(program)),
        ("import", said.get("imported_ms", "-")),
        ("started", moment(program.process.started_at())),
        ("newest", *newest(everyone)),
    ]
    told = said.get("redis")
    to_redis = told["own"] if told else lines_to(pids, given.get("redis_port", REDIS_PORT))
    rows.append(("redis", "-" if to_redis is None else to_redis))
    rows += [("%s-server" % key, packed(said[key])) for key in ("redis", "broker") if said.get(key)]
    rows += [("version", name, version) for name, version in sorted(said.get("versions", {}).items())]
    rows += [("setting", key, packed(value)) for key, value in sorted(settings_of(program, said).items())]
    rows += [("older", role) for role, path in sorted(said.get("modules", {}).items()) if path and changed_since(everyone, [path])]
    rows += database_rows(said.get("database"))
    if "failed" in said:
        rows.append(("failed", packed(said["failed"])))
    for row in rows:
        print("\t".join(str(field) for field in row))
    return 0


def connected(program, port):
    """The port of a worker's broker, where it has a connection to that. Beat only hands tasks out, and may leave its broker in between."""
    is_worker = program.name == "celery" and "worker" in program.arguments()
    return port if is_worker and port and lines_to([program.process.pid], port) else None


def frameworks_of(program):
    return {"uvicorn": ["uvicorn", "fastapi"], "gunicorn": ["gunicorn", "fastapi"], "celery": ["celery"]}.get(program.name, [])


def before_ms(program):
    """What ran before the program. Where the main process became the program, nobody can say any more."""
    if program.main is None or program.main.pid == program.process.pid:
        return "-"
    return round((program.process.ticks - program.main.ticks) * 1000 / TICKS)


def newest(processes):
    """Which process was started last, and when, in ms since 1970: its log shows how a start goes now."""
    last = max(processes, key=lambda each: each.ticks)
    return last.pid, round(last.started_at() * 1000)


def moment(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def packed(value):
    return base64.b64encode(json.dumps(value).encode()).decode()


def database_rows(database):
    if not database:
        return []
    held = packed({key: database[key] for key in ("bounds", "clients", "own")})
    rows = [("database", database["max"], database["reserved"], database["in_use"])]
    rows += [("held", held), ("about", packed(database["about"]))]
    return rows + [("application", packed(name), count) for name, count in sorted(database["applications"].items())]


def settings_of(program, said):
    """As the processes have them: counts by the tree, pools by a new interpreter, which tells of processes only where they
    were started after all that it has read."""
    counted = counted_settings(program)
    pools = said.get("settings") or {key: unresolved(said.get("failed", "it was not asked")) for key in POOL_KEYS}
    return dict(counted, **{key: as_started(key, value, program, said) for key, value in pools.items()})


def as_started(key, value, program, said):
    changed = changed_since(program.everyone(), said.get("files", {}).get(file_role(key), []))
    return unresolved("%s was changed after the processes were started" % changed) if changed else value


def counted_settings(program):
    if program.name == "celery":
        return {"celery.pool": program.pool() or unresolved(NO_POOL), "celery.concurrency": concurrency_of(program)}
    if program.workers is None:
        return {"web.workers": unresolved("its workers can't be told from other processes")}
    return {"web.workers": len(program.workers)}


NO_POOL = "it has no children, and its command line names no pool"


def concurrency_of(program):
    pool = program.pool()
    if program.option("--autoscale"):
        return unresolved("it scales by itself, by --autoscale")
    if pool == "prefork":
        return len(program.workers)
    if pool == "solo":
        return 1
    asked = program.option("-c", "--concurrency")
    if pool and asked and asked.isdigit():
        return int(asked)
    return unresolved("the processes do not show it")


# A file's time and a process's are told by different clocks of the kernel.
GRAIN_S = 0.05


def changed_since(processes, paths):
    """The first of the files that is newer than the oldest of the processes."""
    oldest = min((each.started_at() for each in processes), default=time.time())
    for path in paths:
        try:
            if os.stat(path).st_mtime > oldest + GRAIN_S:
                return path
        except OSError:
            pass
    return None
