import { SERVICE_ROLES, type ServiceRole } from '../settings.js';
import { formatBytes } from '../units.js';
import { containersOf } from './containers.js';
import type { ServiceBytes, SizingInput, SizingWarning } from './sizing.js';

/** One instance, as far as it may be counted on: what the profile says, or what was measured where that is less. */
export interface Machine {
  readonly cpus: number;
  /** Of these, what one container of a service may take; null: nothing bounds it. */
  readonly serviceCpus: Readonly<Record<ServiceRole, number | null>>;
  readonly memoryBytes: number;
  /** Of this, what each service may take. */
  readonly serviceBytes: ServiceBytes;
  /** Containers of each service, which share it. */
  readonly containers: Readonly<Record<ServiceRole, number>>;
  /** Whether the database works on the same cores. */
  readonly sharesDatabase: boolean;
}

const UNBOUND: ServiceBytes = { backend: null, celery: null };

/** A machine sold as 4 GB shows a little less to its programs; that much is no surprise worth a warning. */
const USUAL_SHARE_OF_MEMORY = 0.9;

export function machineOf({ profile, facts, deployment }: SizingInput): Machine {
  const { cpus, memoryBytes } = profile.server;
  return {
    cpus: Math.min(cpus, facts.cpus ?? cpus),
    serviceCpus: facts.serviceCpus ?? UNBOUND,
    memoryBytes: Math.min(memoryBytes, facts.memoryBytes ?? memoryBytes),
    serviceBytes: facts.serviceBytes ?? UNBOUND,
    containers: {
      backend: containersOf(deployment ?? {}, 'backend'),
      celery: containersOf(deployment ?? {}, 'celery'),
    },
    sharesDatabase: facts.databaseOnSameHost ?? false,
  };
}

/** The cores that all containers of a service together may take. */
export function serviceCores(machine: Pick<Machine, 'cpus' | 'serviceCpus' | 'containers'>, role: ServiceRole): number {
  const own = machine.serviceCpus[role];
  return own === null ? machine.cpus : Math.min(machine.cpus, own * machine.containers[role]);
}

const NAMES: Readonly<Record<ServiceRole, string>> = { backend: 'the backend', celery: 'celery' };

function boundServices(cpus: number, { cpus: machine, serviceCpus = UNBOUND }: SizingInput['facts']) {
  return SERVICE_ROLES.flatMap((role): readonly SizingWarning[] => {
    const own = serviceCpus[role];
    if (own === null || own >= Math.min(cpus, machine ?? cpus)) return [];
    return [
      {
        code: 'fewer-cores',
        message: `cores that ${NAMES[role]} may take: ${own}, in the profile: ${cpus}; it is sized for the fewer`,
        fix: 'Choose a profile that fits the machine, or give the service the cores that the profile names',
      },
    ];
  });
}

/** What the profile promised and the machine does not have. */
export function machineWarnings({ profile, facts }: SizingInput): readonly SizingWarning[] {
  const { cpus, memoryBytes } = profile.server;
  const warnings: SizingWarning[] = [];
  if ((facts.cpus ?? cpus) < cpus) {
    warnings.push({
      code: 'fewer-cores',
      message: `cores on the target: ${facts.cpus}, in the profile: ${cpus}; sized for the fewer`,
      fix: 'Choose a profile that fits the machine, or give the service the cores that the profile names',
    });
  }
  warnings.push(...boundServices(cpus, facts));
  const measured = facts.memoryBytes ?? memoryBytes;
  if (measured < memoryBytes * USUAL_SHARE_OF_MEMORY) {
    warnings.push({
      code: 'less-memory',
      message: `memory on the target: ${formatBytes(measured)}, in the profile: ${formatBytes(memoryBytes)}; sized for the less`,
      fix: 'Choose a profile that fits the machine, or give the service the memory that the profile names',
    });
  }
  return warnings;
}
