import { basename } from 'node:path';
import type { Overlay } from '../document/overlay.js';
import { readDocument } from '../document/read.js';
import { DEFAULTS } from './defaults.js';
import type { Basis, Origin, Profile, Workload } from './profile.js';
import { profileSchema, type WrittenProfile } from './schema.js';

/** The written value, or the default; remembers which. */
type Take = <T>(key: string, written: T | undefined, fallback: T) => T;

/** Reads and resolves a profile. Throws every `profile` problem at once, with file, line and column. */
export function parseProfile(text: string, file: string, overlay: Overlay = new Map()): Profile {
  const written = readDocument(text, { file, code: 'profile' }, profileSchema, overlay);
  const origins: Record<string, Origin> = {};
  const take: Take = (key, value, fallback) => {
    origins[key] = overlay.has(key) ? 'set' : value === undefined ? 'default' : 'profile';
    return value ?? fallback;
  };
  const { min, max } = written.users;
  return {
    name: basename(file).replace(/\.ya?ml$/i, ''),
    file,
    description: written.description ?? null,
    users: { min: take('users.min', min, min), max: take('users.max', max, max) },
    server: server(written, take),
    workload: workload(written, take),
    database: database(written, take),
    basis: take('basis', written.basis, basisOf(written)),
    slo: { p95Ms: take('slo.p95', written.slo?.p95, DEFAULTS.p95Ms) },
    origins,
  };
}

/** Who states what a request demands and how fast it must be answered wants to know what is best for that. */
function basisOf({ workload, slo }: WrittenProfile): Basis {
  return workload?.demand?.web !== undefined && slo?.p95 !== undefined ? 'model' : 'rule';
}

function server({ server: { cpus, memory, bandwidth, instances } }: WrittenProfile, take: Take): Profile['server'] {
  return {
    cpus: take('server.cpus', cpus, cpus),
    memoryBytes: take('server.memory', memory, memory),
    bandwidthBps: bandwidth === undefined ? null : take('server.bandwidth', bandwidth, bandwidth),
    instances: take('server.instances', instances, DEFAULTS.instances),
  };
}

function workload({ workload: written }: WrittenProfile, take: Take): Workload {
  const bytes = (role: keyof Workload['memoryBytes']): number =>
    take(`workload.memory.${role}`, written?.memory?.[role], DEFAULTS.memoryBytes[role]);
  const inDatabase = take('workload.demand.database', written?.demand?.database, DEFAULTS.demandMs.database);
  return {
    thinkTimeMs: take('workload.thinkTime', written?.thinkTime, DEFAULTS.thinkTimeMs),
    demandMs: {
      web: take('workload.demand.web', written?.demand?.web, DEFAULTS.demandMs.web),
      database: inDatabase,
      databaseCpu: take('workload.demand.databaseCpu', written?.demand?.databaseCpu, inDatabase),
    },
    otherCores: take('workload.otherCores', written?.otherCores, DEFAULTS.otherCores),
    lockWaits: take('workload.lockWaits', written?.lockWaits, DEFAULTS.lockWaits),
    responseBytes: take('workload.responseSize', written?.responseSize, DEFAULTS.responseBytes),
    memoryBytes: {
      webWorker: bytes('webWorker'),
      webParent: bytes('webParent'),
      celeryChild: bytes('celeryChild'),
      celeryParent: bytes('celeryParent'),
      redis: bytes('redis'),
      system: bytes('system'),
    },
  };
}

function database({ database: written }: WrittenProfile, take: Take): Profile['database'] {
  const limit = written?.maxConnections;
  const idle = written?.idleTimeout;
  return {
    maxConnections: limit === undefined ? null : take('database.maxConnections', limit, limit),
    reserved: take('database.reserved', written?.reserved, DEFAULTS.reserved),
    reserve: take('database.reserve', written?.reserve, DEFAULTS.reserve),
    cpus: take('database.cpus', written?.cpus, DEFAULTS.databaseCpus),
    idleTimeoutMs: idle === undefined ? null : take('database.idleTimeout', idle, idle),
  };
}
