import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ADDING } from './adding-shapes.js';
import { CHANGING } from './changing-shapes.js';
import { FINDING } from './finding-shapes.js';
import { REDIS_SHAPES } from './redis-shapes.js';
import type { Shape } from './shape.js';

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

def judge(shape):
    try:
        before, after = read(shape["before"]), read(shape["after"])
    except SyntaxError as error:
        return {"error": str(error)}
    return {"same": before[0] == after[0], "found": after[1]}

print(json.dumps([judge(shape) for shape in json.load(sys.stdin)]))
`;

/** Needs a newer Python than some machines have; its own test covers it. */
const NEW_SYNTAX = 'syntax of Python 3.12 elsewhere';
/** Here the value stands without its name, so the tree itself changes. */
const BY_POSITION = /by position$/;

const pythonVersion = spawnSync('python3', ['--version'], { encoding: 'utf8' });
const hasPython = pythonVersion.status === 0;
if (!hasPython) console.warn('skipped: the oracle needs python3, which is not on this machine');

function judge(shapes: readonly Shape[]): { same?: boolean; found?: Record<string, string[]>; error?: string }[] {
  const run = spawnSync('python3', ['-X', 'utf8', '-c', COMPARE], { input: JSON.stringify(shapes), encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

const engines = [...ADDING, ...CHANGING, ...FINDING].filter(({ name }) => name !== NEW_SYNTAX);
const clients = REDIS_SHAPES.filter(({ name }) => !BY_POSITION.test(name));

test.skipIf(!hasPython)('Python reads every edited engine as wanted, and the rest of the file as before', () => {
  const verdicts = judge(engines).map((verdict, index) => ({ name: engines[index]?.name, ...verdict }));
  for (const verdict of verdicts) {
    expect(verdict).toMatchObject({
      same: true,
      found: {
        pool_size: expect.arrayContaining(['20']),
        max_overflow: ['30'],
        pool_timeout: ['30'],
        pool_pre_ping: ['True'],
        pool_recycle: ['3600'],
      },
    });
  }
});

test.skipIf(!hasPython)(
  'Python reads every edited client or pool as wanted, and the rest of the file as before',
  () => {
    const verdicts = judge(clients).map((verdict, index) => ({ name: clients[index]?.name, ...verdict }));
    for (const verdict of verdicts) {
      expect(verdict).toMatchObject({ same: true, found: { max_connections: expect.arrayContaining(['50']) } });
    }
  },
);
