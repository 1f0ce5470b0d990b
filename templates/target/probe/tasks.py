"""Tasks are finished before their worker ends: it takes no new one meanwhile. In vain, it goes on as it was."""

import json
import time

SECONDS_FOR_AN_ANSWER = 10
SECONDS_FOR_NAMES = 3
ATTEMPTS = 3
SILENT = 5


def finish(service, seconds, several):
    """Ends with SILENT where the worker takes no remote control. SEVERAL: the service has more workers than this one. Prints the
    queues that it took from."""
    about = dict(about_worker(service), seconds=seconds, several=several)
    said = service.fresh("finish", about, seconds=seconds + SECONDS_TO_IMPORT)
    if "silent" in said:
        print(said["silent"], file=sys.stderr)
        return SILENT
    if "failed" in said:
        raise Unable(said["failed"])
    print(json.dumps(said["queues"]))
    return 0


def resume(service, queues):
    """A worker that has finished takes from its queues again."""
    said = service.fresh("resume", dict(about_worker(service), queues=queues, seconds=SECONDS_FOR_AN_ANSWER))
    if "failed" in said:
        raise Unable(said["failed"])


def about_worker(service):
    program = service.program
    if program.name != "celery":
        raise Unable("there is no celery")
    children = [each.pid for each in program.workers or [program.process]]
    asked = {"app": program.option("-A", "--app"), "name": program.option("-n", "--hostname")}
    return dict(asked, pid=program.process.pid, children=children, pool=program.pool())


def resume_by_control(given):
    """In a new interpreter with the application."""
    control = app_of(given).control
    take_up(control, given["queues"], patient_name(control, given, time.monotonic() + given["seconds"]))
    return {}


def take_up(control, queues, mine):
    for name in queues:
        control.add_consumer(name, destination=[mine], reply=True, timeout=SECONDS_FOR_AN_ANSWER)


def finish_by_control(given):
    """In a new interpreter with the application."""
    try:
        return finished(given)
    except Unable as error:
        return {"failed": str(error)}


def app_of(given):
    from celery.app.utils import find_app

    return find_app(given["app"] or os.environ["CELERY_APP"])


def finished(given):
    end = time.monotonic() + given["seconds"]
    app = app_of(given)
    if not app.conf.worker_enable_remote_control:
        return {"silent": "it takes no remote control"}
    control = app.control
    if given["several"] and not names_are_apart(control):
        return {"silent": "several workers have one name"}
    mine = patient_name(control, given, end)
    asked = lambda: control.inspect(destination=[mine], timeout=patience(given, end))
    taken = lambda: [each["name"] for each in answered(lambda: asked().active_queues(), mine, end)]
    cancel = lambda name: control.cancel_consumer(name, destination=[mine], reply=True, timeout=patience(given, end))
    queues = taken()
    try:
        await_rest(taken, cancel, lambda: unfinished(asked, mine), end, seconds_of_a_call(app))
    except Unable as error:
        take_up(control, queues, mine)
        raise Unable("%s within %g s" % (error, given["seconds"]))
    return {"queues": queues}


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


def patient_name(control, given, end):
    """A worker of one process alone does not answer while it works: it is waited for as long as for its tasks."""
    attempts = 0
    while True:
        try:
            return own_name(control, given)
        except Unable:
            attempts += 1
            if time.monotonic() > end or (given["pool"] != "solo" and attempts >= ATTEMPTS):
                raise


def patience(given, end):
    return max(SECONDS_FOR_AN_ANSWER, end - time.monotonic()) if given["pool"] == "solo" else SECONDS_FOR_AN_ANSWER


def unfinished(asked, mine):
    """How many tasks it has begun, or holds ready; None where it does not say."""
    told = [asked().active(), asked().reserved()]
    if not all(each and mine in each for each in told):
        return None
    return sum(len(each[mine]) for each in told)
