"""Files of the application as the modules that they are."""

import importlib
import importlib.util
import os
import sys


def module_of(path, folders):
    """The name of the module that a file is, and where it is seen from here: below the first folder that holds the longest
    end of its path. A container sees the files of its host in other places."""
    parts = [part for part in path.split("/") if part]
    for at in range(len(parts)):
        end = "/".join(parts[at:])
        for folder in folders:
            seen = os.path.join(folder or ".", end)
            if os.path.isfile(seen):
                name = end[: -len(".py")] if end.endswith(".py") else end
                return name.replace("/__init__", "").replace("/", "."), os.path.abspath(seen)
    return None, None


def folders_of(given):
    return [given["app_folder"], given["folder"]] + sys.path


def import_file(path, given):
    """The module of a file, imported. Raises Unable where the file is nowhere to be seen."""
    name, _ = module_of(path, folders_of(given))
    if name is None:
        raise Unable("%s is not where the service looks for modules" % path)
    return importlib.import_module(name)


def own_files(given):
    """The application's own files that are loaded now."""
    paths = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    return sorted({os.path.abspath(path) for path in paths if path and is_own(os.path.abspath(path), given)})


class NewText:
    """An import hook: one module is made of a text in memory, all others as ever."""

    def __init__(self, name, path, text):
        self.name, self.path, self.text = name, path, text

    def find_spec(self, name, search=None, target=None):
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(self.text, self.path, "exec", dont_inherit=True), module.__dict__)


def try_text(given):
    """Compiles and imports a new text of a file, as the module that it is. Nothing is written."""
    path = given["path"]
    text = sys.stdin.buffer.read()
    name, seen = module_of(path, folders_of(given))
    compile(text, path, "exec", dont_inherit=True)
    if name is None:
        return {"failed": "%s is not where the service looks for modules" % path}
    sys.meta_path.insert(0, NewText(name, path, text))
    importlib.import_module(name)
    return {"module": name}
