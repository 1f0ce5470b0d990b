"""The sockets that processes listen on, and whether they do it already."""

import os
import re
import socket

LISTENING = "0A"
ESTABLISHED = "01"
CLOSE_WAIT = "08"
ACCEPTING = 0x10000


def open_files(pid):
    """File descriptors and what they stand for. None where that is not ours to see."""
    folder = "/proc/%d/fd" % pid
    try:
        return {int(name): linked(os.path.join(folder, name)) for name in os.listdir(folder)}
    except OSError:
        return None


def sockets_of(pid):
    """The inodes of all its sockets. None where that is not ours to see."""
    files = open_files(pid)
    return None if files is None else {name[8:-1] for name in files.values() if name.startswith("socket:[")}


def listening(pid):
    """The addresses that a process listens on, by the inode of the socket. None where that is not ours to see."""
    inodes = sockets_of(pid)
    if inodes is None:
        return None
    known = dict(unix_listeners(pid))
    for family, name in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        known.update(tcp_listeners(pid, family, name))
    return {inode: address for inode, address in known.items() if inode in inodes}


def lines_to(pids, port):
    """How many connections the processes have to that port, wherever it is. None where that is not ours to see."""
    count = 0
    for pid in pids:
        inodes = sockets_of(pid)
        if inodes is None:
            return None
        rows = rows_of("/proc/%d/net/tcp" % pid) + rows_of("/proc/%d/net/tcp6" % pid)
        count += sum(row[3] == ESTABLISHED and row[9] in inodes and int(row[2].split(":")[1], 16) == port for row in rows)
    return count


def has_lines(pid):
    """Whether it has a connection to anybody, or has not noticed yet that the other end is gone. True where that is not ours to see."""
    inodes = sockets_of(pid)
    rows = rows_of("/proc/%d/net/tcp" % pid) + rows_of("/proc/%d/net/tcp6" % pid)
    return inodes is None or any(row[3] in (ESTABLISHED, CLOSE_WAIT) and row[9] in inodes for row in rows)


def rows_of(path):
    try:
        with open(path) as file:
            return [line.split() for line in file.readlines()[1:]]
    except OSError:
        return []


def tcp_listeners(pid, family, name):
    for row in rows_of("/proc/%d/net/%s" % (pid, name)):
        if row[3] == LISTENING:
            host, port = row[1].split(":")
            yield row[9], (family, host_of(family, host), int(port, 16))


def host_of(family, written):
    """The kernel writes addresses as words of 32 bits in the order of this machine."""
    raw = b"".join(bytes.fromhex(written[at : at + 8])[::-1] for at in range(0, len(written), 8))
    return socket.inet_ntop(family, raw)


def unix_listeners(pid):
    for row in rows_of("/proc/%d/net/unix" % pid):
        if len(row) > 7 and int(row[3], 16) & ACCEPTING:
            yield row[6], (socket.AF_UNIX, row[7], 0)


def serves(pid):
    """Whether its event loop waits for connections: a worker that still imports has the socket, but does not look at it.
    True where that is not ours to see."""
    files, sockets = open_files(pid), listening(pid)
    if files is None or sockets is None:
        return True
    held = {fd for fd, name in files.items() if name[8:-1] in sockets and name.startswith("socket:")}
    loops = [fd for fd, name in files.items() if name == "anon_inode:[eventpoll]"]
    return any(held & watched(pid, loop) for loop in loops)


def watched(pid, loop):
    try:
        with open("/proc/%d/fdinfo/%d" % (pid, loop)) as file:
            return {int(match) for match in re.findall(r"^tfd:\s+(\d+)", file.read(), re.M)}
    except OSError:
        return set()


def connect(address, seconds):
    """A connection to a listener, as somebody on this machine would make it."""
    family, host, port = address
    if family == socket.AF_UNIX:
        line = socket.socket(family)
        line.settimeout(seconds)
        line.connect("\0" + host[1:] if host.startswith("@") else host)
        return line
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        return socket.create_connection((here, port), seconds)
    except OSError:
        if host != "::":
            raise
        return socket.create_connection(("127.0.0.1", port), seconds)
