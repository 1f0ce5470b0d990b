import { ProblemError } from '../errors.js';
import type { Call, Remote } from '../remote/remote.js';
import { expectAnswer } from '../target/inspect.js';
import { leftCalls } from './left.js';
import { NO_PROGRESS, type Progress, readProgress } from './progress.js';
import { type Upload, uploadCalls } from './upload.js';

export interface RunEdges {
  readonly remote: Remote;
  /** A second line to the same target, after the first was lost. */
  readonly reopen: () => Promise<Remote>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborted when the user wants the run to stop at the next safe point. */
  readonly interrupted: AbortSignal;
  /** Called once the target was told of it. */
  readonly told: () => void;
  readonly say: (line: string) => void;
}

/** Waits between attempts to reach a target again whose line was lost in the middle of a run, in ms. */
const RECONNECT_AFTER_MS = [1_000, 3_000, 9_000];

/**
 * Starts a run on the target and follows it to its end. The run itself does not need us: when the line is lost it goes on,
 * and a new line finds it again.
 * @throws ProblemError `line-lost` when the target can't be reached again, `remote` when it could not start the run.
 */
export async function carryOut(upload: Upload, edges: RunEdges): Promise<Progress> {
  let remote = edges.remote;
  const ask = async (calls: readonly Call[]): Promise<string> => {
    try {
      return expectAnswer(remote, await remote.run(calls));
    } catch (error) {
      if (!isLineLost(error)) throw error;
      remote = await reconnect(edges, error);
      return '';
    }
  };
  await prepare(upload, ask);
  const progress = await follow(upload.folder, edges, ask);
  const clear: Call = { verb: 'at_clear', args: [upload.folder] };
  const answer = await ask([...leftCalls(upload.drafts, progress), clear]);
  if (remote !== edges.remote) await remote.close();
  return readProgress(progress, answer);
}

/** What could not be uploaded whole, as on a full disk, is not left lying about. */
async function prepare(upload: Upload, ask: (calls: readonly Call[]) => Promise<string>): Promise<void> {
  try {
    await ask(uploadCalls(upload));
  } catch (error) {
    if (isLineLost(error)) throw error;
    await ask([{ verb: 'at_clear', args: [upload.folder] }]);
    throw error instanceof ProblemError ? unfit(upload.state, error) : error;
  }
}

function unfit(state: string, { problems }: ProblemError): ProblemError {
  return new ProblemError({
    code: 'put-back',
    message: 'what the run needs could not be put on the target; nothing was changed',
    place: { file: state },
    expected: 'space, and permission to write there',
    found: problems[0]?.found ?? '',
    fix: 'Make room or give the permission, then try again.',
  });
}

async function follow(
  folder: string,
  edges: RunEdges,
  ask: (calls: readonly Call[]) => Promise<string>,
): Promise<Progress> {
  let progress = NO_PROGRESS;
  let told = false;
  while (progress.outcome === null) {
    if (edges.interrupted.aborted && !told) {
      await ask([{ verb: 'at_interrupt', args: [folder] }]);
      edges.told();
      told = true;
    }
    const answer = await ask([{ verb: 'at_follow', args: [folder, String(progress.lines)] }]);
    const next = readProgress(progress, answer);
    for (const line of next.said.slice(progress.said.length)) edges.say(line);
    progress = next;
  }
  return progress;
}

async function reconnect({ reopen, sleep, say }: RunEdges, lost: unknown): Promise<Remote> {
  for (const wait of RECONNECT_AFTER_MS) {
    say('the line was lost; connecting again, to see how far the target has come');
    await sleep(wait);
    try {
      return await reopen();
    } catch {
      // The next attempt, or the line-lost problem below, says all there is to say.
    }
  }
  throw lost;
}

function isLineLost(error: unknown): boolean {
  return error instanceof ProblemError && error.problems.some((problem) => problem.code === 'line-lost');
}
