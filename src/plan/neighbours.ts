import { decodeUtf8 } from '../edit/splice.js';
import type { Surroundings } from '../edit/types.js';
import type { Problem } from '../errors.js';
import type { FileRole, Runtime } from '../settings.js';
import type { TargetFacts, TargetFile } from '../target/facts.js';
import { composeFiles, knownFile } from '../target/files.js';
import { obstacle, refusalProblem, type Source, type Sourced } from './source.js';

/** The files around the ones that a stage is about, as the stages before it leave them. */
export interface Neighbours {
  /** What an editor of the file at `path` sees around it. */
  around(path: string): Surroundings;
  /** A file that is to be edited, by the path under which an editor knows it. */
  source(path: string): Sourced;
  /** Paths that editors asked for and nobody fetched yet. Until they are, what is planned is provisional. */
  readonly needs: ReadonlySet<string>;
  /** What keeps files from being read that editors asked for, by path. */
  readonly problems: ReadonlyMap<string, Problem>;
}

interface NeighboursInput {
  readonly facts: TargetFacts;
  readonly runtime: Runtime;
  readonly root: string;
  readonly edited: ReadonlyMap<string, Source>;
}

export function neighboursOf({ facts, runtime, root, edited }: NeighboursInput): Neighbours {
  const needs = new Set<string>();
  const problems = new Map<string, Problem>();
  const textOf = (path: string): string | null => {
    const file = knownFile(facts, path);
    if (file === undefined) {
      needs.add(path);
      return null;
    }
    const before = edited.get(file.path);
    return before === undefined ? contentOf(file, problems) : before.text;
  };
  const shared = { root, compose: composePaths(facts, runtime), units: unitPaths(facts, runtime), textOf };
  return {
    around: (path) => ({ ...shared, path }),
    source: (path) => sourceAt(knownFile(facts, path), path, textOf(path), facts),
    needs,
    problems,
  };
}

function contentOf(file: TargetFile, problems: Map<string, Problem>): string | null {
  if (file.kind === 'missing' || file.kind === 'other') return null;
  const problem = file.kind === 'unreadable' || file.content === null ? obstacle(null, file) : null;
  if (problem !== null) problems.set(file.path, problem);
  if (file.content === null) return null;
  const decoded = decodeUtf8(file.content);
  if (!decoded.ok) problems.set(file.path, refusalProblem(decoded.refusal, file.path));
  return decoded.ok ? decoded.value : null;
}

function sourceAt(file: TargetFile | undefined, path: string, text: string | null, facts: TargetFacts): Sourced {
  if (file === undefined) throw new Error(`an edit of ${path}, which nobody fetched`);
  const problem = obstacle(null, file);
  if (problem !== null) return { ok: false, problem };
  return { ok: true, source: { role: roleOf(file, facts), path: file.path, text } };
}

/** A file that has a role of its own keeps it; the others are code, a unit's drop-in, or environment files. */
function roleOf({ path }: TargetFile, { files }: TargetFacts): FileRole {
  for (const role of ['database', 'redis', 'compose', 'backend-unit', 'celery-unit'] as const) {
    const known = files.get(role)?.path;
    if (known === path || (known !== undefined && path.startsWith(`${known}.d/`))) return role;
  }
  return path.endsWith('.py') ? 'settings' : 'environment';
}

/** The files that give the processes their environment: those of the runtime, or all where nobody knows what runs them. */
function composePaths(facts: TargetFacts, runtime: Runtime): readonly string[] {
  if (runtime === 'systemd') return [];
  return composeFiles(facts).flatMap(({ kind, path }) => (kind === 'file' ? [path] : []));
}

function unitPaths({ files }: TargetFacts, runtime: Runtime): readonly string[] {
  if (runtime === 'compose') return [];
  return (['backend-unit', 'celery-unit'] as const).flatMap((role) => {
    const file = files.get(role);
    return file?.kind === 'file' ? [file.path] : [];
  });
}
