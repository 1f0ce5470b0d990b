import { sha256 } from '../edit/sha256.js';
import { fail } from '../errors.js';
import { planDocument } from './document.js';
import type { Plan } from './plan.js';

/** A saved plan: the document, and the hash that shows whether anybody changed it since. */
export function sealPlans(plans: readonly Plan[]): string {
  return `${JSON.stringify({ schema: 1, plans, sha256: sha256(JSON.stringify(plans)) }, null, 2)}\n`;
}

/** @throws ProblemError `plan` for anything but a whole plan that this version saved. */
export function unsealPlans(text: string, file: string): readonly Plan[] {
  const saved = parse(text);
  const plans = planDocument.array().nonempty().safeParse(saved?.plans);
  if (plans.success && sha256(JSON.stringify(saved?.plans)) === saved?.sha256) return plans.data;
  return fail({
    code: 'plan',
    message: plans.success
      ? 'The saved plan was changed after it was saved'
      : 'This is not a plan that can be carried out',
    place: { file },
    expected: 'a file written by `action-tune plan --out`, schema 1, unchanged',
    found: plans.success ? 'another hash than the one it was saved with' : 'something else',
    fix: 'Make it anew with `action-tune plan --out FILE`.',
  });
}

function parse(text: string): { readonly plans?: unknown; readonly sha256?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
