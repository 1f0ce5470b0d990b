/** Workers of one instance that share its cores, each with so many people of its own. */
export interface Crowd {
  readonly workers: number;
  /** How fast each busy worker is, by how many of them are busy. */
  readonly speeds: readonly number[];
  readonly users: number;
  /** Between an answer and the next request: thinking, and whatever does not need the worker. */
  readonly awayMs: number;
  readonly webMs: number;
}

/** By the number of busy workers beside one that is busy: the chance that one of them has no more than one request left. */
export type LastOnes = readonly number[];

export function speed({ speeds }: Crowd, busy: number): number {
  return speeds[busy] ?? 1;
}

/** What a request costs with everybody busy. */
export function slowestOf(crowd: Crowd): number {
  return crowd.webMs / speed(crowd, crowd.workers);
}
