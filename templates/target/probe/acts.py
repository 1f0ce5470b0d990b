"""What is done with running processes. Each waits until it is done, and raises Unable where it can't be."""

import os
import signal
import socket
import time

SECONDS_TO_CHANGE = 60


def until(holds, seconds, what):
    """Waits until HOLDS says so; what it raises ends the wait."""
    end = time.monotonic() + float(seconds)
    while not holds():
        if time.monotonic() > end:
            raise Unable("%s: not within %s s" % (what, seconds))
        time.sleep(0.1)


def expect_supervisor(service, *names):
    program = service.program
    if program.name not in names or not program.steerable():
        raise Unable("there is no %s that takes signals for workers of its own" % " or ".join(names))
    return program


def expect_alive(supervisor):
    if not is_there(supervisor):
        raise Unable("the supervisor died")


def workers_now(service, supervisor):
    expect_alive(supervisor)
    return service.look().workers or []


def hup(service):
    """New workers on the code as it is now, under the same parent. uvicorn's own SIGHUP ends all workers before the first new one
    is up, until 0.51; so its workers are ended one by one, and the parent, which starts what is missing, is waited for each time."""
    program = expect_supervisor(service, "uvicorn", "gunicorn")
    if not program.workers:
        raise Unable("all its workers are gone")
    if program.name == "gunicorn":
        os.kill(program.process.pid, signal.SIGHUP)
        await_renewal(service, program, program.workers)
    else:
        for worker in program.workers:
            end_between_requests(worker, lambda: send(worker, signal.SIGTERM))
            await_renewal(service, program, [worker])
    expect_accepting(program)


def await_renewal(service, program, old):
    """As many workers as before, none of them OLD, and all of them at work."""
    gone, seen = {each.identity() for each in old}, set()

    def renewed():
        now = workers_now(service, program.process)
        seen.update(each.identity() for each in now)
        if len(seen - gone) > len(program.workers) + 2 * len(old):
            raise Unable("new workers end again and again")
        left = [each for each in now if each.identity() in gone]
        return not left and len(now) == len(program.workers) and all(at_work(each, program) for each in now)

    until(renewed, SECONDS_TO_CHANGE, "new workers")


def at_work(worker, program):
    """Only uvicorn's workers show that they look at the socket; others may wait for it in other ways."""
    return serves(worker.pid) or program.name != "uvicorn"


def expect_accepting(program):
    for address in (listening(program.process.pid) or {}).values():
        connect(address, 5).close()


def scale(service, wanted):
    """One worker more or fewer at a time: signals of one kind that come together count as one."""
    program = expect_supervisor(service, "uvicorn", "gunicorn")
    supervisor, count = program.process, len(program.workers)
    while count != wanted:
        step = 1 if count < wanted else -1
        if step < 0 and program.name == "uvicorn":
            newest = max(workers_now(service, supervisor), key=lambda each: each.identity()[::-1])
            end_between_requests(newest, lambda: one_fewer(supervisor, newest))
        else:
            os.kill(supervisor.pid, signal.SIGTTIN if step > 0 else signal.SIGTTOU)
        count += step

        def changed():
            now = workers_now(service, supervisor)
            return len(now) == count and all(at_work(each, program) for each in now)

        until(changed, SECONDS_TO_CHANGE, "%d workers" % count)


def resize(service, wanted):
    """Children of celery's prefork pool, by remote control. A child that works is not taken away: then it is asked again."""
    program = expect_supervisor(service, "celery")
    if program.pool() != "prefork":
        raise Unable("only the prefork pool has children")

    accepted = []

    def resized():
        now = workers_now(service, program.process)
        if len(now) == wanted or accepted:
            # The worker forks in its own time: who asks again meanwhile gets twice as many.
            return len(now) == wanted
        asked = {"app": program.option("-A", "--app"), "name": program.option("-n", "--hostname")}
        about = {"pid": program.process.pid, "children": [each.pid for each in now], "to": wanted}
        said = service.fresh("celery", dict(asked, **about))
        if "failed" in said:
            raise Unable(said["failed"])
        # A busy child is not taken away, and says so. An answer that was lost says nothing.
        accepted.extend([] if said["refused"] else [True])
        return False

    until(resized, SECONDS_TO_CHANGE, "%d children" % wanted)


def resize_by_control(given):
    """In a new interpreter with the application."""
    control = app_of(given).control
    mine = [own_name(control, given)]
    more = given["to"] - len(given["children"])
    change = control.pool_grow if more > 0 else control.pool_shrink
    answers = change(abs(more), destination=mine, reply=True, timeout=10) or []
    return {"refused": any("error" in said for answer in answers for said in answer.values())}


def own_name(control, given):
    """The worker is known by the processes that it says it has. The one with the usual name is asked first: everybody else is
    waited for to the end."""
    from celery.utils.nodenames import default_nodename, host_format

    usual = host_format(default_nodename(given["name"]))
    for asked in ([usual], None):
        stats = control.inspect(destination=asked, timeout=3).stats() or {}
        mine = [name for name, said in stats.items() if said.get("pid") == given["pid"] and same_children(said, given, asked)]
        if len(mine) == 1:
            return mine[0]
    raise Unable("of %d workers that answered, %d are this one" % (len(stats), len(mine)))


def same_children(said, given, asked):
    """Workers in other containers have the same numbers. Pools of threads and greenlets have no processes to tell them by: such a
    worker is only known where it was asked by its name."""
    told = said.get("pool", {}).get("processes")
    return asked is not None if told is None else bool(set(told) & set(given["children"]))


def term(service, seconds):
    """The program itself is asked to end: a shell above it would keep the signal to itself."""
    process = service.program.process
    os.kill(process.pid, signal.SIGTERM)
    until(lambda: not is_there(process), seconds, "the end of process %d" % process.pid)


RENEWING = ("--max-requests", "--limit-max-requests", "--max-tasks-per-child", "--max-memory-per-child", "--autoscale")


def watch(service, seconds):
    """The same workers stay, and those that come yet: celery forks its children in its own time. Where they are renewed by
    themselves, as many stay."""
    program = service.program
    renewing = any(program.option(name) for name in RENEWING)
    first = program.everyone()
    seen = {each.identity(): each for each in first}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(min(0.5, max(0.0, end - time.monotonic())))
        gone = [each for each in seen.values() if not is_there(each)]
        if gone and not renewing:
            raise Unable("process %d ended, after %s" % (gone[0].pid, spelled(time.time() - gone[0].started_at())))
        expect_alive(program.process)
        seen.update((each.identity(), each) for each in service.look().everyone())
    if len(service.look().everyone()) < len(first):
        raise Unable("%d processes became %d" % (len(first), len(service.look().everyone())))


def count(service):
    if service.program.workers is None:
        raise Unable("its workers can't be told from other processes")
    print(len(service.program.workers))


def trial(service, path):
    said = service.fresh("trial", {"path": path}, sys.stdin.buffer.read())
    if "failed" in said:
        raise Unable("%s: %s" % (path, said["failed"]))
