"""Says of each [path, before, after] on standard input whether an edit left the rest of the file as it was.

Python reads its own code, PyYAML compose files, configparser what supervisord reads, and bash what a shell starts.
A file that its own reader does not take is not judged: the editors may be more lenient than that.
"""
import ast, configparser, json, os, re, shlex, subprocess, sys, tempfile

try:
    import yaml
except ImportError:
    yaml = None

ROOM = {"pool_size", "max_overflow", "pool_pre_ping", "max_connections", "workers"}
QUOTES = re.compile(r"""["',]""")
OPTION = re.compile(r"(?<!\S)(?:--(?:workers|concurrency|pool)(?:=|\s+|$)|-[wcP]\s*)(?:[^\s;&|<>()-][^\s;&|<>()]*)?", re.ASCII)
VALUE = re.compile(r"\d+|\b(?:prefork|solo|threads)\b")


class Unread(Exception):
    """The file's own reader does not take it."""


def blank(text):
    """A command without what may change in it. Only what the readers take for blanks parts its words."""
    return re.sub(r"(?a:\s+)", " ", VALUE.sub("#", OPTION.sub(" ", QUOTES.sub(" ", re.sub(r"([;&|<>()])", r" \1 ", text))))).strip()


class Blank(ast.NodeTransformer):
    def visit_Constant(self, node):
        if isinstance(node.value, str): node = ast.Constant(re.sub(r"(max(?:_|%5[Ff])connections=)\d+", r"\1", node.value))
        return ast.Constant("?") if isinstance(node.value, (int, float, type(None))) or str(node.value).lstrip("-").isdigit() else node

    def visit_UnaryOp(self, node):
        return self.visit(node.operand) if isinstance(node.operand, ast.Constant) else self.generic_visit(node)

    def visit_Call(self, node):
        self.generic_visit(node)
        node.keywords = [k for k in node.keywords if k.arg not in ROOM]
        return node

    def visit_Dict(self, node):
        self.generic_visit(node)
        kept = [(k, v) for k, v in zip(node.keys, node.values) if not (isinstance(k, ast.Constant) and k.value in ROOM)]
        node.keys, node.values = [k for k, _ in kept], [v for _, v in kept]
        return node

    def visit_Assign(self, node):
        self.generic_visit(node)
        t = node.targets[0]
        return None if isinstance(t, ast.Subscript) and isinstance(t.slice, ast.Constant) and t.slice.value in ROOM else node


def python(text):
    return ast.dump(Blank().visit(ast.parse(text.encode())))


if yaml:
    class Loader(yaml.SafeLoader):
        pass

    def tagged(loader, suffix, node):
        if isinstance(node, yaml.MappingNode): return {"tag": suffix, **loader.construct_mapping(node, deep=True)}
        return [suffix, loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else node.value]

    Loader.add_multi_constructor("!", tagged)


def plain(value):
    if isinstance(value, dict): return {str(k): plain(v) for k, v in value.items() if k not in ("command", "environment") and not str(k).startswith("x-")}
    return [plain(v) for v in value] if isinstance(value, list) else str(value)


def stack(text):
    if not yaml: raise Unread
    return plain(yaml.load(text, Loader))


def supervisor(text):
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)
    parser.read_string(text.lstrip("\ufeff"))
    return [(name, key, shlex.split(value) if key == "command" else value) for name in parser.sections() for key, value in parser.items(name)]


def unit(text):
    found, pending = [], ""
    for line in re.split(r"\r\n|\n\r|\n|\r", text.lstrip("\ufeff")):
        line = line.lstrip(" \t")
        if line[:1] in ("#", ";") and line: continue
        if re.search(r"(?<!\\)(?:\\\\)*\\$", line):
            pending += line[:-1] + " "
            continue
        key, equals, value = (pending + line).partition("=")
        found.append((key.strip(), equals, value.strip(" \t\r\n")))
        pending = ""
    return [*found, tuple(pending.partition("="))] if pending else found


def procfile(text):
    found = re.findall(r"^([A-Za-z0-9_-]+):\s*(.+)$", re.sub(r"\r\n?", "\n", text.lstrip("\ufeff")), re.M)
    return [(name, "command", command) for name, command in found]


def lines(text):
    """Nothing but values and options: a remark stays as it is. A backslash that joins lines belongs to no word."""
    joined = (re.sub(r"(?<!\\)((?:\\\\)*)\\(?=\r?$)", r"\1 \\", line) for line in text.split("\n"))
    return [("", line if line.lstrip().startswith("#") else "", line) for line in joined]


ANY = "any value"


def environment(text):
    """The value of a line may be anything: it is what changes."""
    found = (line.partition("=") for line in text.split("\n"))
    return [(name, ANY if equals and not re.match(r"\s*[#;]", name) else "", value) for name, equals, value in found]


def structure(path):
    name = os.path.basename(path)
    if "/systemd/" in path: return unit
    if name.endswith(".conf"): return supervisor
    if name.startswith("Procfile"): return procfile
    return lines if re.search(r"file$", name) else environment


def entries(path, before, after):
    read = structure(path)
    old = read(before)
    try: new = read(after)
    except Exception as error: return "is no longer read: " + str(error)
    if len(old) != len(new): return "has more or fewer entries than before"
    differing = [(a, b) for a, b in zip(old, new) if a != b]
    if not differing: return "is read as before: the edit counts for nothing"
    same = all(a[:2] == b[:2] and (a[1] == ANY or blank(words(a[2])) == blank(words(b[2]))) for a, b in differing)
    return None if same else "reads otherwise than before, also beside the value"


def words(value):
    return value if isinstance(value, str) else "\n".join(value)


def whole(read, before, after):
    old = read(before)
    try: new = read(after)
    except Exception as error: return "is no longer read: " + str(error)
    return None if old == new else "reads otherwise than before, also beside the value"


def judge(path, before, after):
    try:
        if path.endswith(".py"): return whole(python, before, after)
        if path.endswith((".yml", ".yaml")): return whole(stack, before, after)
        return None if isScript(path) else entries(path, before, after)
    except Exception: return None


def isScript(path):
    return path.endswith(".sh") or "/bin/" in path


def printed(texts):
    """What bash understands each script as, without starting anything of it; None where it is none."""
    with tempfile.TemporaryDirectory() as folder:
        for index, text in enumerate(texts):
            with open(f"{folder}/{index}", "w", newline="") as file: file.write(text)
        loop = 'i=0; while [ $i -lt "$1" ]; do bash --pretty-print $i >$i.out 2>/dev/null || rm $i.out; dash -n $i 2>$i.err; i=$((i+1)); done'
        subprocess.run(["sh", "-c", loop, "sh", str(len(texts))], cwd=folder, check=True)
        return [output(f"{folder}/{index}") for index in range(len(texts))]


def output(path):
    if not os.path.exists(path + ".out") or os.path.getsize(path + ".err") > 0: return None
    with open(path + ".out", newline="") as file: return file.read()


def script(old, new):
    if old is None: return None
    if new is None: return "is no longer read by a shell"
    if old == new: return "is read as before by a shell: the edit counts for nothing"
    return None if blank(digits(old)) == blank(digits(new)) else "is read otherwise than before by a shell, also beside the value"


def digits(text):
    """A backslash changes nothing for a digit."""
    return re.sub(r"\\(?=[0-9])", "", text)


pairs = json.load(sys.stdin)
faults = [judge(*pair) for pair in pairs]
scripts = [index for index, (path, before, after) in enumerate(pairs) if isScript(path) and before != after]
texts = printed([text for index in scripts for text in pairs[index][1:]])
for place, index in enumerate(scripts): faults[index] = script(texts[2 * place], texts[2 * place + 1])
print(json.dumps(faults))
