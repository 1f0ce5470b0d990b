"""Errors of the application, told without what may be a secret in them."""

import os
import re
import traceback

TELLING = (ImportError, NameError, AttributeError, SyntaxError)
NAME = re.compile(r"[A-Za-z_][\w.]{0,60}\Z|.{0,2}\Z")
CALLED_WRONG = re.compile(r"unexpected keyword argument|Invalid argument\(s\)|required (positional|keyword-only) argument")
SECRET = re.compile(r"SECRET|PASS|PWD|KEY|TOKEN|CREDENTIAL|URL|URI|DSN", re.I)


def told(error, given):
    """The kind of error, where it came from in the application, and of its text what can't be a value of the application."""
    return "%s%s%s" % (type(error).__name__, place_of(error, given), text_of(error))


def place_of(error, given):
    if isinstance(error, SyntaxError) and error.filename:
        return " at %s:%s" % (error.filename, error.lineno)
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if is_own(each.filename, given)]
    return " at %s:%s" % (own[-1].filename, own[-1].lineno) if own else ""


def is_own(path, given):
    """A file of the application, not of what it stands on."""
    if path == given.get("path"):
        return True
    folders = (given.get("folder"), given.get("app_folder"))
    inside = any(folder and path.startswith(folder.rstrip("/") + "/") for folder in folders)
    return inside and "-packages" + os.sep not in path


def text_of(error):
    if isinstance(error, SyntaxError):
        return ": " + masked(error.msg or "")
    if isinstance(error, TELLING) or isinstance(error, TypeError) and CALLED_WRONG.search(str(error)):
        return ": " + masked(str(error))
    return ""


def masked(text):
    """What stands in quotes is gone, unless it is a name; so is what the environment keeps secret, and all that looks like an
    address with a password."""

    def shown(match):
        return match.group(0) if NAME.match(match.group(2)) else match.group(1) + "..." + match.group(1)

    for name, value in os.environ.items():
        if SECRET.search(name) and len(value) > 3:
            text = text.replace(value, "...")
    line = " ".join(text.split())[:300]
    line = re.sub(r"(['\"])(.*?)\1", shown, line)
    return re.sub(r"\S*(://|@)\S*", "...", line)


def plain(text):
    """Fit for one field of a row."""
    return " ".join(str(text).split())
