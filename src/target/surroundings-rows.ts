import { SERVICE_ROLES, type ServiceRole } from '../settings.js';
import { cpusInList } from './cpulist.js';
import type { ServiceLimits, Surroundings } from './facts.js';
import type { RedisServer } from './redis.js';
import { type Row, textOf } from './rows.js';

/** What the rows of `limits.sh` say. */
export function parseSurroundings(rows: readonly Row[]): Surroundings {
  const field = (key: string) => rows.find((row) => row[0] === key)?.[1];
  return {
    limits: new Map(rows.filter((row) => row[0] === 'limits').flatMap(limitsOf)),
    sources: textsOf(field('sources')),
    proxies: textsOf(field('proxies')),
    broker: brokerOf(field('broker')),
  };
}

function limitsOf([, name, memory, cpus, openFiles, first, largest, affinity = '']: Row): readonly [
  ServiceRole,
  ServiceLimits,
][] {
  const role = SERVICE_ROLES.find((known) => known === name);
  if (role === undefined) return [];
  const limits = {
    memoryBytes: numberOf(memory),
    cpus: numberOf(cpus),
    affinityCpus: cpusInList(affinity),
    openFiles: numberOf(openFiles),
    firstBytes: numberOf(first),
    largestBytes: numberOf(largest),
  };
  return [[role, limits]];
}

function numberOf(field: string | undefined): number | null {
  return field !== undefined && /^\d+(\.\d+)?$/.test(field) && Number(field) > 0 ? Number(field) : null;
}

/** Texts, each after a line with its name that begins with a byte of its own. */
function textsOf(field: string | undefined): Surroundings['sources'] {
  return textOf(field)
    .split('\u0001')
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { path: part.slice(0, end), text: part.slice(end + 1) };
    });
}

function brokerOf(field: string | undefined): RedisServer | null {
  if (field === undefined) return null;
  const lines = textOf(field).split(/\r?\n/);
  const value = (key: string) => lines.find((line) => line.startsWith(`${key}:`))?.slice(key.length + 1);
  return {
    id: null,
    maxClients: numberOf(value('maxclients')),
    clients: numberOf(value('connected_clients')),
    policy: value('maxmemory_policy') ?? null,
    maxMemoryBytes: numberOf(value('maxmemory')),
  };
}
