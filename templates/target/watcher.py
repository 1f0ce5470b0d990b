"""Asks a service all along, and writes the longest time without an answer, in milliseconds, when it is told to end (SIGTERM). Writes
nothing where it was never answered at first: then nobody can tell what is missing. Told that somebody else asks now (SIGUSR1), it has
one question open at a time, and none any more once it is answered. It ends with the one who started it, and at the latest after LONGEST.

HOST PORT PATH FILE
"""

import os
import selectors
import signal
import socket
import sys
import time
from collections import deque

EVERY = 0.025
IDLE = 0.05
SELDOM = 0.25
CALM = 15.0
PATIENCE = 10.0
LONGEST = 7200.0
FIRST = 3
AT_A_TIME = 6
# A service that takes its time is not asked more often than this many times while it takes it.
WITHIN_AN_ANSWER = 4


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


class Record:
    """What the answers add up to, in the order of the questions. Only those are kept that wait for their turn."""

    def __init__(self):
        self.began = time.monotonic()
        self.turn = deque()
        self.count = 0
        self.at_first = False
        self.worst = 0.0
        self.since = None
        self.calm_since = self.began

    def add(self, ask):
        self.turn.append(ask)
        self.settle()

    def settle(self):
        while self.turn and self.turn[0].well is not None:
            self.take(self.turn.popleft())

    def take(self, ask):
        self.count += 1
        self.at_first = self.at_first or (ask.well and self.count <= FIRST)
        if not ask.well:
            self.calm_since = time.monotonic()
            self.since = ask.began if self.since is None else self.since
        elif self.since is not None:
            self.worst, self.since = max(self.worst, ask.began - self.since), None

    def longest(self, ended):
        """From the first of some questions without an answer to the next one with one. None where the first had none either."""
        if not self.at_first:
            return None
        return self.worst if self.since is None else max(self.worst, ended - self.since)


class Watch:
    def __init__(self, address, path, ready):
        self.address, self.path, self.ready = address, path, ready
        self.record, self.waiting, self.open = Record(), selectors.DefaultSelector(), set()
        self.ended, self.others_ask, self.answered = None, None, False
        self.due, self.slowness = self.record.began, 0.0
        self.starter = os.getppid()
        signal.signal(signal.SIGTERM, self.end)
        signal.signal(signal.SIGUSR1, self.step_back)

    def end(self, *_):
        self.ended = self.ended or time.monotonic()

    def step_back(self, *_):
        self.others_ask = self.others_ask or time.monotonic()

    def run(self):
        """The longest time without an answer, in seconds. None where nobody can tell, or waits for it."""
        while self.goes_on():
            now = time.monotonic()
            if os.getppid() != self.starter or now > self.record.began + LONGEST:
                return None
            asks = self.may_ask()
            if asks and now >= self.due:
                self.ask(now)
            for key, _ in self.waiting.select(self.pause(asks)):
                self.advance(key.data)
            for ask in [each for each in self.open if now > each.began + PATIENCE]:
                self.leave(ask)
        for ask in list(self.open):
            self.leave(ask)
        return self.record.longest(self.ended)

    def goes_on(self):
        return self.ended is None or (self.open and time.monotonic() < self.ended + PATIENCE)

    def may_ask(self):
        if self.ended or (self.others_ask and self.answered):
            return False
        if self.others_ask:
            return not any(each.began >= self.others_ask for each in self.open)
        return len(self.open) < AT_A_TIME

    def ask(self, now):
        self.due = max(self.due + self.pace(now), now)
        ask = Ask(self.address, self.path)
        if ask.well is None:
            self.open.add(ask)
            self.waiting.register(ask.line, selectors.EVENT_WRITE, ask)
        else:
            self.slowness = 0.0
        self.record.add(ask)

    def pace(self, now):
        """Once nothing happens for a while, it is no use to be a burden; nor where an answer takes long."""
        if now - self.record.calm_since > CALM:
            return max(SELDOM, self.slowness / WITHIN_AN_ANSWER)
        oldest = max((now - each.began for each in self.open), default=0.0)
        return max(EVERY, max(self.slowness, oldest) / WITHIN_AN_ANSWER)

    def pause(self, asks):
        """Short enough to notice soon what a signal, or the end of the one who started it, has changed."""
        return min(IDLE, max(0.0, self.due - time.monotonic())) if asks else IDLE

    def advance(self, ask):
        ask.step()
        if ask.well is None:
            if not ask.request:
                self.waiting.modify(ask.line, selectors.EVENT_READ, ask)
            return
        self.settled(ask)
        if self.ready:
            self.ready = self.ready()

    def leave(self, ask):
        ask.end(False)
        self.settled(ask)

    def settled(self, ask):
        self.waiting.unregister(ask.line)
        self.open.discard(ask)
        self.slowness = time.monotonic() - ask.began
        self.answered = self.answered or bool(ask.well and self.others_ask and ask.began >= self.others_ask)
        self.record.settle()


def tell(path, text):
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    address, path, said = (sys.argv[1], int(sys.argv[2])), sys.argv[3].encode(), sys.argv[4]
    gap = Watch(address, path, lambda: tell(said + ".on", "")).run()
    if gap is not None:
        tell(said, "%d\n" % round(gap * 1000))
