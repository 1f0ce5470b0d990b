import { sha256 } from '../edit/sha256.js';
import { applyByteEdits } from '../edit/splice.js';
import type { StartedEntry } from '../journal/entry.js';
import { factsAfter } from '../plan/activate/afterwards.js';
import { activationOf } from '../plan/activate/choose.js';
import type { FilePlan, StagePlan } from '../plan/plan.js';
import { settingsOf, touchedOf } from '../plan/touched.js';
import type { Runtime } from '../settings.js';
import { limitToRecord } from '../size/limit.js';
import type { TargetFacts } from '../target/facts.js';
import { fileAt } from '../target/files.js';
import type { TargetSpec } from '../target/spec.js';
import { databaseOf } from '../target/told.js';
import { AT_PLACEHOLDER, type Attributes, type Draft, type DraftFile, releaseFiles } from './draft.js';

export interface DraftContext {
  readonly spec: TargetSpec;
  readonly facts: TargetFacts;
  readonly runtime: Runtime;
  readonly by: string;
  readonly overrides: StartedEntry['overrides'];
}

const NEW_FILE_MODE = '644';

/** One release for each stage that has something to change, numbered from the newest on. */
export function applyDrafts(stages: readonly StagePlan[], context: DraftContext): readonly Draft[] {
  const bytes = new Map<string, Buffer>();
  let services = context.facts;
  return stages
    .filter((stage) => stage.files.length > 0)
    .map((stage, index) => {
      const files = stage.files.map((file) => changedFile(file, context.facts, bytes));
      const touched = touchedOf(stage.files);
      const settings = settingsOf(stage.changes);
      const { spec } = context;
      const work = { spec, facts: services, stages: [stage.name], touched, settings };
      services = factsAfter(services, touched, settings.after);
      return draftOf(context.facts.newestRelease + 1 + index, files, context, {
        kind: 'apply',
        stages: [stage.name],
        undoes: [],
        changes: [...stage.changes],
        activation: activationOf(context.runtime, work),
      });
    });
}

type Kind = Pick<StartedEntry, 'kind' | 'stages' | 'undoes' | 'changes'> & { readonly activation: Draft['activation'] };

/** A release as the journal and the target will know it. */
export function draftOf(
  id: number,
  files: readonly DraftFile[],
  context: DraftContext,
  { activation, ...kind }: Kind,
): Draft {
  const limit = limitToRecord(databaseOf(context.facts));
  const entry: StartedEntry = {
    schema: 1,
    at: AT_PLACEHOLDER,
    event: 'started',
    release: id,
    ...kind,
    by: context.by,
    root: context.facts.root ?? context.spec.address.root,
    runtime: context.runtime,
    overrides: context.overrides,
    ...(limit !== null && { database: limit }),
    files: releaseFiles(files),
  };
  return { id, entry, files, activation };
}

/** `bytes` holds each file as the stages before this one leave it. */
function changedFile(file: FilePlan, facts: TargetFacts, bytes: Map<string, Buffer>): DraftFile {
  const now = fileAt(facts, file.path);
  const before = file.created ? null : (bytes.get(file.path) ?? now?.content ?? Buffer.alloc(0));
  const after = applyByteEdits(before ?? Buffer.alloc(0), file.edits);
  if (sha256(after) !== file.sha256After) throw new Error(`the edits of ${file.path} do not give what was planned`);
  bytes.set(file.path, after);
  const attributes: Attributes =
    file.created || now === undefined
      ? { mode: NEW_FILE_MODE, owner: facts.owner }
      : { mode: now.mode, owner: now.owner };
  return {
    role: file.role,
    path: file.path,
    before,
    after,
    attributes: { before: attributes, after: attributes },
    edits: [...file.edits],
  };
}
