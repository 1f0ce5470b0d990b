import type { Plan, StagePlan } from '../plan/plan.js';
import type { StageName } from '../settings.js';
import type { Paint } from './output.js';
import { renderIntent, renderKnown } from './plan-text.js';

/** The stage that comes next in full, the later ones in a line each, and what all of it is for. */
export function renderOutlook(next: Plan, { stages, capacity: { before, after } }: Plan, paint: Paint): string {
  const own = new Set(next.stages.map(({ name }) => name));
  const later = stages.filter(({ name, files }) => files.length > 0 && !own.has(name));
  const users = [before, after].map((known) => (known === null ? '?' : `${known.users[0]}-${known.users[1]}`));
  return [
    renderIntent(next, paint),
    ...(later.length === 0 ? [] : [['later, one at a time', ...later.map(renderLater)].join('\n')]),
    `capacity, by the model: ${users[0]} users now, ${users[1]} with all stages`,
  ].join('\n\n');
}

function renderLater({ name, changes }: StagePlan): string {
  return `  ${name.padEnd(16)} ${changes.map(({ setting, from, to }) => `${setting} ${renderKnown(from)} -> ${to}`).join(', ')}`;
}

/** What comes after a stage that was applied. */
export interface Following {
  readonly target: string;
  readonly applied: StageName;
  /** Until when it is watched before the next may follow. Null: it is not. */
  readonly watchedUntil: string | null;
  /** Null: it was the last. */
  readonly next: StageName | null;
}

/** What the wizard stood for, to be typed next time. */
export interface StoodFor {
  readonly commands: readonly string[];
  /** Null: the answers are kept already. */
  readonly keep: string | null;
}

export function renderFollowing(following: readonly Following[], paint: Paint): string {
  const several = following.length > 1;
  return following.map((one) => `${several ? `${one.target}: ` : ''}${sentence(one, paint)}`).join('\n');
}

function sentence({ applied, watchedUntil, next }: Following, { strong }: Paint): string {
  const watched = watchedUntil === null ? [] : [`${applied} is watched until ${watchedUntil}.`];
  if (next === null) return ['All stages are applied.', ...watched].join(' ');
  return [...watched, `Next comes ${strong(next)}: start action-tune again.`].join(' ');
}

export function renderStoodFor({ commands, keep }: StoodFor, { strong, faint }: Paint): string {
  const line = (command: string) => `  ${strong(command)}`;
  const kept = keep === null ? [] : [faint('To keep the answers in an action-tune.yaml:'), line(keep)];
  return [faint('The same, without questions:'), ...commands.map(line), ...kept].join('\n');
}
