import type { Found, Known, SettingKey, SettingValue, Wanted } from '../../settings.js';
import { applyPlacedEdits } from '../splice.js';
import { editOf, knownOf, type Spot, spotAt, stuckAt } from '../spot.js';
import { ALONE, type Editor, type PlacedEdit, type PlacedPosition, type Reading, type Surroundings } from '../types.js';
import { additionsOf, type Missing } from './additions.js';
import type { PythonParser } from './grammar.js';
import { printed } from './literal.js';
import { answered, refuse, shown } from './refusal.js';
import { findSlot, type Slot, type SlotState, type Target } from './slots.js';
import { type Project, placeOf, type Source, withProject } from './source.js';

/** Finds the call in a file, or refuses. */
type Find = (source: Source) => Target;

/** An editor for settings that are arguments of one call, wherever their values are written down. */
export function callEditor(parser: PythonParser, find: Find): Editor {
  const read = (text: string, around: Surroundings): Reading =>
    withProject(parser, text, around, (project) => readingOf(project, find(project.own)));
  return {
    read: (text, around = ALONE) => answered(() => read(text, around)),
    edit: (text, want, around = ALONE) =>
      answered(() => {
        const { edits, before } = withProject(parser, text, around, (project) => {
          const target = find(project.own);
          return { edits: editsOf(project, target, want), before: readingOf(project, target) };
        });
        if (edits.length > 0) {
          const after = applyPlacedEdits(text, edits, around);
          assertOnlyThat(before, read(after.text, after.around), want);
        }
        return edits;
      }),
  };
}

function readingOf({ own, around }: Project, target: Target): Reading {
  const values: Partial<Record<SettingKey, Known>> = {};
  const places: Partial<Record<SettingKey, PlacedPosition>> = {};
  for (const slot of target.slots) {
    const state = findSlot(own, target, slot);
    values[slot.key] = knownIn(state);
    const [spot] = state.kind === 'traced' && state.trace.ok ? state.trace.spots : [];
    if (spot !== undefined) places[slot.key] = spotAt(spot, around);
    else if (state.at !== undefined) places[slot.key] = placeOf(own, state.at);
  }
  return { values, places, ...(target.doubts === undefined ? {} : { doubts: target.doubts }) };
}

function knownIn(state: SlotState): Known {
  if (state.kind === 'absent') return null;
  if (state.kind === 'closed') return { unresolved: state.why };
  return state.trace.ok ? numeric(knownOf(state.trace.spots)) : { unresolved: state.trace.why };
}

/** A word in an environment is no value of a pool. */
function numeric(known: Known): Known {
  return typeof known === 'string' ? { unresolved: 'it is no plain number' } : known;
}

function editsOf(project: Project, target: Target, want: Wanted): PlacedEdit[] {
  const missing: Missing[] = [];
  const edits = new Map<string, { readonly edit: PlacedEdit; readonly slot: Slot }>();
  for (const slot of target.slots) {
    const value = want[slot.key];
    const state = findSlot(project.own, target, slot);
    if (value === undefined || knownIn(state) === value) continue;
    if (state.kind === 'absent') missing.push({ slot, value, where: state.where });
    else for (const spot of spotsOf(project, state, slot, value)) addEdit(project, edits, spot, slot, value);
  }
  const changed = [...edits.values()].map(({ edit }) => edit);
  return [...changed, ...additionsOf(project, target, missing)].sort((a, b) => a.start - b.start);
}

/** One place for two settings can hold only what both want. */
function addEdit(
  { around }: Project,
  edits: Map<string, { readonly edit: PlacedEdit; readonly slot: Slot }>,
  spot: Spot,
  slot: Slot,
  value: SettingValue,
): void {
  if (spot.known === value) return;
  if (isUnresolved(spot.known) && spot.start < spot.end) refuseUnread(spot, around, slot, value);
  const place = `${spot.path}:${spot.start}`;
  const edit = editOf(spot, value, around);
  const other = edits.get(place);
  if (other !== undefined && other.edit.text !== edit.text) {
    const { line, column, file } = spotAt(spot, around);
    refuse({
      kind: 'unsafe',
      message: `${other.slot.keyword} and ${slot.keyword} take their values from one place`,
      at: { line, column },
      ...(file === undefined ? {} : { file }),
      fix: `Give ${slot.keyword} a value of its own by hand`,
    });
  }
  edits.set(place, { edit, slot });
}

/** What stands for the value may be more than a value: a variable, a quote that goes on in the next line. */
function refuseUnread(spot: Spot, around: Surroundings, slot: Slot, value: SettingValue): never {
  const { line, column, file } = spotAt(spot, around);
  refuse({
    kind: 'unsafe',
    message: `${slot.keyword} comes from here, and this is no plain value`,
    at: { line, column },
    ...(file === undefined ? {} : { file }),
    found: shown(spot.text.slice(spot.start, spot.end).split('\n')[0] ?? ''),
    fix: `Write ${spot.written(value)} here by hand`,
  });
}

function spotsOf(project: Project, state: SlotState, slot: Slot, value: SettingValue): readonly Spot[] {
  if (state.kind === 'traced' && state.trace.ok) return state.trace.spots;
  const { own, around } = project;
  const where = state.kind === 'traced' && !state.trace.ok ? stuckAt(state.trace.stuck, around) : {};
  const at = state.at === undefined ? {} : { at: placeOf(own, state.at) };
  const found = state.at === undefined ? {} : { found: state.found };
  if (state.kind === 'closed') {
    return refuse({
      kind: 'unsafe',
      message: `${state.why}, and ${slot.keyword} given twice is an error when the program starts`,
      ...at,
      ...found,
      fix: `Set ${slot.keyword} to ${printed(value)} where it is filled, by hand`,
    });
  }
  const why = state.kind === 'traced' && !state.trace.ok ? state.trace.why : 'it is computed';
  return refuse({
    kind: 'unsafe',
    message: `${slot.keyword} can not be followed to a literal: ${why}`,
    ...at,
    ...where,
    ...found,
    fix: `Change the value where it comes from, or write ${slot.keyword}=${printed(value)} here by hand`,
  });
}

/** The last guard: what was written must read back as wanted, and nothing else may have moved. */
function assertOnlyThat(before: Reading, after: Reading, want: Wanted): void {
  const expected: Found = { ...before.values, ...ofKeys(want, before.values) };
  if (Object.entries(expected).every(([key, value]) => same(value, after.values[key as SettingKey]))) return;
  refuse({
    kind: 'unsafe',
    message: 'the edited file would not read back as wanted, so it is left as it was',
    fix: 'Make the change by hand',
  });
}

function ofKeys(want: Wanted, values: Found): Found {
  return Object.fromEntries(Object.entries(want).filter(([key, value]) => key in values && value !== undefined));
}

function same(a: Known | undefined, b: Known | undefined): boolean {
  if (isUnresolved(a) && isUnresolved(b)) return true;
  return a === b;
}

function isUnresolved(known: Known | undefined): known is { readonly unresolved: string } {
  return typeof known === 'object' && known !== null;
}
