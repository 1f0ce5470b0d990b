import { z } from 'zod';
import { ProblemError } from '../errors.js';
import { BOUND_BY, FILE_ROLES, RUNTIMES, STAGES } from '../settings.js';

const sha = z.string().nullable();
const byteEdit = z.object({ start: z.int(), end: z.int(), text: z.string() });

const releaseFile = z.object({
  role: z.enum(FILE_ROLES),
  path: z.string(),
  /** `null`: the file is not there. */
  sha256Before: sha,
  sha256After: sha,
  mode: z.string(),
  owner: z.string(),
  /** What the release changed, in bytes of the version before; empty for a rollback, which `undoes` explains. */
  edits: z.array(byteEdit),
});

const setting = z.union([z.number(), z.boolean(), z.string(), z.null(), z.object({ unresolved: z.string() })]);

const started = z.object({
  schema: z.literal(1),
  at: z.string(),
  event: z.literal('started'),
  release: z.int(),
  kind: z.enum(['apply', 'rollback']),
  stages: z.array(z.enum(STAGES)),
  by: z.string(),
  root: z.string(),
  runtime: z.enum(RUNTIMES),
  /** Releases that this one takes back. */
  undoes: z.array(z.int()),
  overrides: z.array(z.object({ gate: z.string(), reason: z.string() })),
  /** What the database said when it was planned: its limit, and what it keeps of it. Absent where nobody could ask. */
  database: z.object({ maxConnections: z.int(), reserved: z.int(), boundBy: z.enum(BOUND_BY) }).exactOptional(),
  changes: z.array(z.object({ setting: z.string(), from: setting, to: setting })),
  files: z.array(releaseFile),
});

/**
 * What became of a release. `reverted`: put back by hand, or by the dead-man's switch (`expired`). `reset`: all of them, by
 * hand. `unwell`: its files are in force, and its services were not well. */
const outcome = z.object({
  schema: z.literal(1),
  at: z.string(),
  event: z.enum(['applied', 'put-back', 'stuck', 'reverted', 'expired', 'confirmed', 'reset', 'unwell']),
  release: z.int(),
});

const entry = z.discriminatedUnion('event', [started, outcome]);

export type ReleaseFile = z.infer<typeof releaseFile>;
export type StartedEntry = z.infer<typeof started>;
export type OutcomeEntry = z.infer<typeof outcome>;
export type JournalEntry = z.infer<typeof entry>;

/**
 * Reads a journal. A last line without its newline is what a crash leaves half-written: it never happened.
 * @throws ProblemError `release` for a line that is no journal entry, naming it.
 */
export function parseJournal(text: string, file: string): readonly JournalEntry[] {
  const lines = text.split('\n');
  return lines.slice(0, -1).map((line, index) => parseLine(line, { file, line: index + 1 }));
}

function parseLine(line: string, place: { file: string; line: number }): JournalEntry {
  try {
    return entry.parse(JSON.parse(line));
  } catch {
    throw new ProblemError({
      code: 'release',
      message: 'The journal on the target has a line that this version can not read',
      place,
      expected: 'one JSON entry a line, schema 1',
      found: line.slice(0, 80),
      fix: 'Use the version of action-tune that wrote it, or move the state folder away and start afresh.',
    });
  }
}
