"""Tasks are finished before their worker ends: it takes no new one meanwhile. In vain, it goes on as it was."""

import json
import time

SECONDS_FOR_AN_ANSWER = 10
SECONDS_FOR_NAMES = 3
SECONDS_TO_TAKE_UP = 60
ATTEMPTS = 3
ENDINGS = {"silent": 5, "mute": 6, "deaf": 7}
AGAIN = "it takes tasks again, but restart it once it is idle: after a lost connection to the broker it would take none"


def finish(service, seconds, several):
    """Prints the queues that the worker took from. Ends as `silent` where it takes no remote control, as `mute` where nobody is there
    who answers, and nothing was asked of it, as `deaf` where it may take nothing any more. SEVERAL: the service has more workers."""
    if service.program.name != "celery":
        print("there is no celery", file=sys.stderr)
        return ENDINGS["mute"]
    about = dict(about_worker(service), seconds=seconds, several=several)
    said = service.fresh("finish", about, seconds=seconds + SECONDS_TO_IMPORT + SECONDS_TO_TAKE_UP)
    if said.get("begun"):
        said = {"deaf": said["failed"]}
    for ending, status in ENDINGS.items():
        if ending in said:
            print(said[ending], file=sys.stderr)
            return status
    if "failed" in said:
        raise Unable(said["failed"])
    print(json.dumps(said["queues"]))
    return 0


def resume(service, queues):
    """A worker that has finished takes from its queues again."""
    said = service.fresh("resume", dict(about_worker(service), queues=queues, seconds=SECONDS_FOR_AN_ANSWER))
    if "failed" in said:
        raise Unable(said["failed"])
    print(AGAIN, file=sys.stderr)


def about_worker(service):
    program = service.program
    children = [each.pid for each in program.workers or [program.process]]
    asked = {"app": program.option("-A", "--app"), "name": program.option("-n", "--hostname")}
    return dict(asked, pid=program.process.pid, children=children, pool=program.pool())


def resume_by_control(given):
    """In a new interpreter with the application."""
    app = app_of(given)
    mine = patient_name(app, given, time.monotonic() + given["seconds"])
    return {} if take_up(app.control, given["queues"], mine) else {"failed": "it does not take up its queues again"}


def take_up(control, queues, mine):
    """Whether it takes from all of them again. Celery forgets them all the same when it connects to its broker anew (celery#7733)."""
    return all([takes_up(control, name, mine) for name in queues])


def takes_up(control, name, mine):
    try:
        return bool(control.add_consumer(name, destination=[mine], reply=True, timeout=SECONDS_FOR_AN_ANSWER))
    except Exception:
        return False


def app_of(given):
    from celery.app.utils import find_app

    return find_app(given["app"] or os.environ["CELERY_APP"])


def finish_by_control(given):
    """In a new interpreter with the application."""
    end = time.monotonic() + given["seconds"]
    app = app_of(given)
    if not app.conf.worker_enable_remote_control:
        return {"silent": "it takes no remote control"}
    control = app.control
    asked = lambda: control.inspect(destination=[mine], timeout=patience(given, end))
    taken = lambda: [each["name"] for each in answered(lambda: asked().active_queues(), mine, end)]
    cancel = lambda name: control.cancel_consumer(name, destination=[mine], reply=True, timeout=patience(given, end))
    try:
        if given["several"] and not names_are_apart(control):
            return {"silent": "several workers have one name"}
        mine = patient_name(app, given, end)
        queues = taken()
    except Exception as error:
        # Who has a line to anybody has come up, whatever keeps it from answering.
        hangs = isinstance(error, Unable) and not is_local(app) and not has_lines(given["pid"])
        return {"mute" if hangs else "failed": reason(error, given)}
    begin(given)
    try:
        await_rest(taken, cancel, lambda: unfinished(asked, mine), end, seconds_of_a_call(app))
    except Exception as error:
        if not queues:
            return {"failed": reason(error, given)}
        if not take_up(control, queues, mine):
            return {"deaf": reason(error, given)}
        return {"failed": "%s within %g s; %s" % (reason(error, given), given["seconds"], AGAIN)}
    return {"queues": queues}


def reason(error, given):
    return str(error) if isinstance(error, Unable) else told(error, given)


def names_are_apart(control):
    """What is said to a name is said to all that have it, as have containers on the network of their host."""
    names = [name for said in control.ping(timeout=SECONDS_FOR_NAMES) or [] for name in said]
    return len(names) == len(set(names))


def await_rest(taken, cancel, unfinished, end, call):
    """No queue is taken from, every task is ended, and no call is open that a task could still answer. What is asked may be lost."""
    names, left, quiet = taken(), None, 0
    while names or left != 0 or time.monotonic() < quiet:
        if time.monotonic() > max(end, quiet):
            raise Unable("%s not ended" % ("%d tasks" % left if left else "tasks"))
        for name in names:
            cancel(name)
            quiet = time.monotonic() + call
        time.sleep(0.2)
        names, left = taken(), unfinished()


def answered(ask, mine, end):
    while True:
        said = (ask() or {}).get(mine)
        if said is not None:
            return said
        if time.monotonic() > end:
            raise Unable("%s does not answer" % mine)


def seconds_of_a_call(app):
    """So long a call that waits for a task stays open at Redis, once its worker wants no more. A task that answers it meanwhile is
    put back by a worker that goes on, and thrown away by one that ends, until kombu 5.3."""
    return 0.5 + max(1, (app.conf.broker_transport_options or {}).get("polling_interval") or 0)


def may_be_at_work(app, given):
    """A worker of one process alone does not answer while it works. One that has no line to anybody has not come up yet."""
    return given["pool"] == "solo" and (is_local(app) or has_lines(given["pid"]))


def is_local(app):
    """A broker that nobody talks to by TCP."""
    urls = app.conf.broker_url or ""
    first = urls if isinstance(urls, str) else next(iter(urls), "")
    return first.startswith(("unix:", "redis+socket:", "filesystem:", "memory:", "sqla", "file:"))


def broker_port(named):
    """Where a worker talks to. None where that is no port of its own."""
    app = app_of({"app": named})
    return None if is_local(app) else app.connection_for_read().info().get("port")


def patient_name(app, given, end):
    """Who may be at work is waited for as long as for its tasks."""
    attempts = 0
    while True:
        try:
            return own_name(app.control, given)
        except Unable:
            attempts += 1
            if time.monotonic() > end or (attempts >= ATTEMPTS and not may_be_at_work(app, given)):
                raise


def patience(given, end):
    return max(SECONDS_FOR_AN_ANSWER, end - time.monotonic()) if given["pool"] == "solo" else SECONDS_FOR_AN_ANSWER


def unfinished(asked, mine):
    """How many tasks it has begun, or holds ready; None where it does not say."""
    told = [asked().active(), asked().reserved()]
    if not all(each and mine in each for each in told):
        return None
    return sum(len(each[mine]) for each in told)
