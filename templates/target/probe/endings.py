"""The end of a web worker, between two requests. Told to end, uvicorn closes every connection that has not asked for anything yet:
a request that has just arrived, and was not read, would be cut off."""

import os
import signal
import time

# Longer than uvicorn takes to look whether it is to end: then this is the first thing that it does when it goes on, before it accepts
# another connection. And long enough for whoever is connected to ask.
SECONDS_HELD = 0.15
SECONDS_TO_BE_ALONE = 2
SECONDS_TO_STOP = 0.002
SECONDS_BETWEEN = 0.01
SECONDS_TO_TELL = 1
SECONDS_TO_BE_ENDED = 5
TRIES = 10
OPEN = ("01", "08")


def end_between_requests(worker, end):
    """END makes it end. Never is it held for longer than a moment: whoever watches over it would take it for dead."""
    hold(worker)
    try:
        end()
    finally:
        send(worker, signal.SIGCONT)


def hold(worker):
    """Stopped at a moment when nobody is connected, so that it waits for somebody. Where there is always somebody, as behind a proxy
    that keeps its connections: at a moment when it has read everything."""
    alone_until = time.monotonic() + SECONDS_TO_BE_ALONE
    while time.monotonic() < alone_until:
        if sleeps(worker.pid) and held_if(worker, SECONDS_TO_STOP, lambda arrived: not arrived):
            time.sleep(SECONDS_HELD)
            return
    if not any(held_if(worker, SECONDS_HELD, lambda arrived: not any(arrived)) for _ in range(TRIES)):
        send(worker, signal.SIGSTOP)


def sleeps(pid):
    """What it was about to do before it was stopped, it would do before it looks whether it is to end."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as stat:
            return stat.read().rpartition(b")")[2].split()[0] == b"S"
    except OSError:
        return True


def held_if(worker, seconds, fits):
    send(worker, signal.SIGSTOP)
    time.sleep(seconds)
    if fits(unread(worker.pid)):
        return True
    send(worker, signal.SIGCONT)
    time.sleep(SECONDS_BETWEEN)
    return False


def unread(pid):
    """For each of its connections how much has arrived that it has not read. Nothing where that is not ours to see."""
    own = sockets_of(pid) or ()
    rows = rows_of("/proc/%d/net/tcp" % pid) + rows_of("/proc/%d/net/tcp6" % pid)
    return [int(row[4].split(":")[1], 16) for row in rows if row[3] in OPEN and row[9] in own and is_server(row, rows)]


def is_server(row, rows):
    """One that somebody else has opened, to a port that is listened on."""
    port = row[1].split(":")[1]
    return any(each[3] == LISTENING and each[1].split(":")[1] == port for each in rows)


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


def hold_all(service):
    """For whoever ends them at once, and lets them go on with it. Where nobody does, they go on by themselves."""
    workers = service.program.workers or []
    let_go_later(workers)
    for worker in workers:
        hold(worker)


def let_go_later(workers):
    if os.fork() > 0:
        return
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    time.sleep(SECONDS_TO_BE_ENDED)
    for worker in workers:
        send(worker, signal.SIGCONT)
    os._exit(0)
