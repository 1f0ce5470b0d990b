import type { Budget, ExpectedMemory, Instant } from '../size/budget.js';
import { formatBytes } from '../units.js';

/** What all processes together can take, and what is there. */
export function renderBudget({ database, memory, descriptors, redis, instants }: Budget): string {
  const pools = database.processes
    .map((pool) => `${pool.count} ${nameOf(pool)}${within(pool)} x ${pool.perProcess}`)
    .join(' + ');
  const clients = redis.processes.map((each) => `${each.count} ${nameOf(each)} x ${each.perProcess}`).join(' + ');
  return [
    'budget over all processes',
    `  connections  ${pools} = ${database.ceiling} of ${database.limit} (${database.reserved} kept free), up to ${database.peak} while a restart overlaps: ${verdict(database)}`,
    ...untilRestarted(database),
    ...expectedUse(
      database.expected,
      ({ open, busy, afterRequests }) =>
        `about ${open.toFixed(0)} open after ${afterRequests} requests to each worker, ${busy.toFixed(1)} in use at the same time`,
    ),
    `  memory       ${formatBytes(memory.totalBytes)} of ${formatBytes(memory.limitBytes)}, up to ${formatBytes(memory.peakBytes)} while a restart overlaps: ${verdict(memory)}`,
    ...memory.services.map(bound),
    ...expectedBytes(memory.expected),
    `  redis        ${clients} = ${redis.ceiling} of ${redis.limit} (${redis.source}, ${redis.reserved} kept free): ${verdict(redis)}`,
    ...expectedUse(
      redis.expected,
      ({ open, afterRequests }) => `about ${open.toFixed(0)} open after ${afterRequests} requests to each worker`,
    ),
    `  open files   ${descriptors.ceiling} of ${descriptors.limit} in one web worker (${descriptors.source}, ${descriptors.reserved} kept free): ${verdict(descriptors)}`,
    ...expectedUse(descriptors.expected, ({ open }) => `about ${open}`),
    ...moments(instants),
  ].join('\n');
}

function untilRestarted({ untilRestarted: kept }: Budget['database']): readonly string[] {
  if (kept === null) return [];
  const most = kept.ceiling === null ? 'without limit' : `up to ${kept.ceiling}`;
  return [`               until ${kept.services.join(', ')} is restarted by hand: ${most}: ${verdict(kept)}`];
}

/** Another service goes by its own name. */
function nameOf({ role, service }: { readonly role: string; readonly service?: string }): string {
  if (service === undefined) return role;
  return role.endsWith('-parent') ? `${service}-parent` : service;
}

function within({ containers = 1 }: Budget['database']['processes'][number]): string {
  return containers > 1 ? ` (${containers} containers)` : '';
}

function bound(service: Budget['memory']['services'][number]): string {
  const { peakBytes, limitBytes } = service;
  return `               ${service.service} up to ${formatBytes(peakBytes)} of the ${formatBytes(limitBytes)} that it may take: ${verdict(service)}`;
}

function expectedUse<T extends { readonly users: number }>(expected: T | null, told: (of: T) => string) {
  return expected === null ? [] : [`               expected with ${expected.users} users: ${told(expected)}`];
}

/** Where nobody measured a process, the figure is a guess and is marked as one. */
function expectedBytes({ processes, bytes }: ExpectedMemory): readonly string[] {
  const each = processes.map(
    ({ count, bytesEach, source, ...each }) =>
      `${count} ${nameOf(each)} x ${formatBytes(bytesEach)}${source === 'measured' ? '' : ` (${source})`}`,
  );
  return [`               expected: ${formatBytes(bytes)} = ${each.join(' + ')}`];
}

function verdict({ fits }: { readonly fits: boolean }): string {
  return fits ? 'fits' : 'DOES NOT FIT';
}

const MOMENTS = { now: 'now', changing: 'while it restarts', after: 'applied', rollback: 'put back' } as const;

/** The most that can be open at each moment on the way. */
function moments(instants: readonly Instant[]): readonly string[] {
  if (instants.length === 0) return [];
  const steps = instants.map(({ stage, moment, connections, unlimited, fits }) => {
    const place = moment === 'now' ? 'now' : `${stage} ${MOMENTS[moment]}`;
    return `${place} ${unlimited ? 'without limit' : connections}${fits ? '' : ' (DOES NOT FIT)'}`;
  });
  return [`  on the way   at the most ${steps.join(', ')}`];
}
