// Lets Python's own parser, and PyYAML, say whether an edit left the rest of a file as it was.
import { spawnSync } from 'node:child_process';

const SCRIPT = `
import ast, json, re, sys
try:
    import yaml
    class Loader(yaml.SafeLoader): pass
    def tagged(loader, suffix, node):
        if isinstance(node, yaml.MappingNode): return {"tag": suffix, **loader.construct_mapping(node, deep=True)}
        return [suffix, loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else node.value]
    Loader.add_multi_constructor("!", tagged)
except ImportError:
    yaml = None

class Blank(ast.NodeTransformer):
    def visit_Constant(self, node):
        if isinstance(node.value, str): node = ast.Constant(re.sub(r"(?<=max_connections=)\\d+", "", node.value))
        return ast.Constant("?") if isinstance(node.value, (int, float, type(None))) or str(node.value).lstrip("-").isdigit() else node
    def visit_UnaryOp(self, node): return self.visit(node.operand) if isinstance(node.operand, ast.Constant) else self.generic_visit(node)
    def visit_Call(self, node):
        self.generic_visit(node)
        node.keywords = [k for k in node.keywords if k.arg not in KEYS]
        return node
    def visit_Dict(self, node):
        self.generic_visit(node)
        kept = [(k, v) for k, v in zip(node.keys, node.values) if not (isinstance(k, ast.Constant) and k.value in KEYS)]
        node.keys, node.values = [k for k, _ in kept], [v for _, v in kept]
        return node
    def visit_Assign(self, node):
        self.generic_visit(node)
        t = node.targets[0]
        return None if isinstance(t, ast.Subscript) and isinstance(t.slice, ast.Constant) and t.slice.value in KEYS else node
KEYS = {"pool_size", "max_overflow", "pool_pre_ping", "max_connections", "workers"}

def plain(value):
    if isinstance(value, dict): return {str(k): plain(v) for k, v in value.items() if k not in ("command", "environment") and not str(k).startswith("x-")}
    return [plain(v) for v in value] if isinstance(value, list) else str(value)

def judge(path, before, after):
    try:
        if path.endswith(".py"): old = ast.dump(Blank().visit(ast.parse(before.encode())))
        elif path.endswith(".yml") and yaml: old = plain(yaml.load(before, Loader))
        else: return None
    except Exception: return None
    try:
        new = ast.dump(Blank().visit(ast.parse(after.encode()))) if path.endswith(".py") else plain(yaml.load(after, Loader))
    except Exception as error: return "is no longer read: " + str(error)
    return None if old == new else "reads otherwise than before, also beside the value"

print(json.dumps([judge(*pair) for pair in json.load(sys.stdin)]))
`;

/** One process for many pairs of `[path, before, after]`. */
export function judgePairs(pairs) {
  const python = spawnSync('/usr/bin/python3', ['--version']).status === 0 ? '/usr/bin/python3' : 'python3';
  const run = spawnSync(python, ['-X', 'utf8', '-W', 'ignore', '-c', SCRIPT], {
    input: JSON.stringify(pairs),
    encoding: 'utf8',
    maxBuffer: 2 ** 29,
  });
  if (run.status !== 0) throw new Error(run.stderr || 'the fuzzer needs python3');
  return JSON.parse(run.stdout);
}
