import type { Node } from 'web-tree-sitter';
import { applyPlacedEdits } from '../splice.js';
import { editOf, knownOf, spotAt, stuckAt, type Trace } from '../spot.js';
import { ALONE, type Editor, type PlacedEdit, type Reading, type Surroundings } from '../types.js';
import { moduleBinders } from './binders.js';
import type { PythonParser } from './grammar.js';
import { answered, refuse, shown } from './refusal.js';
import { type Project, placeOf, type Source, withProject } from './source.js';
import { trace } from './trace.js';

const NAME = 'workers';

/** Edits `workers = N` of gunicorn's configuration file, or what is behind it. A file that does not set it has no value. */
export function gunicornEditor(parser: PythonParser): Editor {
  const read = (text: string, around: Surroundings): Reading =>
    withProject(parser, text, around, (project) => readingOf(project));
  return {
    read: (text, around = ALONE) => answered(() => read(text, around)),
    edit: (text, want, around = ALONE) =>
      answered(() => {
        const value = want['web.workers'];
        if (value === undefined) return [];
        const edits = withProject(parser, text, around, (project) => editsOf(project, Number(value)));
        const after = applyPlacedEdits(text, edits, around);
        if (edits.length > 0 && read(after.text, after.around).values['web.workers'] !== value) refuseResult();
        return edits;
      }),
  };
}

function readingOf({ own, around }: Project): Reading {
  const found = workersIn(own);
  if (found === undefined) return { values: { 'web.workers': null }, places: {} };
  if (!found.trace.ok) return { values: { 'web.workers': { unresolved: found.trace.why } }, places: {} };
  const [spot] = found.trace.spots;
  const known = knownOf(found.trace.spots);
  const value = typeof known === 'number' ? known : { unresolved: 'it is no plain number' };
  return {
    values: { 'web.workers': value },
    places: spot === undefined ? {} : { 'web.workers': spotAt(spot, around) },
  };
}

interface Workers {
  readonly node: Node;
  readonly trace: Trace;
}

function workersIn(source: Source): Workers | undefined {
  const binders = moduleBinders(source, NAME);
  const [only, second] = binders;
  if (only === undefined) return undefined;
  const why = `\`${NAME}\` is set in a way that is not followed`;
  if (second !== undefined || only.kind !== 'assignment') return { node: only.name, trace: { ok: false, why } };
  return { node: only.value, trace: trace(source, only.value) };
}

function editsOf({ own, around }: Project, value: number): PlacedEdit[] {
  const found = workersIn(own);
  if (found?.trace.ok === true) {
    return found.trace.spots.filter(({ known }) => known !== value).map((spot) => editOf(spot, value, around));
  }
  return refuse({
    kind: 'unsafe',
    message: `${NAME} can not be followed to a literal: ${found?.trace.why ?? 'the file does not set it'}`,
    at: found === undefined ? { line: 1, column: 1 } : placeOf(own, found.node),
    ...(found === undefined
      ? {}
      : { found: shown(found.node.text), ...stuckAt(found.trace.ok ? undefined : found.trace.stuck, around) }),
    fix: `Write \`${NAME} = ${value}\` there by hand`,
  });
}

function refuseResult(): never {
  refuse({
    kind: 'unsafe',
    message: 'the edited file would not read back as wanted, so it is left as it was',
    fix: `Set \`${NAME}\` by hand`,
  });
}
