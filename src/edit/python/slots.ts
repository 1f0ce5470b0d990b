import type { Node } from 'web-tree-sitter';
import type { SettingKey } from '../../settings.js';
import type { Trace } from '../spot.js';
import type { Doubt } from '../types.js';
import { isInOtherBranch } from './apart.js';
import type { ArgumentList } from './arguments.js';
import { shown } from './refusal.js';
import type { Source } from './source.js';
import { isOtherBranch } from './sqlite.js';
import { type Table, tableOf, traceKey } from './tables.js';
import { trace } from './trace.js';

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
  /** What beats the argument, where it sets it. */
  readonly beaten?: { readonly trace: Trace; readonly at: Node; readonly found: string };
  readonly doubts?: readonly Doubt[];
}

/** What a call says of a setting. */
export type SlotState = { readonly at?: Node; readonly found: string } & (
  | { readonly kind: 'traced'; readonly trace: Trace }
  /** Not there; `where` is what it may be added to: the call, or the dict that its like are in. */
  | { readonly kind: 'absent'; readonly where: Table | null }
  /** It may be in something that can't be looked into. */
  | { readonly kind: 'closed'; readonly why: string }
);

const LOOK = { cast: false, depth: 0, trace };

export function findSlot(source: Source, target: Target, slot: Slot): SlotState {
  const { args, beaten } = target;
  if (beaten !== undefined) return { kind: 'traced', ...beaten };
  const expression =
    args.keywords.get(slot.keyword) ?? (slot.index === undefined ? undefined : args.positional[slot.index]);
  if (expression !== undefined) {
    return { kind: 'traced', trace: trace(source, expression), at: expression, found: shown(expression.text) };
  }
  if (slot.index !== undefined && args.star !== undefined) return closed(args.star);
  const tables = args.doubleStars.map((star) => ({ star, table: tableBehind(source, star) }));
  for (const { star, table } of tables) {
    if (table?.entries.some(({ key }) => key === slot.keyword) === true) {
      return {
        kind: 'traced',
        trace: traceKey(source, star, table, slot.keyword, LOOK),
        at: star,
        found: shown(star.text),
      };
    }
    if (table === undefined || table.open !== undefined) return closed(star);
  }
  return absent(target, tables);
}

function closed(star: Node): SlotState {
  return { kind: 'closed', why: `\`${shown(star.text)}\` may set it`, at: star, found: shown(star.text) };
}

/** The dict that `**` unpacks; `undefined` where it can't be followed. */
export function tableBehind(source: Source, star: Node): Table | undefined {
  const inner = star.firstNamedChild;
  return inner === null ? undefined : tableOf(source, inner);
}

/** Whether what is added to a dict would miss a branch of the program that has connections of the same kind. */
function leavesOut({ entries, fillings }: Table, slots: readonly Slot[]): boolean {
  const last = entries.findLast(({ key }) => slots.some(({ keyword }) => keyword === key))?.filling;
  // Whoever wrote the size of the pool into one branch meant that one.
  const isSized = entries.some(({ key }) => key === slots[0]?.keyword);
  if (last === undefined || isSized || isOtherBranch(last.node)) return false;
  const unsized = new Set(entries.filter(({ key }) => OTHER_POOL.test(key)).map(({ filling }) => filling));
  return fillings.some(
    (each) => isInOtherBranch(last, each) && !unsized.has(each) && !/sqlite|check_same_thread/.test(each.node.text),
  );
}

const OTHER_POOL = /^pool(?:class)?$/;

/** It belongs to its like: in a dict, where other settings of the kind are. */
function absent(
  { slots }: Target,
  tables: readonly { readonly star: Node; readonly table: Table | undefined }[],
): SlotState {
  const isOurs = (table: Table) => table.entries.some(({ key }) => slots.some(({ keyword }) => keyword === key));
  const own = tables.find(({ table }) => table !== undefined && isOurs(table));
  if (own?.table !== undefined && !leavesOut(own.table, slots)) return { kind: 'absent', where: own.table, found: '' };
  const branching = own ?? tables.find(({ table }) => (table?.fillings.length ?? 0) > 1);
  if (branching === undefined) return { kind: 'absent', where: null, found: '' };
  const text = shown(branching.star.text);
  return { kind: 'closed', why: `\`${text}\` is filled in several places`, at: branching.star, found: text };
}
