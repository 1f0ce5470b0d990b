"""Whether a service's processes are as they should be."""

import http.client
import json
import os
import socket
import time

SECONDS_TO_ANSWER = 5
SECONDS_TO_CONNECT_ANEW = 15
NO_LIMIT = 2**31


def judge(service, expected, quick=False):
    """A row for each thing that should hold: `check`, its name, true, false or unknown, what was expected, what was found.
    Succeeds where nothing is false. QUICK leaves out what needs a new interpreter."""
    program, label = service.program, expected["label"]
    rows = another(program, expected) + counts(program, expected) + ages(service, expected)
    rows += places(program, expected) + health(program, expected) + connection(program, expected, quick)
    if not quick:
        rows += pools_and_database(service, expected)
    for name, holds, want, have in rows:
        verdict = {True: "true", False: "false", None: "unknown"}[holds]
        print("\t".join(["check", plain("%s %s" % (label, name)), verdict, shown(want), shown(have)]))
    return 1 if any(holds is False for _, holds, _, _ in rows) else 0


def shown(value):
    return json.dumps(value) if isinstance(value, (bool, type(None))) else plain(value)


def compared(name, want, have):
    """One setting. What can't be told is neither right nor wrong."""
    if isinstance(have, dict):
        return (name, None, want, have["unresolved"])
    return (name, have == want, want, "no limit" if name == REDIS_KEY and have >= NO_LIMIT else have)


def another(program, expected):
    """A shell may do something else before it starts the program: that is not what anybody waits for."""
    want = expected.get("program")
    if not want or program.name == want:
        return []
    return [("program", False, want, "%s so far" % os.path.basename((program.words[1:] or program.words or ["nothing"])[0]))]


def counts(program, expected):
    have = counted_settings(program)
    return [compared(key, want, have[key]) for key, want in sorted(expected["settings"].items()) if key in have]


def ages(service, expected):
    """Every process that reads a file must have been started after it."""
    folders, everyone = [service.app_folder(), service.folder], service.program.everyone()
    return [age(path, seen_as(path, folders), everyone) for path in expected.get("newer", [])]


def seen_as(path, folders):
    return path if os.path.exists(path) else module_of(path, folders)[1]


def age(path, seen, processes):
    name, want = "started after %s" % path, "started after its last change"
    if seen is None:
        return (name, None, want, "it is not to be seen from where the service runs")
    old = [each for each in processes if changed_since([each], [seen])]
    if not old:
        return (name, True, want, "%d of %d" % (len(processes), len(processes)))
    since = os.stat(seen).st_mtime - old[0].started_at()
    return (name, False, want, "process %d is older, by %s" % (old[0].pid, spelled(since)))


def spelled(seconds):
    if seconds < 120:
        return "%.1f s" % seconds
    return "%d min" % (seconds // 60) if seconds < 7200 else "%d h" % (seconds // 3600)


def health(program, expected):
    path = expected.get("health")
    if not path:
        return []
    status, why = answer_of(program, path)
    return [(path, status is not None and 200 <= status < 400, "an answer of 200 to 399", why or str(status))]


def connection(program, expected, quick):
    """A worker that hangs before it has come up runs, and does nothing. One whose broker was gone for a moment comes back."""
    port = expected.get("connected")
    if not port:
        return []
    end = time.monotonic() + (0 if quick else SECONDS_TO_CONNECT_ANEW)
    while lines_to([program.process.pid], port) == 0 and time.monotonic() < end:
        time.sleep(0.5)
    count = lines_to([program.process.pid], port)
    have = "its lines are not to be seen" if count is None else str(count)
    return [("is connected", None if count is None else count > 0, "a connection to its broker, port %d" % port, have)]


def places(program, expected):
    """Where its socket is to listen, by what systemd has read of it, against the sockets that it really has."""
    wanted = expected.get("listens")
    if not wanted:
        return []
    found = listening(program.process.pid)
    if found is None:
        return [("listens", None, ", ".join(wanted), "its sockets are not to be seen")]
    have = sorted(endpoint_of(address) for address in found.values())
    return [("listens", set(wanted) <= set(have), ", ".join(wanted), ", ".join(have) or "nowhere")]


def endpoint_of(address):
    """As systemd writes it."""
    family, host, port = address
    if family == socket.AF_UNIX:
        return host
    return ("[%s]:%d" if family == socket.AF_INET6 else "%s:%d") % (host, port)


def answer_of(program, path):
    """The status of one request to the program's own socket, or None and why there is none."""
    addresses = list((listening(program.process.pid) or {}).values()) or asked_address(program)
    if not addresses:
        return None, "it does not listen"
    began = time.monotonic()
    try:
        line = http.client.HTTPConnection("localhost", timeout=SECONDS_TO_ANSWER)
        line.sock = secured(connect(addresses[0], SECONDS_TO_ANSWER), program)
        line.request("GET", path, headers={"User-Agent": "action-tune"})
        return line.getresponse().status, None
    except (OSError, http.client.HTTPException) as error:
        return None, "%s after %.1f s" % (type(error).__name__, time.monotonic() - began)


def asked_address(program):
    """By its command line, where its sockets are not ours to see."""
    port = program.option("--port")
    return [(socket.AF_INET, "127.0.0.1", int(port))] if port and port.isdigit() else []


def secured(line, program):
    if not program.option("--ssl-keyfile", "--keyfile"):
        return line
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(line)


def pools_and_database(service, expected):
    wanted = {key: want for key, want in expected["settings"].items() if key in POOL_KEYS}
    limit = expected.get("maxConnections")
    if not wanted and limit is None:
        return []
    said = service.fresh("pools", {"files": expected["files"], "frameworks": [], "database": limit is not None})
    program = service.look()
    rows = [pool_row(key, want, program, said) for key, want in sorted(wanted.items())]
    return rows + ([connections(said, limit)] if limit is not None else [])


def pool_row(key, want, program, said):
    """What a new interpreter finds is what a process has only if it was started after the file was changed. Older than the very
    file with the pool: it does not have it. Older than another file: nobody can tell."""
    have = (said.get("settings") or {}).get(key, unresolved(said.get("failed", "it was not asked")))
    own = said.get("modules", {}).get(file_role(key))
    if have == want and own and changed_since(program.everyone(), [own]):
        return (key, False, want, "%s in the file, but it was changed after they were started" % shown(have))
    return compared(key, want, as_started(key, have, program, said) if have == want else have)


def connections(said, limit):
    database = said.get("database")
    want = "at most %d" % limit
    if not database:
        return ("database connections", None, want, said.get("database_failed") or said.get("failed") or "not asked")
    names = database["applications"]
    total = sum(names.values())
    by_name = ", ".join("%s %d" % (name or "without a name", count) for name, count in sorted(names.items()))
    return ("database connections", total <= limit, want, "%d%s" % (total, " (%s)" % by_name if by_name else ""))

