import { fail, type Problem, ProblemError } from '../errors.js';
import { parseJournal } from '../journal/entry.js';
import { type History, readHistory } from '../journal/history.js';
import { loadProfile } from '../profile/load.js';
import type { Profile } from '../profile/profile.js';
import type { Remote } from '../remote/remote.js';
import type { RuntimeChoice, TargetFacts } from '../target/facts.js';
import { knownFile, otherKey } from '../target/files.js';
import { type Depth, inspect, readFiles } from '../target/inspect.js';
import { chooseRuntime } from '../target/runtime.js';
import { siblingsOf } from '../target/siblings.js';
import type { TargetSpec } from '../target/spec.js';
import type { Edges } from './edges.js';

/** A target that was reached and asked. */
export interface Session {
  readonly spec: TargetSpec;
  readonly remote: Remote;
  readonly facts: TargetFacts;
  readonly runtime: RuntimeChoice;
  readonly history: History;
}

/** Reaches every target, hands them over, and closes every line again, however it ends. */
export async function withSessions<T>(
  specs: readonly TargetSpec[],
  edges: Edges,
  depth: Depth,
  work: (sessions: readonly Session[]) => Promise<T>,
): Promise<T> {
  const remotes: Remote[] = [];
  try {
    const sessions: Session[] = [];
    for (const spec of specs) {
      edges.output.progress(`looking at ${spec.name}`);
      const remote = await edges.open(spec.address);
      remotes.push(remote);
      sessions.push(await openSession(spec, remote, depth));
    }
    edges.output.progress(null);
    return await work(sessions);
  } finally {
    edges.output.progress(null);
    await Promise.all(remotes.map((remote) => remote.close()));
  }
}

/** Nothing was started yet: a line that is lost here leaves nothing unknown. */
async function openSession(spec: TargetSpec, remote: Remote, depth: Depth): Promise<Session> {
  try {
    const facts = await inspect(remote, spec, depth);
    const history = readHistory(parseJournal(facts.journal, `${facts.state}/journal.jsonl`));
    expectSameRoot(history, facts);
    // Files that releases changed are judged, whatever led to them.
    return await withFiles({ spec, remote, facts, runtime: chooseRuntime(spec, facts), history }, [
      ...history.chains.keys(),
    ]);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError(...error.problems.map((problem) => located(problem, spec)));
  }
}

/** Fetches files that have no role of their own. */
export async function withFiles(session: Session, paths: readonly string[]): Promise<Session> {
  const { facts, remote, spec } = session;
  const asked = paths.filter((path) => knownFile(facts, path) === undefined);
  if (asked.length === 0) return session;
  const found = await readFiles(remote, new Map(asked.map((path) => [otherKey(path), path])));
  const more = { ...facts, files: new Map([...facts.files, ...found]) };
  // What services extend, and by which variables they are started, may stand in these files.
  return { ...session, facts: { ...more, siblings: siblingsOf(more, spec) } };
}

/** Two projects of one name on one machine must not share a journal. */
function expectSameRoot({ releases }: History, { root, state }: TargetFacts): void {
  const known = releases.at(-1)?.entry.root;
  if (known === undefined || known === root) return;
  fail({
    code: 'config',
    message: 'The state folder belongs to another project of the same name',
    place: { file: state },
    expected: `the project in ${root}`,
    found: `the project in ${known}`,
    fix: 'Give this one a name of its own: `project: NAME` in action-tune.yaml.',
  });
}

function located(problem: Problem, spec: TargetSpec): Problem {
  const place = { target: spec.name, ...problem.place };
  if (problem.code !== 'line-lost') return { ...problem, place };
  return { ...problem, code: 'remote', place, message: 'the line was lost; nothing was changed', fix: 'Try again.' };
}

export function profileOf(spec: TargetSpec, edges: Edges): Promise<Profile> {
  return loadProfile(spec.profile, { ...edges.files, shippedDir: edges.assets.profilesDir }, spec.profileValues);
}
