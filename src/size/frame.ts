import { fail } from '../errors.js';
import type { Profile } from '../profile/profile.js';
import type { BoundBy, Wanted } from '../settings.js';
import { heldByInstances } from './instances.js';
import { type Machine, machineOf } from './machine.js';
import { type Connections, connectionsOf, type Pool, poolFor, type Share } from './pools.js';
import { noLimit } from './refusals.js';
import type { ConnectionBound, Deployment, SizingInput } from './sizing.js';
import { type RoleMemory, type Workers, workersFor } from './workers.js';

/** What is given, before anything is chosen. */
export interface Frame {
  readonly profile: Profile;
  readonly overrides: Wanted;
  readonly deployment: Deployment;
  readonly machine: Machine;
  readonly memory: RoleMemory;
  readonly share: Share;
  readonly limit: number;
  readonly takenBy: string;
  readonly wider: NonNullable<Connections['wider']>;
  readonly reserved: Connections['reserved'];
  /** Connections that are taken for those of the other instances, which the budget counts already: no others hold them. */
  readonly ofInstances: number;
}

/** How many processes there are, and what each may hold. */
export interface Layout {
  readonly workers: Workers;
  readonly connections: Connections;
  readonly pool: Pool;
}

const TAKEN_BY: Readonly<Record<BoundBy, string>> = {
  server: 'the database',
  pooler: 'pgbouncer',
  role: "the application's role",
  database: "the application's one database",
};

/** The usual: migrations when the service starts, and a reload that brings a new worker up before the old one goes. */
const USUAL: Deployment = { beat: false, migrations: true, overlap: 1 };

export function frameOf(input: SizingInput): Frame {
  const { profile, facts, overrides, deployment = USUAL } = input;
  const { instances } = profile.server;
  const ofInstances = heldByInstances(input, deployment);
  // A pooler counts its own clients: behind it the server's are others.
  const beyond = facts.database.boundBy === 'pooler' ? 0 : ofInstances;
  const kept = { byProfile: profile.database.reserve, ofInstances: beyond };
  return {
    profile,
    overrides,
    deployment,
    machine: machineOf(input),
    memory: largerOf(profile.workload.memoryBytes, facts.roleMemory ?? {}),
    share: { min: Math.ceil(profile.users.min / instances), max: Math.ceil(profile.users.max / instances) },
    limit: facts.database.maxConnections ?? profile.database.maxConnections ?? fail(noLimit(profile.database.cpus)),
    takenBy: TAKEN_BY[facts.database.boundBy ?? 'server'],
    wider: (facts.database.wider ?? []).map((each) => widerOf(each, kept)),
    reserved: {
      byDatabase: facts.database.reserved ?? profile.database.reserved,
      byProfile: profile.database.reserve,
      byOthers: Math.max(0, (facts.database.inUse ?? 0) - ofInstances),
    },
    ofInstances,
  };
}

function widerOf(
  { boundBy, maxConnections, reserved, inUse }: ConnectionBound,
  { byProfile, ofInstances }: { readonly byProfile: number; readonly ofInstances: number },
): Frame['wider'][number] {
  const kept = reserved + byProfile + Math.max(0, inUse - ofInstances);
  return { takenBy: TAKEN_BY[boundBy], limit: maxConnections, kept };
}

/** A process that was measured while it was small may grow; one that is larger than assumed is believed. */
function largerOf(assumed: RoleMemory, measured: Partial<RoleMemory>): RoleMemory {
  const roles = Object.keys(assumed) as (keyof RoleMemory)[];
  return Object.fromEntries(
    roles.map((role) => [role, Math.max(assumed[role], measured[role] ?? 0)]),
  ) as unknown as RoleMemory;
}

/** One web worker for each core, and pools as large as there are people. */
export function byRule(frame: Frame): Layout {
  const { machine, memory, overrides, deployment, share } = frame;
  const workers = workersFor(machine, memory, overrides, deployment);
  const connections = shared(frame, workers);
  return { workers, connections, pool: poolFor(share, connections, overrides) };
}

export function shared(frame: Frame, workers: Workers): Connections {
  const { limit, takenBy, wider, reserved, profile, deployment } = frame;
  return { ...connectionsOf(limit, reserved, workers, profile.server.instances, deployment), takenBy, wider };
}
