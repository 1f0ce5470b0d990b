import { activationOf } from '../plan/activate/choose.js';
import type { ActivationInput } from '../plan/activate/situation.js';
import type { Draft, DraftFile } from '../rollout/draft.js';
import { type DraftContext, draftOf } from '../rollout/drafts.js';
import type { StageName } from '../settings.js';
import type { TargetFacts } from '../target/facts.js';
import type { FileReturn } from './plan.js';

/** What is taken back. */
interface Undone extends Pick<ActivationInput, 'settings' | 'repair'> {
  readonly ids: readonly number[];
  readonly stages: readonly StageName[];
}

/** One release that takes others back. */
export function rollbackDraft(returns: readonly FileReturn[], undone: Undone, context: DraftContext): Draft {
  const files = returns.map((file) => returnedFile(file, context.facts));
  const touched = returns.map(({ role, path, before, after }) => ({
    role,
    path,
    effect: after === null ? ('removed' as const) : before === null ? ('created' as const) : ('changed' as const),
  }));
  return draftOf(context.facts.newestRelease + 1, files, context, {
    kind: 'rollback',
    stages: [...undone.stages],
    undoes: [...undone.ids],
    changes: [],
    activation: activationOf(context.runtime, { ...context, ...undone, touched }),
  });
}

function returnedFile({ role, path, before, after, mode, owner }: FileReturn, facts: TargetFacts): DraftFile {
  const original = { mode, owner };
  const now = [...facts.files.values()].find((file) => file.path === path && file.kind === 'file');
  const current = now === undefined ? original : { mode: now.mode, owner: now.owner };
  return { role, path, before, after, attributes: { before: current, after: original }, edits: [] };
}
