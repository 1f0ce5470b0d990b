import type { Profile } from '../profile/profile.js';
import { type Found, STAGE_SETTINGS, STAGES, type StageName, type Wanted } from '../settings.js';
import { type Capacity, type Cores, type CurvePoint, capacityOf, curveOf, networkOf } from '../size/capacity.js';
import { type Growth, growthOf } from '../size/growth.js';
import type { Network } from '../size/network/network.js';
import type { Sizing } from '../size/sizing.js';

/** How many people are served before and after, and what more would take. Null and empty where a setting can't be resolved. */
export interface Outlook {
  readonly objective: { readonly p95Ms: number; readonly users: number };
  readonly before: Capacity | null;
  readonly after: Capacity;
  /** After each stage, with those before it applied. */
  readonly stages: readonly { readonly stage: StageName; readonly capacity: Capacity | null }[];
  readonly growth: readonly Growth[];
  readonly curveBefore: readonly CurvePoint[];
  readonly curve: readonly CurvePoint[];
}

const STEPS = 10;

export function outlookOf(
  profile: Profile,
  machine: Cores,
  current: Found,
  { recommended, budget }: Pick<Sizing, 'recommended' | 'budget'>,
): Outlook {
  const network = (settings: Found) => networkOf(profile, settings, machine);
  const told = new Map<string, Capacity>();
  const capacity = (settings: Found) => {
    const known = network(settings);
    return known === null ? null : onceOf(known, profile.slo.p95Ms, told);
  };
  const curve = (settings: Found) => {
    const known = network(settings);
    return known === null ? [] : curveOf(known, points(profile));
  };
  return {
    objective: { p95Ms: profile.slo.p95Ms, users: profile.users.max },
    before: capacity(current),
    after: capacity(recommended) ?? unresolved(),
    stages: STAGES.map((stage) => ({ stage, capacity: capacity(through(stage, current, recommended)) })),
    growth: growthOf(profile, recommended, machine, budget.database),
    curveBefore: curve(current),
    curve: curve(recommended),
  };
}

/** Most stages leave the model as it is: what was solved is not solved again. */
function onceOf(network: Network, p95Ms: number, told: Map<string, Capacity>): Capacity {
  const key = JSON.stringify(network);
  const capacity = told.get(key) ?? capacityOf(network, p95Ms);
  told.set(key, capacity);
  return capacity;
}

function unresolved(): never {
  throw new Error('recommended settings are always resolved');
}

/** The settings once this stage and those before it are applied. */
function through(last: StageName, current: Found, recommended: Wanted): Found {
  const applied = STAGES.slice(0, STAGES.indexOf(last) + 1).flatMap((stage) => STAGE_SETTINGS[stage]);
  return { ...current, ...Object.fromEntries(applied.map((key) => [key, recommended[key] ?? null])) };
}

/** Ten steps up to twice the people the profile is for: far enough to see the curve bend. */
function points({ users }: Profile): readonly number[] {
  const steps = Array.from({ length: STEPS }, (_, index) => Math.round((users.max * 2 * (index + 1)) / STEPS));
  return [...new Set([1, ...steps])].filter((point) => point > 0).toSorted((a, b) => a - b);
}
