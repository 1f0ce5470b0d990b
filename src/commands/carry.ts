import { type Problem, ProblemError } from '../errors.js';
import { driftOf } from '../journal/drift.js';
import { parseJournal } from '../journal/entry.js';
import { type Release, readHistory } from '../journal/history.js';
import { rollbackDraft } from '../rollback/draft.js';
import { neededCopies, planReturn } from '../rollback/plan.js';
import { undoneSettings } from '../rollback/undone.js';
import { copyPath, type Draft } from '../rollout/draft.js';
import type { DraftContext } from '../rollout/drafts.js';
import { problemOf } from '../rollout/problem.js';
import type { Progress } from '../rollout/progress.js';
import { reportsOf, type StageReport } from '../rollout/report.js';
import { carryOut, type RunEdges } from '../rollout/run.js';
import { inspect, readFiles } from '../target/inspect.js';
import type { Edges } from './edges.js';
import type { Override } from './options.js';
import { makeEditors } from './planning.js';
import { returnSettings } from './return-settings.js';
import { type Session, withFiles } from './session.js';

export interface Carried {
  readonly reports: readonly StageReport[];
  readonly problem: Problem | null;
}

export function draftContext(
  { spec, facts, runtime }: Session,
  overrides: readonly Override[],
  edges: Edges,
): DraftContext {
  return { spec, facts, runtime: runtime.runtime, by: edges.operator, overrides: [...overrides] };
}

/** Carries releases out on one target, under one lock, all or none. */
export async function carry(
  session: Session,
  drafts: readonly Draft[],
  good: 'applied' | 'rolled-back',
  edges: Edges,
  confirmSeconds = 0,
): Promise<Carried> {
  const { spec, facts } = session;
  const progress = await start(session, drafts, edges, confirmSeconds);
  return {
    reports: drafts.flatMap((draft) => reportsOf(spec.name, draft, progress, good, facts)),
    problem: problemOf(spec.name, facts.state, drafts, progress),
  };
}

async function start(
  session: Session,
  drafts: readonly Draft[],
  edges: Edges,
  confirmSeconds: number,
): Promise<Progress> {
  const { spec, facts, history } = session;
  const known = new Set(history.releases.flatMap(({ entry }) => entry.files.map((file) => file.path)));
  const paths = drafts.flatMap((draft) => draft.files.map((file) => file.path));
  const upload = {
    drafts,
    root: facts.root ?? spec.address.root,
    library: await edges.assets.library(),
    firstTouched: new Set(paths.filter((path) => !known.has(path))),
    state: facts.state,
    folder: `${facts.state}/jobs/${edges.nonce()}`,
    by: edges.operator,
    command: edges.commandLine,
    newestRelease: facts.newestRelease,
    confirmSeconds,
  };
  try {
    return await edges.hold(() => carryOut(upload, runEdges(session, edges)));
  } finally {
    edges.output.progress(null);
  }
}

function runEdges({ spec, remote }: Session, edges: Edges): RunEdges {
  return {
    remote,
    reopen: () => edges.open(spec.address),
    sleep: edges.sleep,
    interrupted: edges.interrupted,
    told: edges.told,
    say: (line) => edges.output.progress(`${spec.name}: ${line}`),
  };
}

/** Takes releases back, newest first, as one release of its own. */
export async function takeBack(session: Session, undo: readonly Release[], edges: Edges): Promise<Carried> {
  const draft = await returnDraft(session, undo, edges);
  return carry(session, [draft], 'rolled-back', edges);
}

/** @throws ProblemError where a file can't go back without losing what somebody else wrote. */
export async function returnDraft(
  session: Session,
  undo: readonly Release[],
  edges: Edges,
  overrides: readonly Override[] = [],
): Promise<Draft> {
  const { remote, history, facts } = session;
  const needed = neededCopies(history, undo);
  const copies = new Map(
    [...needed].map(([name, { release, file }]) => [
      name,
      `${facts.state}/releases/${release}/before/${copyPath(file.path)}`,
    ]),
  );
  const paths = [...new Set(undo.flatMap(({ entry }) => entry.files.map((file) => file.path)))];
  const answer = await readFiles(remote, new Map([...copies, ...paths.map((path): [string, string] => [path, path])]));
  const now = new Map(paths.flatMap((path) => optional(path, answer.get(path))));
  const returns = planReturn({
    history,
    undo,
    now,
    state: facts.state,
    copies: new Map([...copies.keys()].map((name) => [name, answer.get(name)?.content ?? null])),
    overDrift: overrides.some(({ gate }) => gate === 'drift'),
  });
  const runtime = undo[0]?.entry.runtime ?? session.runtime.runtime;
  const stages = [...new Set(undo.flatMap(({ entry }) => entry.stages))];
  const settings = returnSettings(returns, stages, await makeEditors(session.spec), undoneSettings(undo));
  const repair = undo.some(({ state }) => state === 'unfinished');
  return rollbackDraft(
    returns,
    { ids: undo.map(({ id }) => id), stages, settings, repair },
    // An override that nothing asked for is none.
    { ...draftContext(session, driftOf(history, now).length > 0 ? overrides : [], edges), runtime },
  );
}

function optional<V>(key: string, value: V | undefined): readonly [string, V][] {
  return value === undefined ? [] : [[key, value]];
}

/** Looks at a target again, after something was changed there. */
export async function refreshed(session: Session): Promise<Session> {
  const facts = await inspect(session.remote, session.spec, 'processes');
  const history = readHistory(parseJournal(facts.journal, facts.state));
  return withFiles({ ...session, facts, history }, [...history.chains.keys()]);
}

/** The problems of an error that was expected. Anything else goes on. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof ProblemError) return error.problems;
  throw error;
}
