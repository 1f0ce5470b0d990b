"""sampler.py SECONDS: within a machine, what the application takes, one JSON document a line, every SECONDS, until its
standard input ends.

Connections are counted by the servers themselves, and given to whose process holds the other end. Memory is the
proportional share (Pss), processor time is in seconds since the start of each process.
"""

import json
import os
import re
import select
import sys
import time

import psycopg2
import redis

PROJECT = "/root/Action/.env"
DATABASE_PORT = 5432
TICKS = os.sysconf("SC_CLK_TCK")
CLIENTS = """
SELECT client_port, state FROM pg_stat_activity
WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()
"""


def main(seconds: float) -> None:
    url = re.search(r"^DATABASE_URL=postgresql\+psycopg2(.*)$", open(PROJECT).read(), re.M).group(1)
    database = psycopg2.connect("postgresql" + url)
    database.autocommit = True
    broker = redis.Redis(host="127.0.0.1", port=6379)
    own = broker.client_id()
    due = time.monotonic()
    ended = False
    while not ended:
        print(json.dumps(sample(database, broker, own)), flush=True)
        due = max(due + seconds, time.monotonic())
        ended, _, _ = select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))


def sample(database, broker, own: int) -> dict:
    at = time.time()
    rows = clients_of(database)
    redis_ports = [int(each["addr"].rpartition(":")[2]) for each in broker.client_list() if int(each["id"]) != own]
    processes = roles()
    holder = holders(processes)
    return {
        "at": round(at, 3),
        "database": counted(holder, [port for port, _ in rows]),
        "busy": counted(holder, [port for port, state in rows if state != "idle"]),
        "redis": counted(holder, redis_ports),
        "pss": grouped(processes, pss),
        "cpu": {**grouped(processes, cpu), "all": [cpu_of_all()]},
    }


def clients_of(database) -> list:
    with database.cursor() as cursor:
        cursor.execute(CLIENTS)
        return cursor.fetchall()


def roles() -> dict:
    """The processes of the application and of its servers, by their command lines."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        role = role_of(read(f"/proc/{pid}/cmdline").replace("\0", " "))
        if role is not None:
            found[pid] = role
    parents = {pid: parent_of(pid) for pid in found}
    for pid, role in list(found.items()):
        if role == "celery-parent" and found.get(parents[pid]) in ("celery-parent", "celery"):
            found[pid] = "celery"
    for pid, role in list(found.items()):
        children = {found[each] for each in found if parents[each] == pid}
        if role in ("web-parent", "celery-parent") and not children & {"web", "celery"}:
            found[pid] = role.removesuffix("-parent")
    return found


def role_of(command: str):
    if "multiprocessing.spawn" in command:
        return "web"
    if "multiprocessing.resource_tracker" in command:
        return "web-tracker"
    if re.search(r"^\S*python\S* \S*/uvicorn app\.main", command):
        return "web-parent"
    if re.search(r"^\S*python\S* \S*/celery -A app\.celery_app worker", command):
        return "celery-parent"
    if re.search(r"^\S*python\S* \S*/alembic ", command):
        return "migrations"
    if command.startswith(("postgres:", "/usr/lib/postgresql/")):
        return "database"
    return "redis" if "redis-server" in command else None


def parent_of(pid: str) -> str:
    # Between two looks a process may be gone.
    fields = stat_of(pid)
    return fields[1] if fields else ""


def stat_of(pid: str) -> list:
    return read(f"/proc/{pid}/stat").rpartition(") ")[2].split()


def pss(pid: str) -> int:
    kilobytes = re.search(r"^Pss:\s+(\d+)", read(f"/proc/{pid}/smaps_rollup"), re.M)
    return int(kilobytes.group(1)) * 1024 if kilobytes else 0


def cpu(pid: str) -> float:
    """Of the process, and of the children that it had."""
    return sum(map(int, stat_of(pid)[11:15])) / TICKS


def cpu_of_all() -> float:
    """What the cores did for whomever, but for those who gave way to everybody (nice)."""
    user, _nice, system, _idle, _waiting, *rest = map(int, read("/proc/stat").split("\n")[0].split()[1:9])
    return (user + system + sum(rest)) / TICKS


def grouped(processes: dict, figure) -> dict:
    groups = {}
    for pid, role in processes.items():
        if role not in ("database", "redis") or figure is cpu:
            groups.setdefault(role, []).append(figure(pid))
    return groups


def holders(processes: dict) -> dict:
    """By the port of a connection, the role of the process that holds it."""
    sockets = {inode: port for port, inode in map(port_and_inode, read("/proc/net/tcp").splitlines()[1:])}
    found = {}
    for pid, role in processes.items():
        for inode in inodes(pid):
            if inode in sockets and role not in ("database", "redis"):
                found[sockets[inode]] = role
    return found


def port_and_inode(line: str) -> tuple:
    fields = line.split()
    return int(fields[1].rpartition(":")[2], 16), fields[9]


def inodes(pid: str):
    folder = f"/proc/{pid}/fd"
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        try:
            link = os.readlink(f"{folder}/{name}")
        except OSError:
            continue
        if link.startswith("socket:["):
            yield link[8:-1]


def counted(holder: dict, ports: list) -> dict:
    counts = {}
    for port in ports:
        role = holder.get(port, "others")
        counts[role] = counts.get(role, 0) + 1
    return counts


def read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    main(float(sys.argv[1]))
