import { basename } from 'node:path/posix';
import { decodeUtf8 } from '../edit/splice.js';
import type { TargetFacts } from '../target/facts.js';
import type { Start } from '../trap/trap.js';

const MIGRATES = /\balembic\b/;
/** What starts the application itself, so that nothing else in the command has to be looked into. */
const KNOWN = /\b(?:uvicorn|gunicorn|hypercorn|celery|fastapi)\b/;
const DEEPEST = 4;

/**
 * Whether migrations run when the backend starts: in its command, or in a script that this leads to. True as well where that
 * can't be read: one connection more is kept free.
 */
export function runsMigrations(starts: readonly Start[], facts: Pick<TargetFacts, 'files'>): boolean {
  const backend = starts.some(({ service }) => service === 'backend');
  return !backend || starts.some(({ command }) => mayMigrate(command, facts, 0));
}

function mayMigrate(text: string, facts: Pick<TargetFacts, 'files'>, depth: number): boolean {
  if (MIGRATES.test(text)) return true;
  const scripts = depth < DEEPEST ? scriptsIn(text, facts) : [];
  if (scripts.some((script) => mayMigrate(script, facts, depth + 1))) return true;
  return depth === 0 && scripts.length === 0 && !KNOWN.test(text);
}

/** Files by the names that a command or a script has for them: a container may have them under another path. */
function scriptsIn(text: string, { files }: Pick<TargetFacts, 'files'>): readonly string[] {
  const named = new Set([...text.matchAll(/[\w.@+/-]+/g)].map(([word]) => basename(word)));
  return [...files.values()].flatMap(({ path, content }) => {
    const isScript = named.has(basename(path)) && !/\.(?:py|ya?ml)$/.test(path);
    const decoded = isScript && content !== null ? decodeUtf8(content) : null;
    return decoded?.ok === true ? [withoutComments(decoded.value)] : [];
  });
}

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, '');
}
