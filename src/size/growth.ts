import type { Profile } from '../profile/profile.js';
import type { Found } from '../settings.js';
import { type Capacity, capacityOf, networkOf } from './capacity.js';
import type { Machine } from './machine.js';
import type { Network } from './network/network.js';

/** A way to serve more people, and how many those would be. */
export interface Growth {
  readonly option: 'bigger-server' | 'more-instances';
  /** In words, with the figures. */
  readonly change: string;
  readonly capacity: Capacity;
}

const MOST_INSTANCES = 64;

/** Twice the machine; and as many of this one as serve everybody, or where that is no help, twice as many. */
export function growthOf(profile: Profile, settings: Found, machine: Pick<Machine, 'cpus'>): readonly Growth[] {
  const network = networkOf(profile, settings, machine);
  if (network === null) return [];
  const at = (grown: Network) => capacityOf(grown, profile.slo.p95Ms);
  const bigger = { ...network, cores: network.cores * 2, workers: network.workers * 2 };
  const instances = enoughInstances(network, at, profile.users.max);
  return [
    {
      option: 'bigger-server',
      change: `${network.cores} -> ${bigger.cores} cores, ${network.workers} -> ${bigger.workers} web workers`,
      capacity: at(bigger),
    },
    {
      option: 'more-instances',
      change: `${network.instances} -> ${instances} instances`,
      capacity: at({ ...network, instances }),
    },
  ];
}

function enoughInstances(network: Network, at: (grown: Network) => Capacity, users: number): number {
  const double = network.instances * 2;
  const [, one] = at(network).users;
  if (one === 0) return double;
  // A shared database may grow tighter, never wider: fewer than these are not enough.
  const least = Math.max(network.instances + 1, Math.ceil((users / one) * network.instances));
  if (least > MOST_INSTANCES) return double;
  return at({ ...network, instances: least }).users[1] >= users ? least : double;
}
