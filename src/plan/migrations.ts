import type { SourceText, Start, Started } from '../trap/trap.js';

const MIGRATES = /\balembic\b/;
/** What starts the application itself. */
const STARTS = /\b(?:uvicorn|gunicorn|hypercorn|celery|fastapi)\b/;
/** A script that nobody followed. */
const SCRIPT = /^(?:\.|source)$|\.sh$/;

/**
 * Whether migrations run when the backend starts: in its command, or in a script that this leads to. True as well where that
 * can't be read: one connection more is kept free.
 */
export function runsMigrations(starts: readonly Start[]): boolean {
  const backend = starts.filter(({ service }) => service === 'backend');
  return backend.length === 0 || starts.some(({ command }) => MIGRATES.test(command)) || backend.some(isUnread);
}

/** The same of another service, by its own starts. */
export function startMigrates(starts: readonly Start[]): boolean {
  return starts.length === 0 || starts.some((start) => MIGRATES.test(start.command) || isUnread(start));
}

/** A unit may migrate in a command of its own, before it starts. */
export function migratesBefore({ text }: SourceText): boolean {
  return /^\s*ExecStartPre\s*=.*\balembic\b/m.test(text);
}

function isUnread({ command, programs }: Start): boolean {
  if (!STARTS.test(command)) return true;
  return programs.some(({ name }: Started) => SCRIPT.test(name));
}
