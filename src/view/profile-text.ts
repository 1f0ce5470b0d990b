import type { Profile } from '../profile/profile.js';
import { formatBytes, formatDuration } from '../units.js';
import type { Paint } from './output.js';

/** A profile with every value resolved, and where each comes from. */
export function renderProfile(profile: Profile, paint: Paint): string {
  const { users, server, workload, database, slo, origins } = profile;
  const { memoryBytes: memory, demandMs } = workload;
  const rows: readonly (readonly [string, string])[] = [
    ['basis', profile.basis],
    ['users.min', String(users.min)],
    ['users.max', String(users.max)],
    ['server.cpus', String(server.cpus)],
    ['server.memory', formatBytes(server.memoryBytes)],
    ['server.bandwidth', server.bandwidthBps === null ? 'not stated' : `${server.bandwidthBps / 1e6} Mbps`],
    ['server.instances', String(server.instances)],
    ['workload.thinkTime', formatDuration(workload.thinkTimeMs)],
    ['workload.demand.web', formatDuration(demandMs.web)],
    ['workload.demand.database', formatDuration(demandMs.database)],
    ['workload.demand.databaseCpu', formatDuration(demandMs.databaseCpu)],
    ['workload.otherCores', String(workload.otherCores)],
    ['workload.lockWaits', String(workload.lockWaits)],
    ['workload.responseSize', formatBytes(workload.responseBytes)],
    ...Object.entries(memory).map(([role, bytes]) => [`workload.memory.${role}`, formatBytes(bytes)] as const),
    ['database.maxConnections', String(database.maxConnections ?? 'not stated')],
    ['database.reserved', String(database.reserved)],
    ['database.reserve', String(database.reserve)],
    ['database.cpus', String(database.cpus)],
    ['database.idleTimeout', database.idleTimeoutMs === null ? 'not stated' : formatDuration(database.idleTimeoutMs)],
    ['slo.p95', `${slo.p95Ms} ms`],
  ];
  const lines = rows.map(
    ([key, value]) => `  ${key.padEnd(28)} ${value.padEnd(12)} ${paint.faint(origins[key] ?? '')}`,
  );
  return [`${paint.strong(profile.name)}  ${profile.file}`, profile.description ?? '', ...lines].join('\n');
}
