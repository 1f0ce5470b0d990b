"""What a service's processes are: the program, its workers, and what stands above it."""

import os
import re
import signal

KNOWN = ("uvicorn", "gunicorn", "celery")
SHELLS = ("sh", "dash", "bash", "ash", "ksh", "zsh", "busybox")
SPAWNED = re.compile(r"multiprocessing[.-](spawn|fork)")
TRACKER = re.compile(r"(resource|semaphore)_tracker")


class Program:
    """The program below a service's main process. `workers` is None where they can't be told from other processes."""

    def __init__(self, main, processes):
        self.main = processes.get(main)
        self.processes = processes
        tree = tree_of(main, processes)
        pythons = [each for each in tree if each.is_python()]
        known = [each for each in pythons if name_of(each.words) != "other"]
        self.process = (known or pythons or [None])[0]
        self.name = name_of(self.process.words) if self.process else None
        self.shell = any(is_shell(each) for each in self.above())
        self.words = self.process.words if self.process else []
        self.workers, self.supervised = workers_of(self) if self.process else (None, False)

    def above(self):
        """From the main process down to the one that started the program."""
        chain, each = [], self.process
        while each is not None and self.main is not None and each.pid != self.main.pid:
            each = self.processes.get(each.parent)
            chain.append(each)
        return [one for one in reversed(chain) if one is not None]

    def children(self):
        return [each for each in children_of(self.process.pid, self.processes) if not is_tracker(each)]

    def everyone(self):
        """All processes that read the application's files."""
        if self.name == "celery" and self.supervised:
            return [self.process] + self.workers
        return self.workers if self.workers else [self.process]

    def steerable(self):
        """Whether the parent takes signals for all: older uvicorns have one that does not."""
        wanted = () if self.name == "celery" else (signal.SIGHUP, signal.SIGTTIN, signal.SIGTTOU)
        return self.supervised and all(catches(self.process.pid, each) for each in wanted)

    def arguments(self):
        """Also of a program that shows its state as its title, with the arguments at the end."""
        return " ".join(self.words).replace("(", " ").replace(")", " ").split()

    def option(self, *names):
        """The last value of an option, in any of the forms in which it may be written."""
        value, words = None, self.arguments()
        for at, word in enumerate(words):
            for name in names:
                if word == name and at + 1 < len(words):
                    value = words[at + 1]
                elif name.startswith("--") and word.startswith(name + "="):
                    value = word[len(name) + 1 :]
                elif not name.startswith("--") and word.startswith(name) and len(word) > 2:
                    value = word[len(name) :].lstrip("=")
        return value

    def pool(self):
        """Celery's pool: as it was asked for, else prefork where it has children. None: it can't be told."""
        if self.name != "celery":
            return None
        asked = self.option("-P", "--pool")
        aliases = {"processes": "prefork", "threads": "threads"}
        return aliases.get(asked, asked) if asked else "prefork" if self.workers else None


def name_of(words):
    """The program that a command line starts: a script by its name, a module by `-m`, or what set a title of its own."""
    title = re.match(r"\[?celeryd: |\[celery|gunicorn: ", " ".join(words))
    if title:
        return "gunicorn" if title.group(0).startswith("gunicorn") else "celery"
    started = iter(words[1:] if words and named_python(words[0]) else words)
    for word in started:
        if word in ("-W", "-X"):
            next(started, None)
        elif word == "-m":
            return known_or_other(next(started, "").split(".")[0])
        elif not word.startswith("-") or word.startswith("-c"):
            return known_or_other(os.path.basename(word))
    return "other"


def known_or_other(name):
    return name if name in KNOWN else "other"


def is_shell(process):
    return os.path.basename(linked("/proc/%d/exe" % process.pid) or (process.words or [""])[0]) in SHELLS


def is_tracker(process):
    return bool(TRACKER.search(" ".join(process.words)))


def workers_of(program):
    """The workers, and whether a parent stands above them that takes signals for all."""
    if program.name == "uvicorn":
        return uvicorn_workers(program)
    children = [each for each in program.children() if each.is_python()]
    if program.name == "gunicorn":
        return children, True
    if program.name == "celery":
        return celery_workers(program, children)
    return None, False


def uvicorn_workers(program):
    """Workers are spawned, and hold the parent's socket; other children of one worker alone do not. A parent without any has
    lost them: it keeps a process that tracks what they shared."""
    below = children_of(program.process.pid, program.processes)
    sockets = listening(program.process.pid)
    spawned = [each for each in program.children() if SPAWNED.search(" ".join(each.words))]
    workers = [each for each in spawned if shares(each, sockets)]
    if workers or (any(is_tracker(each) for each in below) and not spawned and not serves(program.process.pid)):
        return workers, "--reload" not in program.words
    return [program.process], False


def shares(process, sockets):
    """By the inodes alone: the kernel's list of listeners may lack one while it changes."""
    own = sockets_of(process.pid)
    return not sockets or own is None or bool(own & set(sockets))


def celery_workers(program, children):
    """Only prefork has children, and with `-B` the scheduler is one more."""
    asked = program.option("-P", "--pool")
    if asked not in (None, "prefork", "processes"):
        return [], False
    scheduler = [each for each in children if re.search(r"\bbeat\b", " ".join(each.words[:1]), re.I)]
    if not scheduler and any(word in ("-B", "--beat") for word in program.arguments()):
        scheduler = children[-1:]
    kept = [each for each in children if each not in scheduler]
    return kept, bool(kept) or asked is not None
