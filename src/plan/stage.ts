import { isDeepStrictEqual } from 'node:util';
import { sha256 } from '../edit/sha256.js';
import { applyTextEdits, editsIn, toByteEdits } from '../edit/splice.js';
import type { Answer, Doubt, Editor, PlacedEdit, TextEdit } from '../edit/types.js';
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
import type { Neighbours } from './neighbours.js';
import type { Change, FilePlan } from './plan.js';
import { refusalProblem, type Source, type Sourced } from './source.js';
import type { Settings } from './tree.js';

export type Editors = Readonly<Record<Role, Editor>>;

/** One of the files that a stage is about. */
export type StageSource = Source & { readonly role: Role };

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

/** What files say, and by which of them: one that says nothing of a setting is still the one where it would stand. */
export interface StageReading {
  readonly settings: Settings<Known>;
  readonly places: Readonly<Partial<Record<SettingKey, string>>>;
  readonly doubts: readonly PlacedDoubt[];
}

/** A doubt of an editor, with the stage and the file that it is about. */
export interface PlacedDoubt extends Doubt {
  readonly stage: StageName;
  readonly file: string;
}

/**
 * What the files of a stage say now. A file that is not there yet sets nothing; of one that the editor refuses nobody knows
 * what it sets, unless another file of the stage says so.
 */
export function readStage(
  stage: StageName,
  sources: readonly StageSource[],
  editors: Editors,
  neighbours: Neighbours,
): StageReading {
  const settings: Partial<Record<SettingKey, Known>> = {};
  const places: Partial<Record<SettingKey, string>> = {};
  const all = sources.map((source) => saidIn(source, editors, neighbours));
  for (const said of all.toSorted((one, other) => Number(one.refused) - Number(other.refused))) {
    for (const key of STAGE_SETTINGS[stage].filter((each) => settings[each] == null)) {
      settings[key] = said.value(key);
      places[key] = said.place(key);
    }
  }
  const doubts = all.flatMap((said) => said.doubts.map((doubt) => ({ ...doubt, stage })));
  return { settings, places, doubts };
}

interface Said {
  readonly refused: boolean;
  readonly value: (key: SettingKey) => Known;
  readonly place: (key: SettingKey) => string;
  readonly doubts: readonly (Doubt & { readonly file: string })[];
}

function saidIn({ role, path, text }: StageSource, editors: Editors, neighbours: Neighbours): Said {
  const reading = text === null ? null : editors[role].read(text, neighbours.around(path));
  if (reading === null) return { refused: false, value: () => null, place: () => path, doubts: [] };
  if (!reading.ok) {
    const unresolved = reading.refusal.message;
    return { refused: true, value: () => ({ unresolved }), place: () => path, doubts: [] };
  }
  const { values, places, doubts = [] } = reading.value;
  return {
    refused: false,
    value: (key) => values[key] ?? null,
    place: (key) => places[key]?.file ?? path,
    doubts: doubts.map((doubt) => ({ ...doubt, file: doubt.at.file ?? path })),
  };
}

/** The exact edits that bring the files of a stage, and those that they lead to, to what is wanted. */
export function editStage(
  stage: StageName,
  sources: readonly StageSource[],
  want: Wanted,
  tools: StageTools,
  neighbours: Neighbours,
): StageEdits {
  const wanted = Object.fromEntries(STAGE_SETTINGS[stage].map((key) => [key, want[key]])) as Wanted;
  const { settings: current } = readStage(stage, sources, tools.editors, neighbours);
  const results = sources.map((source) => ({ source, edits: editsOf(source, wanted, tools, neighbours) }));
  const refused = results.flatMap(({ source, edits }) =>
    edits.ok ? [] : [refusalProblem(edits.refusal, source.path)],
  );
  const changed = results.flatMap(({ source, edits }) => (edits.ok ? fileEdits(source, edits.value, neighbours) : []));
  const unusable = changed.flatMap(({ source }) => (source.ok ? [] : [source.problem]));
  // What could not be read is why the editors could not follow.
  const unread = [...neighbours.problems.values()];
  const problems = [...(unread.length > 0 ? unread : refused), ...unusable];
  if (problems.length > 0) return { ok: false, problems };
  const planned = merged(changed);
  const changes = planned.length === 0 ? [] : changesOf(current, wanted);
  return {
    ok: true,
    files: planned.map(({ source, edits }) => filePlan(source, edits)),
    changes,
    sources: planned.map(({ source, edits }) => ({ ...source, text: applyTextEdits(source.text ?? '', edits) })),
  };
}

function editsOf(
  { role, path, text }: StageSource,
  want: Wanted,
  { editors, create }: StageTools,
  neighbours: Neighbours,
): Answer<readonly PlacedEdit[]> {
  if (text !== null) return editors[role].edit(text, want, neighbours.around(path));
  return { ok: true, value: [{ start: 0, end: 0, text: create(role, want) }] };
}

interface FileEdits {
  readonly source: Sourced;
  readonly edits: readonly TextEdit[];
}

/** The edits of one editor, file by file. */
function fileEdits(own: Source, edits: readonly PlacedEdit[], neighbours: Neighbours): readonly FileEdits[] {
  const files = [...new Set(edits.map(({ file }) => file))];
  return files.map((file) => ({
    source: file === undefined ? { ok: true, source: own } : neighbours.source(file, isStart(edits, file)),
    edits: editsIn(edits, file),
  }));
}

function isStart(edits: readonly PlacedEdit[], path: string): boolean {
  return edits.some(({ file, starts }) => file === path && starts === true);
}

/** One plan a file: several of a stage's files may lead to one. What two of them want alike is done once. */
function merged(
  all: readonly FileEdits[],
): readonly { readonly source: Source; readonly edits: readonly TextEdit[] }[] {
  const files = new Map<string, { source: Source; edits: TextEdit[] }>();
  for (const { source, edits } of all) {
    if (!source.ok) continue;
    const known = files.get(source.source.path) ?? { source: source.source, edits: [] };
    const isNew = (edit: TextEdit) => !known.edits.some((one) => isDeepStrictEqual(one, edit));
    known.edits.push(...edits.filter(isNew));
    known.edits.sort((one, other) => one.start - other.start || one.end - other.end);
    files.set(source.source.path, known);
  }
  return [...files.values()];
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
    diff: diffOf({ role, path, before: text, after, edits }),
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
