"""Asks a service all along, and writes the longest time without an answer, in milliseconds, when it is told to end. Writes nothing
where it was never answered at first: then nobody can tell what is missing.

HOST PORT PATH FILE
"""

import selectors
import signal
import socket
import sys
import time

EVERY = 0.025
SELDOM = 0.25
CALM = 15.0
PATIENCE = 10.0
FIRST = 3
AT_A_TIME = 200


class Ask:
    """One request on a connection of its own. `well` is None as long as nobody knows."""

    def __init__(self, address, path):
        self.began = time.monotonic()
        self.well = None
        self.request = b"GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: action-tune\r\nConnection: close\r\n\r\n" % path
        self.line = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        self.line.setblocking(False)
        if self.line.connect_ex(address) not in (0, 115):
            self.end(False)

    def step(self):
        try:
            if self.request:
                self.request = self.request[self.line.send(self.request) :]
                return
            said = self.line.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self.end(said.startswith(b"HTTP/") and said[9:10] in (b"1", b"2", b"3", b"4"))

    def end(self, well):
        self.well = well
        self.line.close()


def longest(asks, ended):
    """From the first of some questions without an answer to the next one with one. None where the first had none either."""
    if not any(ask.well for ask in asks[:FIRST]):
        return None
    worst, since = 0.0, None
    for ask in asks:
        if not ask.well and since is None:
            since = ask.began
        elif ask.well and since is not None:
            worst, since = max(worst, ask.began - since), None
    return worst if since is None else max(worst, ended - since)


def watch(address, path, ready):
    asks, waiting, ending = [], selectors.DefaultSelector(), []
    signal.signal(signal.SIGTERM, lambda *_: ending.append(time.monotonic()))
    due, open_asks = time.monotonic(), set()
    while not ending or (open_asks and time.monotonic() < ending[0] + PATIENCE):
        now = time.monotonic()
        if now >= due and not ending and len(open_asks) < AT_A_TIME:
            due = max(due + pace(asks, now), now - EVERY)
            ask = Ask(address, path)
            asks.append(ask)
            if ask.well is None:
                open_asks.add(ask)
                waiting.register(ask.line, selectors.EVENT_WRITE, ask)
        for key, _ in waiting.select(0.005 if ending else max(0.0, due - time.monotonic())):
            advance(key.data, waiting, open_asks)
            if ready and key.data.well is not None:
                ready = ready()
        for ask in [each for each in open_asks if now > each.began + PATIENCE]:
            leave(ask, waiting, open_asks, False)
    for ask in list(open_asks):
        leave(ask, waiting, open_asks, False)
    return longest(asks, ending[0])


def pace(asks, now):
    """Once nothing happens for a while, it is no use to be a burden."""
    calm = now - asks[0].began > CALM and all(ask.well for ask in asks[-int(CALM / EVERY) :]) if asks else False
    return SELDOM if calm else EVERY


def tell(path, text):
    with open(path, "w") as file:
        file.write(text)


def advance(ask, waiting, open_asks):
    line = ask.line
    ask.step()
    if ask.well is not None:
        open_asks.discard(ask)
        waiting.unregister(line)
    elif not ask.request:
        waiting.modify(line, selectors.EVENT_READ, ask)


def leave(ask, waiting, open_asks, well):
    waiting.unregister(ask.line)
    open_asks.discard(ask)
    ask.end(well)


if __name__ == "__main__":
    address, path, said = (sys.argv[1], int(sys.argv[2])), sys.argv[3].encode(), sys.argv[4]
    gap = watch(address, path, lambda: tell(said + ".on", ""))
    if gap is not None:
        tell(said, "%d\n" % round(gap * 1000))
