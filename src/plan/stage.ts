import { sha256 } from '../edit/sha256.js';
import { applyTextEdits, toByteEdits } from '../edit/splice.js';
import type { Answer, Editor, Reading, TextEdit } from '../edit/types.js';
import type { Problem } from '../errors.js';
import {
  type FileRole,
  type Known,
  type Role,
  type SettingKey,
  STAGE_SETTINGS,
  type StageName,
  type Wanted,
} from '../settings.js';
import { diffOf } from './diff.js';
import type { Change, FilePlan, Settings } from './plan.js';
import { refusalProblem, type Source } from './source.js';

export type Editors = Readonly<Record<Role, Editor>>;

/** Makes the whole text of a file that is not there yet. Throws a ProblemError where the values can't stand in it. */
export type Creator = (role: Role, want: Wanted) => string;

/** What reads, edits and makes files. */
export interface StageTools {
  readonly editors: Editors;
  readonly create: Creator;
}

/** What a stage does to its files, or what keeps it from doing it. */
export type StageEdits =
  | {
      readonly ok: true;
      readonly files: readonly FilePlan[];
      readonly changes: readonly Change[];
      readonly sources: readonly Source[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What the files of a stage say now. A file that is not there yet sets nothing. */
export function readStage(stage: StageName, sources: readonly Source[], editors: Editors): Settings<Known> {
  const found: Partial<Record<SettingKey, Known>> = {};
  for (const { role, text } of sources) {
    const reading: Answer<Reading> =
      text === null ? { ok: true, value: { values: {}, places: {} } } : editors[role].read(text);
    for (const key of STAGE_SETTINGS[stage]) found[key] ??= reading.ok ? (reading.value.values[key] ?? null) : null;
  }
  return found;
}

/** The exact edits that bring the files of a stage to what is wanted. */
export function editStage(stage: StageName, sources: readonly Source[], want: Wanted, tools: StageTools): StageEdits {
  const wanted = Object.fromEntries(STAGE_SETTINGS[stage].map((key) => [key, want[key]])) as Wanted;
  const current = readStage(stage, sources, tools.editors);
  const results = sources.map((source) => ({ source, edits: editsOf(source, wanted, tools) }));
  const problems = results.flatMap(({ source, edits }) =>
    edits.ok ? [] : [refusalProblem(edits.refusal, source.path)],
  );
  if (problems.length > 0) return { ok: false, problems };
  const planned = results.flatMap(({ source, edits }) =>
    edits.ok && edits.value.length > 0 ? [{ source, edits: edits.value }] : [],
  );
  const changes = planned.length === 0 ? [] : changesOf(current, wanted);
  return {
    ok: true,
    files: planned.map(({ source, edits }) => filePlan(source, edits)),
    changes,
    sources: planned.map(({ source, edits }) => ({ ...source, text: applyTextEdits(source.text ?? '', edits) })),
  };
}

function editsOf({ role, text }: Source, want: Wanted, { editors, create }: StageTools): Answer<readonly TextEdit[]> {
  if (text !== null) return editors[role].edit(text, want);
  return { ok: true, value: [{ start: 0, end: 0, text: create(role, want) }] };
}

export function filePlan(
  { role, path, text }: { readonly role: FileRole; readonly path: string; readonly text: string | null },
  edits: readonly TextEdit[],
): FilePlan {
  const after = applyTextEdits(text ?? '', edits);
  return {
    role,
    path,
    sha256Before: text === null ? null : sha256(text),
    sha256After: sha256(after),
    edits: toByteEdits(text ?? '', edits),
    diff: diffOf({ role, path, before: text, after }),
    created: text === null,
  };
}

function changesOf(current: Settings<Known>, want: Wanted): readonly Change[] {
  return (Object.keys(want) as SettingKey[]).flatMap((setting) => {
    const from = current[setting] ?? null;
    const to = want[setting];
    return to === undefined || from === to ? [] : [{ setting, from, to }];
  });
}
