import type { Problem } from '../errors.js';
import { blankSecrets } from '../secrets.js';
import type { Draft } from './draft.js';
import { sayLeft } from './left.js';
import type { Progress } from './progress.js';

interface Ending {
  readonly target: string;
  /** The stage that failed, in words. */
  readonly what: string;
  readonly kind: Draft['entry']['kind'];
  readonly step: string;
  /** The folder of all state on the target, and the release in it that failed. */
  readonly state: string;
  readonly release: number;
  /** Every file of the run, and every service that it touches. */
  readonly files: readonly string[];
  readonly services: readonly string[];
  /** The last lines of what the commands printed, and of what the services said. */
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
    kind: drafts[0]?.entry.kind ?? 'apply',
    step: failed?.step ?? progress.said.at(-1) ?? 'its start',
    state,
    release,
    files: [...new Set(drafts.flatMap(({ entry }) => entry.files.map(({ path }) => path)))],
    services: [...new Set(drafts.flatMap(({ activation }) => activation.plan.services))],
    log: [...linesOf(progress.log), ...evidenceOf(release, progress)],
    progress,
  });
  return { ...problem, place: { target, ...problem.place } };
}

function linesOf(text: string): readonly string[] {
  return blankSecrets(text).trim().split('\n').filter(Boolean).slice(-LOG_LINES);
}

function evidenceOf(release: number, { evidence }: Progress): readonly string[] {
  const own = evidence.filter((each) => each.release === release);
  return own.flatMap(({ service, text }) => linesOf(text).map((line) => `${service}: ${line}`));
}

const ENDINGS: Readonly<Record<string, (ending: Ending) => Problem>> = {
  'put-back': ({ what, step, state, release, log }) => ({
    code: 'put-back',
    message: `${what} failed at '${step}', and everything was put back`,
    details: log,
    fix: `Read ${state}/releases/${release}/log, mend the cause, and try again.`,
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
  unwell: ({ what, step, state, release, log, files, services, progress }) => ({
    code: 'not-put-back',
    message: `the files of ${what} are back, but the services are not well: '${step}' failed`,
    details: [...sayLeft(files, services, progress), ...log],
    fix: `Mend the cause, then restart and check them with: sh ${state}/releases/${release}/services.sh`,
  }),
  died: killed,
  full: ({ state }) => ({
    code: 'put-back',
    message: 'there is no space left on the target; nothing was changed',
    place: { file: state },
    fix: 'Make room there, then try again.',
  }),
  'never-started': () => ({
    code: 'remote',
    message: 'the line was lost before the run began; nothing was changed',
    fix: 'Try again.',
  }),
};

/** Before it said anything of a release, there is nothing to put back but the lock: the journal does not know of it either. */
function killed({ kind, what: stages, step, files, services, progress }: Ending): Problem {
  if (!progress.said.some((line) => line.startsWith('release '))) {
    return {
      code: 'put-back',
      message: 'the run was killed on the target before it began; nothing was changed',
      fix: 'Look with `action-tune status`, then try again.',
    };
  }
  return {
    code: 'not-put-back',
    message: `the run was killed on the target at '${step}'; its files and services are as before or as after`,
    details: sayLeft(files, services, progress),
    fix: `${killedFix(kind, stages)} with \`action-tune rollback --yes\`, which removes its lock, too.`,
  };
}

function killedFix(kind: Draft['entry']['kind'], stages: string): string {
  return kind === 'apply'
    ? 'Put it back'
    : `Take the rollback itself back, so that ${stages} is in force as before it,`;
}

/** The steps of the way back that failed, of which the states alone say nothing. */
function failedBack({ stuck }: Progress): readonly string[] {
  const steps = stuck.filter(({ kind }) => kind === 'service').map(({ what }) => what);
  return [...new Set(steps)].map((step) => `failed on the way back: ${step}`);
}

/** Each release that left something has its own script, and the newest goes first. */
function notPutBack({ what, step, state, release, log, files, services, progress }: Ending): Problem {
  const { stuck } = progress;
  const left = [...new Set(stuck.map((each) => each.release))].toSorted((a, b) => b - a);
  const scripts = (left.length === 0 ? [release] : left).map((id) => `sh ${state}/releases/${id}/revert.sh`);
  return {
    code: 'not-put-back',
    message: `${what} failed at '${step}', and not everything could be put back`,
    details: [...sayLeft(files, services, progress), ...failedBack(progress), ...log],
    fix: `Mend the cause, then put it back with \`action-tune rollback --yes\`; without action-tune it is: ${scripts.join(' && ')}`,
  };
}
