import { spawnSync } from 'node:child_process';

/** What Python makes of a file before and after an edit. */
export interface Verdict {
  /** Why Python does not accept the file as it was; then there is nothing to compare. */
  readonly unread?: string;
  /** Whether the two differ in their pool arguments only. */
  readonly same?: boolean;
  /** The pool arguments after the edit, by keyword, as Python writes them. */
  readonly found?: Readonly<Record<string, readonly string[]>>;
}

/** Compares the two syntax trees with the pool arguments taken out, and lists the pool arguments of the second. */
const COMPARE = `
import ast, json, sys
POOL = {"pool_size", "max_overflow", "pool_timeout", "pool_pre_ping", "pool_recycle", "max_connections"}

def read(text):
    tree, found = ast.parse(text.encode("utf-8")), {}
    for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
        for word in [word for word in call.keywords if word.arg in POOL]:
            found.setdefault(word.arg, []).append(ast.unparse(word.value))
        call.keywords = [word for word in call.keywords if word.arg not in POOL]
    return ast.dump(tree), found

def judge(pair):
    try:
        before = read(pair["before"])
    except (SyntaxError, ValueError) as error:
        return {"unread": str(error)}
    try:
        after = read(pair["after"])
    except (SyntaxError, ValueError) as error:
        return {"same": False, "found": {}, "broken": str(error)}
    return {"same": before[0] == after[0], "found": after[1]}

print(json.dumps([judge(pair) for pair in json.load(sys.stdin)]))
`;

const pythonVersion = spawnSync('python3', ['--version'], { encoding: 'utf8' });
export const hasPython = pythonVersion.status === 0;
if (!hasPython) console.warn('skipped: the oracle needs python3, which is not on this machine');

/** Lets Python's own parser judge pairs of files; one process for all of them. */
export function judge(pairs: readonly { readonly before: string; readonly after: string }[]): Verdict[] {
  const input = JSON.stringify(pairs);
  const run = spawnSync('python3', ['-X', 'utf8', '-W', 'ignore', '-c', COMPARE], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}
