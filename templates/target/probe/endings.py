"""The end of a web worker, between two requests. Told to end, uvicorn closes every connection that has not asked for anything yet:
a request that has just arrived, and was not read, would be cut off."""

import os
import signal
import time

# Longer than uvicorn takes to look whether it is to end: then this is the first thing that it does when it goes on, before it accepts
# another connection. And long enough for whoever is connected to ask.
SECONDS_STOPPED = 0.15
SECONDS_BETWEEN = 0.02
SECONDS_TO_TELL = 1
TRIES = 30
OPEN = ("01", "08")


def end_between_requests(worker, end):
    """END makes it end. It is held meanwhile, and others take what comes; where it holds what it has not read, it goes on first. It
    is never kept waiting for longer than a moment: whoever watches over it would take it for dead."""
    for _ in range(TRIES):
        send(worker, signal.SIGSTOP)
        try:
            time.sleep(SECONDS_STOPPED)
            if not has_unread(worker.pid):
                return end()
        finally:
            send(worker, signal.SIGCONT)
        time.sleep(SECONDS_BETWEEN)
    return end()


def has_unread(pid):
    """Whether something has arrived on one of its connections that it has not read. False where that is not ours to see."""
    own = sockets_of(pid) or ()
    rows = rows_of("/proc/%d/net/tcp" % pid) + rows_of("/proc/%d/net/tcp6" % pid)
    return any(row[3] in OPEN and row[9] in own and int(row[4].split(":")[1], 16) > 0 for row in rows)


def send(process, wanted):
    """One that has ended meanwhile needs no signal any more."""
    if is_there(process):
        os.kill(process.pid, wanted)


def one_fewer(supervisor, worker):
    """The supervisor ends its newest worker, in its own time; it is to have been told before the worker goes on."""
    os.kill(supervisor.pid, signal.SIGTTOU)
    end = time.monotonic() + SECONDS_TO_TELL
    while time.monotonic() < end and not is_pending(worker.pid, signal.SIGTERM):
        time.sleep(0.02)


def is_pending(pid, wanted):
    try:
        with open("/proc/%d/status" % pid) as file:
            masks = dict(line.split(":", 1) for line in file)
    except OSError:
        return True
    return any(int(masks[name], 16) >> (wanted - 1) & 1 for name in ("SigPnd", "ShdPnd"))
