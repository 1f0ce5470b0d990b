import { decodeUtf8 } from '../edit/splice.js';
import type { Candidate, Refusal } from '../edit/types.js';
import type { Problem } from '../errors.js';
import type { FileRole, Role } from '../settings.js';
import type { TargetFile } from '../target/facts.js';

/** A file as the planner sees it: on the target now, or as an earlier stage of the same plan leaves it. */
export interface Source {
  readonly role: FileRole;
  readonly path: string;
  /** `null`: not there yet. */
  readonly text: string | null;
}

export type Sourced<S extends Source = Source> =
  | { readonly ok: true; readonly source: S }
  | { readonly ok: false; readonly problem: Problem };

/** Whether a file can be edited at all, before anyone looks into it. `instead`: what may be meant where it is not there. */
export function readSource(
  role: Role,
  file: TargetFile,
  mayCreate: boolean,
  instead: readonly string[] = [],
): Sourced<Source & { readonly role: Role }> {
  if (file.kind === 'missing' && mayCreate) return { ok: true, source: { role, path: file.path, text: null } };
  const problem = obstacle(role, file);
  if (problem !== null)
    return { ok: false, problem: file.kind === 'missing' ? meant(problem, role, instead) : problem };
  const decoded = decodeUtf8(file.content ?? Buffer.alloc(0));
  if (!decoded.ok) return { ok: false, problem: refusalProblem(decoded.refusal, file.path) };
  return { ok: true, source: { role, path: file.path, text: decoded.value } };
}

export function refusalProblem(refusal: Refusal, file: string): Problem {
  return {
    code: refusal.kind,
    message: refusal.message,
    place: { file: refusal.file ?? file, ...refusal.at },
    ...(refusal.found === undefined ? {} : { found: refusal.found }),
    ...(refusal.candidates === undefined ? {} : { details: refusal.candidates.map(candidateLine) }),
    fix: refusal.fix,
  };
}

function candidateLine({ name, at: { line, column } }: Candidate): string {
  return `${name}, line ${line}:${column}`;
}

/** What keeps a file from being edited; `role` is null for one that only another file leads to. */
export function obstacle(role: Role | null, file: TargetFile): Problem | null {
  const place = { file: file.path };
  const elsewhere =
    role === null
      ? 'Write the values into the file that refers to it.'
      : `Name the right file with --file ${role}=PATH.`;
  const what = role === null ? 'file' : `${role} file`;
  if (file.kind === 'missing') return { code: 'file', message: `the ${what} is not there`, place, fix: elsewhere };
  if (file.kind === 'unreadable') {
    return {
      code: 'file',
      message: `no permission to read the ${what}`,
      place,
      found: `mode ${file.mode}, owner ${file.owner}`,
      fix: 'Log in as a user who may read and write it, or change its permissions.',
    };
  }
  if (file.kind === 'other') return { code: 'file', message: `the ${what} is no regular file`, place, fix: elsewhere };
  if (file.content === null) return { code: 'file', message: 'the file is larger than 2 MiB', place, fix: elsewhere };
  return danger(file);
}

/** Only names that a shell takes as they are: what is advised is typed. */
function meant(problem: Problem, role: Role, instead: readonly string[]): Problem {
  const names = instead.filter((name) => /^[\w@%+=:,./-]+$/.test(name));
  const [first] = names;
  if (first === undefined) return problem;
  if (names.length === 1) return { ...problem, fix: `Name the one that is there with --file ${role}=${first}.` };
  return {
    ...problem,
    details: names.map((name) => `there is ${name}`),
    fix: `Name the right one of these, as with --file ${role}=${first}.`,
  };
}

/** Replacing a file by a rename would silently break these ties. */
function danger(file: TargetFile): Problem | null {
  if (file.links > 1) {
    return {
      code: 'unsafe',
      message: `the file has ${file.links} hard links, and replacing it would part them`,
      place: { file: file.path },
      fix: 'Break the link (copy the file over itself), or edit it by hand.',
    };
  }
  if (!file.mounted) return null;
  return {
    code: 'unsafe',
    message: 'the file is a mount point of its own, and can not be replaced',
    place: { file: file.path },
    fix: 'Name the file on the other side of the mount with --file.',
  };
}
