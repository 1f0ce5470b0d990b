import type { Node } from 'web-tree-sitter';
import type { Found, Known, SettingKey, SettingValue, Wanted } from '../../settings.js';
import { applyTextEdits } from '../splice.js';
import type { Editor, Position, Reading, TextEdit } from '../types.js';
import { append } from './append.js';
import type { ArgumentList } from './arguments.js';
import type { PythonParser } from './grammar.js';
import { literalOf, printed } from './literal.js';
import { answered, refuse, shown } from './refusal.js';
import { placeOf, refuseAt, type Source, withSource } from './source.js';

/** A setting and the argument that carries it. */
export interface Slot {
  readonly key: SettingKey;
  readonly keyword: string;
  /** Where the call also takes it by position. */
  readonly index?: number;
}

/** The one call of a file that carries the settings. */
export interface Target {
  readonly args: ArgumentList;
  readonly slots: readonly Slot[];
}

/** Finds the call in a file, or refuses. */
type Find = (source: Source) => Target;

/** An editor for settings that are arguments of one call. */
export function callEditor(parser: PythonParser, find: Find): Editor {
  const read = (text: string): Reading => withSource(parser, text, (source) => readingOf(source, find(source)));
  return {
    read: (text) => answered(() => read(text)),
    edit: (text, want) =>
      answered(() => {
        const { edits, before } = withSource(parser, text, (source) => changesOf(source, find(source), want));
        if (edits.length > 0) assertOnlyThat(before, read(applyTextEdits(text, edits)), want);
        return edits;
      }),
  };
}

function changesOf(source: Source, target: Target, want: Wanted): { edits: TextEdit[]; before: Reading } {
  return { edits: editsOf(source, target, want), before: readingOf(source, target) };
}

function readingOf(source: Source, target: Target): Reading {
  const values: Partial<Record<SettingKey, Known>> = {};
  const places: Partial<Record<SettingKey, Position>> = {};
  for (const slot of target.slots) {
    const at = expressionOf(target, slot) ?? splatFor(target, slot);
    values[slot.key] = knownOf(target, slot);
    if (at !== undefined) places[slot.key] = placeOf(source, at);
  }
  return { values, places };
}

function editsOf(source: Source, target: Target, want: Wanted): TextEdit[] {
  const changes = target.slots.flatMap((slot) => {
    const value = want[slot.key];
    return value === undefined || knownOf(target, slot) === value ? [] : [{ slot, value }];
  });
  const present = changes.flatMap(({ slot, value }) => replacement(source, target, slot, value));
  const absent = changes.filter(({ slot }) => expressionOf(target, slot) === undefined);
  for (const { slot, value } of absent) refuseBesideSplat(source, target, slot, value);
  const additions = absent.map(({ slot, value }) => ({ keyword: slot.keyword, value: printed(value) }));
  return [...present, ...append(source.text, target.args, additions)].sort((a, b) => a.start - b.start);
}

function replacement(source: Source, target: Target, slot: Slot, value: SettingValue): TextEdit[] {
  const expression = expressionOf(target, slot);
  if (expression === undefined) return [];
  const { token, known } = literalOf(expression);
  if (token !== null) return [{ start: token.startIndex, end: token.endIndex, text: printed(value) }];
  return refuseAt(source, expression, {
    kind: 'unsafe',
    message: `${slot.keyword} is no literal here: ${isUnresolved(known) ? known.unresolved : 'it is computed'}`,
    fix: `Change the value where it comes from, or write ${slot.keyword}=${printed(value)} here by hand`,
  });
}

function refuseBesideSplat(source: Source, target: Target, slot: Slot, value: SettingValue): void {
  const splat = splatFor(target, slot);
  if (splat === undefined) return;
  refuseAt(source, splat, {
    kind: 'unsafe',
    message: `\`${shown(splat.text)}\` may already hold ${slot.keyword}; to give it twice is an error when the program starts`,
    fix: `Set ${slot.keyword} to ${printed(value)} where \`${shown(splat.text)}\` is filled, by hand`,
  });
}

function knownOf(target: Target, slot: Slot): Known {
  const expression = expressionOf(target, slot);
  if (expression !== undefined) return literalOf(expression).known;
  const splat = splatFor(target, slot);
  return splat === undefined ? null : { unresolved: `\`${shown(splat.text)}\` may set it` };
}

function expressionOf({ args }: Target, slot: Slot): Node | undefined {
  return args.keywords.get(slot.keyword) ?? (slot.index === undefined ? undefined : args.positional[slot.index]);
}

/** The `**x`, or the `*x` of a call that takes the setting by position, which may hold an argument not written out. */
function splatFor({ args }: Target, slot: Slot): Node | undefined {
  return args.doubleStar ?? (slot.index === undefined ? undefined : args.star);
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
  if (isUnresolved(a) && isUnresolved(b)) return a.unresolved === b.unresolved;
  return a === b;
}

function isUnresolved(known: Known | undefined): known is { readonly unresolved: string } {
  return typeof known === 'object' && known !== null;
}
