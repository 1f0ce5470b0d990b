import { sha256 } from '../edit/sha256.js';
import type { Call } from '../remote/remote.js';
import { renderCall } from '../remote/script.js';
import { copyPath, type Draft, type DraftFile } from './draft.js';
import { type JobText, type Library, renderByHand, renderDeadman, renderJob, renderSteps } from './steps.js';

export interface Upload extends JobText {
  readonly drafts: readonly Draft[];
  readonly root: string;
  readonly library: Library;
  /** Paths that no release has touched before: release 0 keeps their originals. */
  readonly firstTouched: ReadonlySet<string>;
}

/** Everything a run needs, put into its own folder, and the call that starts it. */
export function uploadCalls(upload: Upload): readonly Call[] {
  const { drafts, folder, library, state } = upload;
  const first = firstTouched(upload);
  return [
    put(`${state}/.gitignore`, '*\n'),
    ...drafts.flatMap((draft) => releaseCalls(draft, `${folder}/releases/${draft.id}`, upload)),
    put(`${folder}/releases/0/revert.sh`, renderByHand(library, 'original', 0)),
    put(`${folder}/originals`, first.map(originalLine).join('')),
    put(`${folder}/originals.sh`, first.map(originalCall).join('')),
    // As long as the longest outcome, and written over: it has its place on the disk already.
    put(`${folder}/outcome.new`, `${' '.repeat(40)}\n`),
    put(`${folder}/progress`, ''),
    put(`${folder}/job.sh`, renderJob(drafts, library, upload)),
    { verb: 'at_start', args: [folder] },
  ];
}

function releaseCalls(draft: Draft, folder: string, { root, library, state, confirmSeconds }: Upload): readonly Call[] {
  return [
    put(`${folder}/entry.json`, `${JSON.stringify(draft.entry)}\n`),
    put(`${folder}/manifest.json`, `${JSON.stringify({ ...draft.entry, at: undefined }, null, 2)}\n`),
    put(`${folder}/steps.sh`, renderSteps(draft, root)),
    put(`${folder}/probe.py`, library.probe),
    put(`${folder}/watcher.py`, library.watcher),
    put(`${folder}/revert.sh`, renderByHand(library, 'revert', draft.id)),
    put(`${folder}/services.sh`, renderByHand(library, 'services', draft.id)),
    ...(confirmSeconds === 0 ? [] : [put(`${folder}/deadman.sh`, renderDeadman(library, state))]),
    ...draft.files.flatMap(({ path, after }) =>
      after === null ? [] : [put(`${folder}/after/${copyPath(path)}`, after)],
    ),
  ];
}

/** Files that no release touched before, each as the first one of this run finds it. */
function firstTouched({ drafts, firstTouched: paths }: Upload): readonly DraftFile[] {
  const first = new Map<string, DraftFile>();
  for (const file of drafts.flatMap((draft) => draft.files)) {
    if (paths.has(file.path) && !first.has(file.path)) first.set(file.path, file);
  }
  return [...first.values()];
}

/** For people and scripts: what the file was before anything was changed. */
function originalLine({ role, path, before, attributes }: DraftFile): string {
  const original = before === null ? { sha256: null } : { sha256: sha256(before), ...attributes.before };
  return `${JSON.stringify({ role, path, ...original })}\n`;
}

/** The same for the shell that goes back to it. */
function originalCall({ path, before, attributes }: DraftFile): string {
  const hash = before === null ? 'absent' : sha256(before);
  const { mode, owner } = attributes.before;
  return `${renderCall({ verb: 'at_original', args: [copyPath(path), path, hash, mode, owner] })}\n`;
}

function put(path: string, content: string | Buffer): Call {
  return { verb: 'at_put', args: [path], input: typeof content === 'string' ? Buffer.from(content) : content };
}
