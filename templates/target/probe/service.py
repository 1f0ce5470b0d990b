"""The service as it was started: its folder, its environment, and new interpreters that are like it."""

import json
import os
import signal
import subprocess
import sys
import time

SECONDS_TO_IMPORT = 40


class Service:
    """ENVIRON is an open file with the environment, in the service's own folder already; `-` where we may look ourselves."""

    def __init__(self, main, environ):
        self.main = int(main)
        self.program = self.look()
        if self.program.process is None:
            raise Unable("there is no Python process below the main process")
        own = "/proc/%d/" % self.program.process.pid
        with open(own + "environ" if environ == "-" else int(environ), "rb") as file:
            raw = file.read()
        self.folder = os.readlink(own + "cwd") if environ == "-" else os.getcwd()
        self.environ = dict(pair.split(b"=", 1) for pair in raw.split(b"\0") if b"=" in pair)
        if not raw or b"\0\0" in raw:
            # It was written over by a title. A container gives everybody the same.
            self.environ = dict(os.environb)

    def look(self):
        """The program as it is now."""
        return Program(self.main, read_processes())

    def app_folder(self):
        """Where the program itself looks for the application first."""
        return os.path.join(self.folder, self.program.option("--app-dir", "--pythonpath", "--workdir") or "")

    def fresh(self, work, given, stdin=None, seconds=SECONDS_TO_IMPORT):
        """WORK done by a new interpreter, started as the service was, with what it says as data. What the application prints
        is nobody's: it may hold anything. `begun`, where it says nothing: it had said that from there on things change."""
        reading, writing = os.pipe()
        asked = json.dumps(dict(given, folder=self.folder, app_folder=self.app_folder(), says=writing, began=time.monotonic()))
        child = subprocess.Popen(
            [sys.executable, "-B", "-c", own_text(), "fresh", work, asked],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[writing],
            start_new_session=True,
        )
        os.close(writing)
        late = False
        try:
            child.communicate(stdin, seconds)
        except subprocess.TimeoutExpired:
            late = True
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        with open(reading) as file:
            said = file.read()
        if said.strip() and not late:
            return json.loads(said)
        failed = "it did not end within %d s" % seconds if late else "it ended with status %s" % child.returncode
        return {"failed": failed, "begun": said != ""}


class Unable(Exception):
    """What can't be done, in words for whoever asked."""


def own_text():
    """The text of this very program, as the interpreter was given it."""
    words = words_of(os.getpid())
    return words[words.index("-c") + 1]


def begin(given):
    """Said before the work changes anything: a blank before the data."""
    os.write(given["says"], b" ")


def fresh_main(work, asked):
    """In the new interpreter. It ends at once, whatever threads the application has started, and is the first to go where
    memory is short."""
    given = json.loads(asked)
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass  # Then it is as likely to go as everybody else.
    sys.path.insert(0, given["app_folder"])
    try:
        said = FRESH_WORK[work](given)
    except BaseException as error:
        said = {"failed": told(error, given)}
    with open(given["says"], "w") as file:
        file.write(json.dumps(said))
    os._exit(0)
