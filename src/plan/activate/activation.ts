import type { Call } from '../../remote/remote.js';
import type { ActivationKind, ActivationPlan } from '../plan.js';
import type { Method } from './method.js';
import type { Situation } from './situation.js';

/** The remote work around the files, as data; what ends in `Back` is the way home. */
export interface Activation {
  readonly plan: ActivationPlan;
  /** While the new versions lie beside the old ones. */
  readonly validate: readonly Call[];
  /** What can only be known before anything is changed. */
  readonly baseline: readonly Call[];
  /** Before the files are written. */
  readonly before: readonly Call[];
  /** Asks the service all along; `null` where there is nothing to be asked. */
  readonly watch: Call | null;
  readonly forward: readonly Call[];
  readonly checks: readonly Call[];
  /** Whether it stays so. */
  readonly settle: readonly Call[];
  /** What is kept of a failure before anything is put back. */
  readonly evidence: readonly Call[];
  /** Before the files are put back. */
  readonly beforeBack: readonly Call[];
  readonly back: readonly Call[];
  readonly checksBack: readonly Call[];
  /** How each service is that it touches, where that went so wrong that a person has to look. */
  readonly left: readonly Call[];
}

export const NO_CALLS: Omit<Activation, 'plan'> = {
  validate: [],
  baseline: [],
  before: [],
  watch: null,
  forward: [],
  checks: [],
  settle: [],
  evidence: [],
  beforeBack: [],
  back: [],
  checksBack: [],
  left: [],
};

/** A service with what is done to it. */
export interface Chosen {
  readonly situation: Situation;
  readonly methods: readonly Method[];
}

/** What is shown of it. Only the web service's gaps are seen by clients. */
export function planOf(kind: ActivationKind, chosen: readonly Chosen[]): ActivationPlan {
  const steps = chosen.flatMap(({ situation, methods }) =>
    methods.map(({ how, expectedGapMs, because }) => ({ service: situation.name, how, expectedGapMs, because })),
  );
  const touched = steps.filter(({ how }) => how !== 'none');
  return {
    kind,
    services: [...new Set(touched.map(({ service }) => service))],
    expectedGapMs: touched.reduce<number | null>((sum, { expectedGapMs: gap }) => add(sum, gap), 0),
    steps,
  };
}

function add(sum: number | null, gap: number | null): number | null {
  return sum === null || gap === null ? null : sum + gap;
}

/** Services that the release touches. */
export function touchedOf(chosen: readonly Chosen[]): readonly Chosen[] {
  return chosen.filter(({ methods }) => methods.some(({ how }) => how !== 'none'));
}
