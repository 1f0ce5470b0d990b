"""The connections that processes hold to the server of one connection of our own, wherever that is."""

import os
import socket
import struct

SOCK_DIAG = 4
ALL_STATES = 0xFFFFFFFF
UNIX_NAME, UNIX_PEER = 0, 2


def own_sockets():
    return sockets_of(os.getpid()) or set()


def lines_beside(pids, before):
    """How many connections the processes have to the server that we have opened one to since BEFORE. None where that is not to
    be seen."""
    opened = own_sockets() - before
    ports = {port_of(row) for row in established(os.getpid()) if row[9] in opened}
    if ports:
        counts = [lines_to(pids, port) for port in ports]
        return None if None in counts else sum(counts)
    return local_lines(pids, opened)


def established(pid):
    rows = rows_of("/proc/%d/net/tcp" % pid) + rows_of("/proc/%d/net/tcp6" % pid)
    return [row for row in rows if row[3] == ESTABLISHED]


def port_of(row):
    return int(row[2].split(":")[1], 16)


def local_lines(pids, opened):
    """Through a socket that has a name on this machine: only the kernel knows whose other end it is."""
    try:
        ends = unix_ends()
    except OSError:
        return None
    servers = {ends[inode] for inode in opened if inode in ends}
    held = [sockets_of(pid) for pid in pids]
    if not servers or None in held:
        return None
    return sum(ends.get(inode) in servers for inodes in held for inode in inodes)


def unix_ends():
    """The name of what each socket is connected to, by its inode; only where that has one."""
    names, peers = {}, {}
    for inode, name, peer in unix_sockets():
        names[inode] = name
        peers[inode] = peer
    return {str(inode): names[peer] for inode, peer in peers.items() if names.get(peer)}


def unix_sockets():
    """All of them, as the kernel lists them."""
    asked = struct.pack("=BBHIIIII", socket.AF_UNIX, 0, 0, ALL_STATES, 0, 1 << UNIX_NAME | 1 << UNIX_PEER, 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, SOCK_DIAG) as line:
        line.settimeout(2)
        line.send(struct.pack("=IHHII", 16 + len(asked), 20, 0x301, 1, 0) + asked)
        while True:
            said = line.recv(1 << 16)
            while said:
                size, kind = struct.unpack_from("=IH", said)
                if kind != 20:
                    return
                yield one_socket(said[16:size])
                said = said[(size + 3) & ~3 :]


def one_socket(said):
    fields, at = {}, 16
    while at + 4 <= len(said):
        size, kind = struct.unpack_from("=HH", said, at)
        fields[kind] = said[at + 4 : at + size]
        at += max(4, (size + 3) & ~3)
    inode = struct.unpack_from("=I", said, 4)[0]
    peer = struct.unpack("=I", fields[UNIX_PEER])[0] if UNIX_PEER in fields else None
    return inode, fields.get(UNIX_NAME, b""), peer
