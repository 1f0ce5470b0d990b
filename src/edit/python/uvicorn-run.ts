import type { Node } from 'web-tree-sitter';
import type { Editor } from '../types.js';
import { callEditor } from './call-editor.js';
import { callsOf, type KnownCall, linesOf } from './calls.js';
import type { PythonParser } from './grammar.js';
import { importsOf } from './imports.js';
import { only } from './pick.js';
import { refuse } from './refusal.js';
import type { Target } from './slots.js';
import { refuseAt, type Source } from './source.js';

const RUNS: ReadonlyMap<string, 'run' | 'server'> = new Map([
  ['uvicorn.run', 'run'],
  ['uvicorn.main.run', 'run'],
  ['uvicorn.Server', 'server'],
  ['uvicorn.server.Server', 'server'],
]);

/**
 * Edits `workers` of the one `uvicorn.run(...)` in the code that a command starts. Refuses calls that would ignore it:
 * those that are given the application itself, that reload, or that every worker would run again.
 */
export function runEditor(parser: PythonParser): Editor {
  return callEditor(parser, findRun);
}

function findRun(source: Source): Target {
  const calls = callsOf(source, importsOf(source), RUNS);
  const runs = calls.filter(({ kind }) => kind === 'run');
  const run = only(source, runs, undefined, {
    message: `${runs.length} uvicorn.run(...) calls found, on lines ${linesOf(runs)}`,
    fix: 'Leave one of them in the file that the command starts',
  });
  if (run === undefined) return refuseNone(source, calls[0]);
  refuseObject(source, run);
  refuseReload(source, run);
  refuseUnguarded(source, run);
  return { args: run.args, slots: [{ key: 'web.workers', keyword: 'workers' }] };
}

function refuseNone(source: Source, server: KnownCall<'run' | 'server'> | undefined): never {
  if (server !== undefined) {
    return refuseAt(source, server.node, {
      kind: 'unsupported',
      message: 'uvicorn.Server(...) runs one process, whatever number of workers it is told',
      fix: 'Start the application by uvicorn.run("module:app", workers=N), or by the command `uvicorn module:app --workers N`',
    });
  }
  return refuse({
    kind: 'unsupported',
    message: 'the code that the command starts has no uvicorn.run(...) call',
    at: { line: 1, column: 1 },
    fix: 'Start the application by the command `uvicorn module:app --workers N`',
  });
}

/** Several workers each import the application: they need its name. */
function refuseObject(source: Source, { node, args }: KnownCall<unknown>): void {
  const app = args.keywords.get('app') ?? args.positional[0];
  if (app?.type === 'string') return;
  refuseAt(source, app ?? node, {
    kind: 'unsafe',
    message: 'uvicorn.run(...) is given the application itself, and ends with an error when it is told to run workers',
    fix: 'Give it the name instead, such as "app.main:app", then run again',
  });
}

function refuseReload(source: Source, { args }: KnownCall<unknown>): void {
  const reload = args.keywords.get('reload');
  if (reload === undefined || reload.type === 'false' || reload.type === 'none') return;
  refuseAt(source, reload, {
    kind: 'unsafe',
    message: 'uvicorn ignores workers while reload is set',
    fix: 'Take reload out of the call: it is meant for development',
  });
}

/** Every worker imports the file that was started, under another name. */
function refuseUnguarded(source: Source, { node }: KnownCall<unknown>): void {
  for (let around: Node | null = node.parent; around !== null; around = around.parent) {
    if (around.type === 'function_definition') return;
    if (around.type === 'if_statement' && /__name__/.test(around.childForFieldName('condition')?.text ?? '')) return;
  }
  refuseAt(source, node, {
    kind: 'unsafe',
    message: 'every worker would run this call again, because it imports the file',
    fix: 'Put the call below `if __name__ == "__main__":`, then run again',
  });
}
