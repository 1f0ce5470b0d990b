/** People of one worker that are told apart: with more, each stands for several. */
const MOST_PEOPLE = 1000;

interface Peopled {
  readonly thinkMs: number;
  readonly workers: number;
  readonly instances: number;
}

/** So many people, and the network as they see it. */
export interface Crowd<T extends Peopled> {
  readonly network: T;
  readonly users: number;
}

/**
 * As much is asked for by a thousand people who come back sooner as by a million who think for long, and met by chance in the
 * same way: from so many on the curve bends as sharply as it is drawn. Null where everybody can be counted.
 */
export function thinned<T extends Peopled>(network: T, users: number): Crowd<T> | null {
  const most = MOST_PEOPLE * network.workers * network.instances;
  if (users <= most) return null;
  return { network: { ...network, thinkMs: (network.thinkMs * most) / users }, users: most };
}
