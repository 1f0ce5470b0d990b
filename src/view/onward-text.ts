import type { Plan } from '../plan/plan.js';
import { STAGES, type StageName } from '../settings.js';
import type { Paint } from './output.js';

/** The code of a warning of what must be settled before anything is applied. */
export const UNSETTLED = 'unsettled';

/** What comes after a plan. */
export interface Onward {
  /** The command that carries a stage of it out. */
  readonly apply: (stage: StageName) => string;
  /** Stages that it leaves out, and that have something to change. */
  readonly left: readonly StageName[];
}

/** What is to be done about a plan. */
export function summary(plan: Plan, { apply, left }: Onward, paint: Paint): string {
  const pending = plan.stages.filter((stage) => stage.files.length > 0).map((stage) => stage.name);
  const [next] = pending;
  const first = plan.warnings.find(({ code }) => code === UNSETTLED);
  if (first !== undefined) return paint.warn(`Before anything is applied: ${first.fix}`);
  const also = left.length === 0 ? [] : [`Still to apply: ${left.join(', ')}.`];
  if (next === undefined)
    return [paint.good(`Nothing to change: ${asRecommended(plan.stages.map(({ name }) => name))}.`), ...also].join(' ');
  const ahead = `${pending.length} of ${plan.stages.length} stages to apply.`;
  return `${[ahead, ...also].join(' ')} Next:\n  ${paint.strong(apply(next))}`;
}

/** Only of the stages that were looked at. */
export function asRecommended(stages: readonly StageName[]): string {
  if (STAGES.every((stage) => stages.includes(stage))) return 'every setting is as recommended';
  return `${stages.join(', ')} ${stages.length === 1 ? 'is' : 'are'} as recommended`;
}
