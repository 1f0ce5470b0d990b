import type { Problem } from '../errors.js';
import { blankSecrets } from '../plan/diff.js';
import type { Draft } from './draft.js';
import type { Progress } from './progress.js';

interface Ending {
  readonly target: string;
  /** The stage that failed, in words. */
  readonly what: string;
  readonly step: string;
  /** The folder of the release that failed. */
  readonly folder: string;
  readonly log: readonly string[];
  readonly progress: Progress;
}

const LOG_LINES = 5;

/** What a run that did not end well means for the user; `null` where it ended well. */
export function problemOf(target: string, state: string, drafts: readonly Draft[], progress: Progress): Problem | null {
  const { outcome, failed } = progress;
  if (outcome === 'applied') return null;
  const release = failed?.release ?? drafts[0]?.id ?? 0;
  const say = (outcome === null ? undefined : ENDINGS[outcome]) ?? notPutBack;
  const problem = say({
    target,
    what: drafts.find(({ id }) => id === release)?.entry.stages.join(', ') ?? 'the run',
    step: failed?.step ?? 'a step that is not known',
    folder: `${state}/releases/${release}`,
    log: blankSecrets(progress.log).trim().split('\n').filter(Boolean).slice(-LOG_LINES),
    progress,
  });
  return { ...problem, place: { target, ...problem.place } };
}

const ENDINGS: Readonly<Record<string, (ending: Ending) => Problem>> = {
  'put-back': ({ what, step, folder, log }) => ({
    code: 'put-back',
    message: `${what} failed at '${step}', and everything was put back`,
    details: log,
    fix: `Read ${folder}/log, mend the cause, and try again.`,
  }),
  interrupted: ({ what }) => ({
    code: 'interrupted',
    message: `stopped as asked; ${what} was put back`,
    fix: 'Start again whenever you like.',
  }),
  stale: ({ progress: { stale } }) => ({
    code: 'stale',
    message: 'the target changed since it was looked at; nothing was changed',
    ...(stale[0] === undefined ? {} : { place: { file: stale[0] } }),
    fix: 'Look again with `action-tune plan`.',
  }),
  locked: () => ({
    code: 'lock',
    message: 'somebody else began to work on this target meanwhile; nothing was changed',
    fix: 'See who with `action-tune status`.',
  }),
  'never-started': () => ({
    code: 'remote',
    message: 'the line was lost before the run began; nothing was changed',
    fix: 'Try again.',
  }),
};

/** Also where the run itself was killed: what it left is not known to be whole. */
function notPutBack({ what, step, folder, log, progress: { stuck } }: Ending): Problem {
  return {
    code: 'not-put-back',
    message: `${what} failed at '${step}', and not everything could be put back`,
    details: [...stuck.map(({ kind, what: which }) => `${kind} ${which}`), ...log],
    fix: `Mend the cause, then put it back with: sh ${folder}/revert.sh`,
  };
}
