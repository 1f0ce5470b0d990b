"""The processes of this machine, or of this container, as /proc shows them."""

import os
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Process:
    """One process at one moment. A process that is gone has no words."""

    def __init__(self, pid):
        self.pid = pid
        with open("/proc/%d/stat" % pid, "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()
        self.alive = fields[0] not in (b"Z", b"X")
        self.parent = int(fields[1])
        self.ticks = int(fields[19])
        self.words = words_of(pid)

    def identity(self):
        """Tells it from a later process with the same number."""
        return (self.pid, self.ticks)

    def is_python(self):
        return named_python(self.words[0] if self.words else "") or named_python(linked("/proc/%d/exe" % self.pid))

    def started_at(self):
        """In seconds since 1970. Ticks count from the boot, and the clock may have been set since."""
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + self.ticks / TICKS


def catches(pid, wanted):
    """Whether a process has a handler for a signal: without one most signals end it."""
    with open("/proc/%d/status" % pid) as file:
        masks = dict(line.split(":", 1) for line in file)
    return bool(int(masks["SigCgt"], 16) >> (wanted - 1) & 1)


def words_of(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return [os.fsdecode(word) for word in file.read().split(b"\0") if word]
    except OSError:
        return []


def linked(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""


def named_python(path):
    return os.path.basename(path).startswith("python")


def read_processes():
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                found[int(name)] = Process(int(name))
            except (OSError, ValueError, IndexError):
                pass  # It ended while we looked.
    return found


def children_of(pid, processes):
    return sorted((each for each in processes.values() if each.parent == pid and each.alive), key=lambda one: one.pid)


def tree_of(pid, processes):
    """The process and all below it, parents first."""
    found = [processes[pid]] if pid in processes else []
    for process in found:
        found.extend(children_of(process.pid, processes))
    return found


def is_there(process):
    try:
        now = Process(process.pid)
        return now.alive and now.identity() == process.identity()
    except (OSError, ValueError, IndexError):
        return False
