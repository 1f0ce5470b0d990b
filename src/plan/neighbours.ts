import { decodeUtf8 } from '../edit/splice.js';
import type { Surroundings } from '../edit/types.js';
import type { Problem } from '../errors.js';
import { type FileRole, type Runtime, SERVICE_ROLES, type ServiceRole } from '../settings.js';
import type { TargetFacts, TargetFile } from '../target/facts.js';
import { composeFiles, knownFile } from '../target/files.js';
import { obstacle, refusalProblem, type Source, type Sourced } from './source.js';

/** The files around the ones that a stage is about, as the stages before it leave them. */
export interface Neighbours {
  /** What an editor of the file at `path` sees around it. */
  around(path: string): Surroundings;
  /** A file that is to be edited, by the path under which an editor knows it; `starts`: a start command stands there. */
  source(path: string, starts: boolean): Sourced;
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

/** What the target lists at most: where it stopped, who else calls a function is not known. */
const MOST_SOURCES = 500;

export function neighboursOf({ facts, runtime, root, edited }: NeighboursInput): Neighbours {
  const needs = new Set<string>();
  const problems = new Map<string, Problem>();
  const code = new Map(facts.surroundings.sources.map((file) => [file.path, file.text]));
  const textOf = (path: string): string | null => {
    const file = knownFile(facts, path);
    if (file === undefined) {
      needs.add(path);
      // The first look may have brought its text: what that leads to is then asked for together with the file itself.
      return code.get(path) ?? null;
    }
    const before = edited.get(file.path);
    return before === undefined ? contentOf(file, problems) : before.text;
  };
  const shared = {
    root,
    compose: composePaths(facts, runtime),
    units: unitPaths(facts, runtime),
    unitParts: unitPartsOf(facts),
    code: code.size < MOST_SOURCES ? code : new Map<string, string>(),
    textOf,
  };
  return {
    around: (path) => ({ ...shared, path }),
    source: (path, starts) => sourceAt(knownFile(facts, path), path, textOf(path), { facts, starts }),
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

function sourceAt(
  file: TargetFile | undefined,
  path: string,
  text: string | null,
  { facts, starts }: { readonly facts: TargetFacts; readonly starts: boolean },
): Sourced {
  if (file === undefined) return { ok: false, problem: unfetched(path) };
  const problem = obstacle(null, file);
  if (problem !== null) return { ok: false, problem };
  return { ok: true, source: { role: roleOf(file, facts, starts), path: file.path, text } };
}

/** Of a provisional plan: the file is fetched before there is another. */
function unfetched(path: string): Problem {
  return {
    code: 'file',
    message: 'the file was not fetched: it takes more steps to find than are followed',
    place: { file: path },
    fix: 'Write the values into the file that refers to it.',
  };
}

/** A file that has a role of its own keeps it; the others are start files, code, a unit's drop-in, or environment files. */
function roleOf({ path }: TargetFile, facts: TargetFacts, starts: boolean): FileRole {
  for (const role of ['database', 'redis', 'compose', 'backend-unit', 'celery-unit'] as const) {
    const known = facts.files.get(role)?.path;
    if (known === path || (known !== undefined && path.startsWith(`${known}.d/`))) return role;
  }
  const unit = SERVICE_ROLES.find((service) => partsOfUnit(facts, service).includes(path));
  if (unit !== undefined) return `${unit}-unit`;
  if (starts) return 'start';
  return path.endsWith('.py') ? 'settings' : 'environment';
}

/** A unit and its drop-ins, as systemd has loaded them. */
function partsOfUnit({ services }: TargetFacts, role: ServiceRole): readonly string[] {
  const unit = services.get(role)?.unit;
  return unit?.fragment == null ? [] : [unit.fragment, ...unit.dropIns];
}

function unitPartsOf(facts: TargetFacts): ReadonlyMap<string, readonly string[]> {
  return new Map(
    SERVICE_ROLES.flatMap((role) => {
      const parts = partsOfUnit(facts, role);
      return parts.map((path): [string, readonly string[]] => [path, parts]);
    }),
  );
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
