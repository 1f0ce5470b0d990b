import type { Profile } from '../profile/profile.js';
import type { Found } from '../settings.js';
import type { DatabaseBudget } from './budget.js';
import { type Capacity, type Cores, capacityOf, networkOf } from './capacity.js';
import type { Network } from './network/network.js';
import { databaseWork } from './network/sharing.js';
import { LEAST_PER_PROCESS } from './pools.js';

/** A way to serve more people, and how many those would be. */
export interface Growth {
  readonly option: 'bigger-server' | 'more-instances';
  /** In words, with the figures. */
  readonly change: string;
  readonly capacity: Capacity;
  readonly connections: GrownConnections;
}

/** What the database must take then, with the pools that are recommended. */
interface GrownConnections {
  /** A limit that is enough, also while a restart overlaps. */
  readonly needed: number;
  readonly limit: number;
  readonly fits: boolean;
  /** The most that each process may hold within the limit as it is; 0 where that is less than a process needs. */
  readonly perProcess: number;
}

const MOST_INSTANCES = 64;

/** Twice the machine; and as many of this one as serve everybody, or where that is no help, twice as many. */
export function growthOf(profile: Profile, settings: Found, machine: Cores, database: Database): readonly Growth[] {
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
      connections: grownConnections(database, network, bigger),
    },
    {
      option: 'more-instances',
      change: `${network.instances} -> ${instances} instances${moved}`,
      capacity: at({ ...alone, instances }),
      connections: grownConnections(database, network, { ...network, instances }),
    },
  ];
}

type Database = Pick<DatabaseBudget, 'limit' | 'reserved' | 'processes' | 'ceiling' | 'peak' | 'migrations'>;

/** Each instance that comes has its migrations; more cores are for the web workers that are sized here, not for another service's. */
function grownConnections(
  { limit, reserved, processes, ceiling, peak, migrations }: Database,
  from: Network,
  to: Pick<Network, 'workers' | 'instances'>,
): GrownConnections {
  const times = to.instances / from.instances;
  const grown = processes.map(({ role, service, count, perProcess }) => {
    const isSized = role === 'web' && service === undefined;
    const more = role === 'beat' ? 1 : times * (isSized ? to.workers / from.workers : 1);
    return { count: count * more, ceiling: count * more * perProcess };
  });
  const sum = (of: (each: (typeof grown)[number]) => number) => grown.reduce((total, each) => total + of(each), 0);
  const needed = reserved + sum((each) => each.ceiling) + (peak - ceiling) + migrations * (times - 1);
  const perProcess = Math.floor((limit - reserved - migrations * times) / (sum(({ count }) => count) + 1));
  return { needed, limit, fits: needed <= limit, perProcess: perProcess < LEAST_PER_PROCESS ? 0 : perProcess };
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
