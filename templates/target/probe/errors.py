"""Errors of the application, told without what may be a secret in them."""

import re
import traceback

TELLING = (ImportError, NameError, AttributeError, SyntaxError)
NAME = re.compile(r"[A-Za-z_][\w.]{0,60}\Z")


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
        return ": " + masked(error.msg or "", keep_names=True)
    keyword = isinstance(error, TypeError) and "argument" in str(error)
    if isinstance(error, TELLING) or keyword:
        return ": " + masked(str(error), keep_names=True)
    return ""


def masked(text, keep_names):
    """What stands in quotes is gone, unless it is a name; so is everything that looks like an address with a password."""
    def shown(match):
        return match.group(0) if keep_names and NAME.match(match.group(2)) else match.group(1) + "..." + match.group(1)

    line = " ".join(text.split())[:300]
    line = re.sub(r"(['\"])(.*?)\1", shown, line)
    return re.sub(r"\S*(://|@)\S*", "...", line)


def plain(text):
    """Fit for one field of a row."""
    return " ".join(str(text).split())
