"""The probe: looks at one running service, and acts on its processes, run by the service's own interpreter."""

import json
import sys
import traceback


FRESH_WORK = {
    "pools": look_at_pools,
    "trial": try_text,
    "celery": resize_by_control,
    "finish": finish_by_control,
    "resume": resume_by_control,
}
VERBS = {
    "facts": lambda service, asked: facts(service, json.loads(asked)),
    "judge": lambda service, asked, *quick: judge(service, json.loads(asked), quick == ("quick",)),
    "trial": trial,
    "hup": hup,
    "hold": hold_all,
    "scale": lambda service, wanted: scale(service, int(wanted)),
    "resize": lambda service, wanted: resize(service, int(wanted)),
    "finish": lambda service, seconds, *several: finish(service, float(seconds), several == ("several",)),
    "resume": lambda service, queues: resume(service, json.loads(queues)),
    "term": lambda service, seconds: term(service, float(seconds)),
    "watch": lambda service, seconds: watch(service, float(seconds)),
    "count": count,
}


def main(main_pid, environ, verb, *words):
    """MAIN_PID is the service's main process, ENVIRON an open file with its environment, or `-`."""
    if main_pid == "fresh":
        fresh_main(environ, verb)
    try:
        return VERBS[verb](Service(main_pid, environ), *words) or 0
    except Unable as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print("%s: %s" % (type(error).__name__, error.strerror), file=sys.stderr)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        print("a bug in the probe: %s in %s, line %s" % (type(error).__name__, frame.name, frame.lineno), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
