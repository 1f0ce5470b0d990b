import type { Profile } from '../profile/profile.js';
import type { Found } from '../settings.js';
import { type Capacity, type Cores, capacityOf, networkOf } from './capacity.js';
import type { Network } from './network/network.js';
import { databaseWork } from './network/sharing.js';

/** A way to serve more people, and how many those would be. */
export interface Growth {
  readonly option: 'bigger-server' | 'more-instances';
  /** In words, with the figures. */
  readonly change: string;
  readonly capacity: Capacity;
}

const MOST_INSTANCES = 64;

/** Twice the machine; and as many of this one as serve everybody, or where that is no help, twice as many. */
export function growthOf(profile: Profile, settings: Found, machine: Cores): readonly Growth[] {
  const network = networkOf(profile, settings, machine);
  if (network === null) return [];
  const at = (grown: Network) => capacityOf(grown, profile.slo.p95Ms);
  const bigger = { ...network, cores: network.cores * 2, workers: network.workers * 2 };
  // Several instances have one database, which can't be on the cores of each.
  const alone: Network = { ...network, shared: { databaseMs: 0, otherCores: network.shared?.otherCores ?? 0 } };
  const instances = enoughInstances(alone, at, profile.users.max);
  const moved = databaseWork(network) > 0 ? ', the database on a machine of its own' : '';
  return [
    {
      option: 'bigger-server',
      change: `${network.cores} -> ${bigger.cores} cores, ${network.workers} -> ${bigger.workers} web workers`,
      capacity: at(bigger),
    },
    {
      option: 'more-instances',
      change: `${network.instances} -> ${instances} instances${moved}`,
      capacity: at({ ...alone, instances }),
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
