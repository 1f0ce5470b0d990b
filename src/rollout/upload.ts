import { sha256 } from '../edit/sha256.js';
import type { Call } from '../remote/remote.js';
import { type Attributes, copyPath, type Draft } from './draft.js';
import { type JobText, type Library, renderDeadman, renderJob, renderRevert, renderSteps } from './steps.js';

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
  return [
    put(`${state}/.gitignore`, '*\n'),
    ...drafts.flatMap((draft) => releaseCalls(draft, `${folder}/releases/${draft.id}`, upload)),
    put(`${folder}/releases/0/revert.sh`, renderRevert(library, '$(at_newest_first)')),
    put(`${folder}/originals`, originals(upload)),
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
    put(`${folder}/revert.sh`, renderRevert(library, String(draft.id))),
    ...(confirmSeconds === 0 ? [] : [put(`${folder}/deadman.sh`, renderDeadman(library, state))]),
    ...draft.files.flatMap(({ path, after }) =>
      after === null ? [] : [put(`${folder}/after/${copyPath(path)}`, after)],
    ),
  ];
}

/** One line a file that is touched for the first time: what it was before anything was changed. */
function originals({ drafts, firstTouched }: Upload): string {
  const lines = new Map<string, string>();
  for (const { role, path, before, attributes } of drafts.flatMap((draft) => draft.files)) {
    if (!firstTouched.has(path) || lines.has(path)) continue;
    const original =
      before === null ? { sha256: null } : { sha256: sha256(before), ...(attributes.before as Attributes) };
    lines.set(path, `${JSON.stringify({ role, path, ...original })}\n`);
  }
  return [...lines.values()].join('');
}

function put(path: string, content: string | Buffer): Call {
  return { verb: 'at_put', args: [path], input: typeof content === 'string' ? Buffer.from(content) : content };
}
