import type { Call } from '../remote/remote.js';
import { quote, renderCall } from '../remote/script.js';
import { copyPath, type Draft, type DraftFile, shaOf } from './draft.js';

/** The text of the target's library, by the name of its file; `probe` and `watcher` are programs in Python. */
export type Library = Readonly<Record<Part | 'job' | 'revert' | 'probe' | 'watcher', string>>;

/** What every script of a release needs, in the order in which the parts build on each other. */
const ENGINE = [
  'files',
  'journal',
  'progress',
  'services',
  'judge',
  'validate',
  'activate',
  'container',
  'watch',
  'release',
] as const;
type Part = (typeof ENGINE)[number];

/** `steps.sh` of a release: what the engine on the target asks each release for. */
export function renderSteps({ files, activation, entry }: Draft, root: string): string {
  return [
    `AT_KIND=${entry.kind}`,
    `AT_UNDOES=${quote(entry.undoes.join(' '))}`,
    `AT_ROOT=${quote(root)}`,
    // None where a release that was cut off had its files put back already, and only its services are left.
    `at_files() {\n${files.map((file) => `  "$1" ${fileWords(file)}`).join(' &&\n') || '  :'}\n}`,
    define('at_validate', activation.validate),
    define('at_baseline', activation.baseline),
    define('at_before', activation.before.length === 0 ? [] : [touched, ...activation.before]),
    define('at_watched', activation.watch === null ? [] : [activation.watch]),
    define('at_activate', activation.forward),
    define('at_checks', activation.checks),
    define('at_settling', activation.settle),
    define('at_evidences', activation.evidence),
    define('at_before_back', activation.beforeBack),
    define('at_reactivate', activation.back),
    define('at_checks_back', activation.checksBack),
    '',
  ].join('\n');
}

/** From here on a failure has services to put back, too. */
const touched: Call = { verb: 'at_touched', args: [] };

/** What a script by hand does: `revert.sh` puts a release back (0: all of them), `services.sh` restarts what reads its files. */
const BY_HAND = {
  revert: ['at_revert_by_hand', 'Puts this release back'],
  original: ['at_original_by_hand', 'Puts every file back as it was before the first release'],
  services: ['at_services_by_hand', 'Makes the services take the files as they are, and checks them'],
} as const;

/** A script that needs nothing but itself and the state folder it lies in. */
export function renderByHand(library: Library, what: keyof typeof BY_HAND, release: number): string {
  const [verb, purpose] = BY_HAND[what];
  return [
    '#!/bin/sh',
    `# ${purpose}, without action-tune: run it as it is, as the user that the service was changed with.`,
    'AT_STATE=$(cd -- "$(dirname -- "$0")/../.." && pwd) || exit 1',
    'AT_PROGRESS=/dev/null',
    engine(library),
    library.revert,
    `${verb} ${release}`,
    '',
  ].join('\n');
}

export interface JobText {
  readonly state: string;
  readonly folder: string;
  readonly by: string;
  readonly command: string;
  readonly newestRelease: number;
  /** Seconds within which somebody must confirm; 0: nobody needs to. */
  readonly confirmSeconds: number;
}

/** `job.sh`: the whole run as one script that needs nobody. */
export function renderJob(drafts: readonly Draft[], library: Library, job: JobText): string {
  const ids = drafts.map(({ id }) => String(id));
  return [
    `AT_STATE=${quote(job.state)}`,
    `AT_JOB=${quote(job.folder)}`,
    'AT_PROGRESS=$AT_JOB/progress',
    `AT_CONFIRM=${job.confirmSeconds}`,
    engine(library),
    library.job,
    define('at_expected', expectations(drafts)),
    define('at_adopted', [{ verb: 'at_adopt', args: [String(job.newestRelease), ...ids] }]),
    define('at_releases', [{ verb: 'at_run', args: ids }]),
    renderCall({ verb: 'at_job', args: [JSON.stringify(job.by), JSON.stringify(job.command)] }),
    '',
  ].join('\n');
}

/** `deadman.sh`: puts everything back at the deadline, with nobody connected. */
export function renderDeadman(library: Library, state: string): string {
  return [`AT_STATE=${quote(state)}`, 'AT_PROGRESS=/dev/null', engine(library), library.job, 'at_deadman', ''].join(
    '\n',
  );
}

function engine(library: Library): string {
  return ENGINE.map((part) => library[part]).join('\n');
}

function define(name: string, calls: readonly Call[]): string {
  const body = calls.length === 0 ? ':' : calls.map((call) => renderCall(call)).join(' &&\n  ');
  return `${name}() {\n  ${body}\n}`;
}

/** Every file as the first release that touches it expects it. */
function expectations(drafts: readonly Draft[]): readonly Call[] {
  const first = new Map<string, DraftFile>();
  for (const file of drafts.flatMap((draft) => draft.files)) if (!first.has(file.path)) first.set(file.path, file);
  return [...first.values()].map((file) => ({ verb: 'at_expect', args: [file.path, shaOf(file.before)] }));
}

function fileWords({ role, path, before, after, attributes }: DraftFile): string {
  const side = (content: Buffer | null, { mode, owner }: { mode: string; owner: string }) => [
    shaOf(content),
    mode,
    owner,
  ];
  const words = [role, copyPath(path), path, ...side(before, attributes.before), ...side(after, attributes.after)];
  return words.map(quote).join(' ');
}
