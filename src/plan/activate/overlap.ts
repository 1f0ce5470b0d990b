import type { PlanInput } from '../input.js';
import { type ActivationInput, composeSituations, type Situation, systemdSituations } from './situation.js';
import { isAtLeast } from './version.js';
import { webMethods } from './web.js';

/** uvicorn brings a new worker up before the old one goes from here on. */
const RELOAD_OVERLAPS_SINCE = '0.51';
/** From here on a supervisor stands above the workers. */
const SUPERVISED = 2;

/**
 * Web workers that run beside the old ones while the service takes new code, in the way that is chosen for it: one in a
 * reload that brings it up first, none where the old ones end before. It counts for the time when several workers run, also
 * on a way back. How a command of the user's own goes about it nobody knows: that is taken to overlap.
 */
export function overlapOf({ spec, facts, runtime }: Pick<PlanInput, 'spec' | 'facts' | 'runtime'>): number {
  if (runtime.runtime === 'custom' || runtime.runtime === 'none') return 1;
  const path = facts.files.get('database')?.path ?? '';
  const change: ActivationInput = {
    spec,
    facts,
    stages: ['db-pool'],
    touched: [{ role: 'database', path, effect: 'changed' }],
    settings: { before: {}, after: {} },
  };
  const situations = runtime.runtime === 'systemd' ? systemdSituations(change) : composeSituations(change);
  const web = situations.filter(({ role }) => role === 'backend');
  // One service is taken after the other.
  return web.some((situation) => overlaps(situation.sibling === null ? withSeveral(situation) : situation)) ? 1 : 0;
}

function overlaps(situation: Situation): boolean {
  const { uvicorn } = situation.facts?.program?.versions ?? {};
  return webMethods(situation).some(({ how }) => how === 'reload') && isAtLeast(uvicorn, RELOAD_OVERLAPS_SINCE);
}

function withSeveral(situation: Situation): Situation {
  const { facts } = situation;
  if (facts?.program == null) return situation;
  const workers = Math.max(facts.program.workers ?? 0, SUPERVISED);
  return { ...situation, facts: { ...facts, program: { ...facts.program, workers, supervised: true } } };
}
